// Counts what threads of the test ask of the allocator, and how often they take a lock: whoever
// calls, this repository or a library, `new` and std::mutex included, which end at these functions.
//
//   CallCounter::WatchThisThread();             // on each thread that counts
//   CallCounter::Start();
//   ...
//   EXPECT_EQ(CallCounter::Stop(), CallCounts()) << CallCounter::Stacks();
//
// Linked into a program it replaces the C library's malloc and pthread_mutex_lock, with all their
// relatives, and GLib's mutexes, which do without pthread. Not for builds with a sanitizer.
#ifndef TESTS_INTEGRATION_CALL_COUNTER_H_
#define TESTS_INTEGRATION_CALL_COUNTER_H_

#include <cstdint>
#include <iosfwd>
#include <string>

namespace pcd::tests {

struct CallCounts {
  uint64_t allocations = 0;  // malloc, calloc, realloc, aligned_alloc, ...
  uint64_t releases = 0;     // free of what is not null.
  uint64_t locks = 0;        // Mutexes, also tried ones, read-write and spin locks, conditions.
  friend bool operator==(const CallCounts&, const CallCounts&) = default;
};
std::ostream& operator<<(std::ostream& out, const CallCounts& counts);

// Threading: any thread.
class CallCounter {
 public:
  // Nothing is counted on other threads.
  static void WatchThisThread();
  // From zero.
  static void Start();
  static CallCounts Stop();
  // Where the first calls since Start came from, as addr2line(1) wants it. After Stop.
  static std::string Stacks();
};

}  // namespace pcd::tests

#endif  // TESTS_INTEGRATION_CALL_COUNTER_H_
