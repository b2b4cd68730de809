// A program under measurement: started, watched by its CPU clock, stopped by its own id.
#ifndef TESTS_BENCH_CHILD_PROCESS_H_
#define TESTS_BENCH_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pcd::bench {

// Threading: one thread.
class ChildProcess {
 public:
  // Starts it with standard output in a pipe; exits this program when that fails.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ~ChildProcess();  // SIGTERM, then waits.
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The rest of the first output line that begins with `prefix`; exits this program when the
  // child ends before.
  std::string WaitForLine(const std::string& prefix);
  // User and system time of all its threads so far.
  double CpuMicros() const;
  double ResidentKib() const;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffered_;
};

}  // namespace pcd::bench

#endif  // TESTS_BENCH_CHILD_PROCESS_H_
