// The machine's own name resolution (getaddrinfo).
#ifndef ENGINE_NET_SYSTEM_HOST_RESOLVER_H_
#define ENGINE_NET_SYSTEM_HOST_RESOLVER_H_

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/net/host_resolver.h"
#include "engine/net/worker_pool.h"

namespace pcd::net {

// Asks on two threads of its own. One question is asked once, however many wait for its answer,
// and an answer is kept for a while after the question, because getaddrinfo does not tell for how
// long it is good. Threading: Resolve on the loop it is given, several loops at a time; the
// destructor waits for the questions that are under way.
class SystemHostResolver : public HostResolver {
 public:
  struct Options {
    Duration keep = std::chrono::seconds(60);
    Duration keep_none = std::chrono::seconds(5);  // That there is no address.
  };
  static constexpr size_t kMaxNames = 1024;  // Kept, or asked for; further ones have no answer.
  static constexpr size_t kMaxAddresses = 8;

  using Lookup = std::function<std::vector<IpAddress>(const std::string& host)>;

  SystemHostResolver();
  // With another source of answers, for tests.
  SystemHostResolver(Lookup lookup, const Options& options);

  void Resolve(Loop& loop, const std::string& host, Callback callback) override;

 private:
  struct Waiter {
    Loop* loop = nullptr;
    Callback callback{};
  };
  struct Name {
    bool asking = false;
    std::vector<IpAddress> addresses{};
    Timestamp asked{};
    std::vector<Waiter> waiters{};
  };

  void Ask(const std::string& host);
  void Answer(const std::string& host, std::vector<IpAddress> addresses);
  static void Post(Waiter waiter, std::vector<IpAddress> addresses);
  // Makes room for one more name; false: all are being asked for.
  bool MakeRoom(Timestamp now);
  bool IsGood(const Name& name, Timestamp now) const;

  const Lookup lookup_;
  const Options options_;
  std::mutex mutex_;
  std::map<std::string, Name> names_;  // Guarded by mutex_.
  WorkerPool workers_;                 // Last: its threads use all of the above.
};

}  // namespace pcd::net

#endif  // ENGINE_NET_SYSTEM_HOST_RESOLVER_H_
