// A simulated clock and network that several SimLoops share. Nothing runs but inside the Run
// functions, everything follows from the seed, and waiting costs no time.
//
//   SimNetwork network;
//   SimLoop left(network), right(network);
//   network.SetLink(left.address(), right.address(), {.loss = 0.05, .delay = 20ms});
//   ... open sockets, set timers ...
//   ASSERT_TRUE(network.RunUntil([&] { return connected; }, 5s));
#ifndef ENGINE_TESTING_SIM_NETWORK_H_
#define ENGINE_TESTING_SIM_NETWORK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/testing/impairment.h"

namespace pcd::testing {

class SimLoop;
class SimSocket;

// Outlives its loops. Threading: the test's one thread.
class SimNetwork {
 public:
  // Where the clocks start: neither is zero, so that a forgotten time shows.
  static constexpr Timestamp kStart = Timestamp(std::chrono::seconds(1000));
  static constexpr int64_t kStartUnixMicros = 1'700'000'000'000'000;
  // Of every link until SetLink or SetDefaultLink says otherwise.
  static constexpr Duration kDefaultDelay = std::chrono::microseconds(100);

  explicit SimNetwork(uint64_t seed = 1);
  ~SimNetwork();
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  uint64_t seed() const { return seed_; }
  Timestamp Now() const { return now_; }
  int64_t UnixMicros() const { return kStartUnixMicros + (now_ - kStart).count(); }

  // Links have a direction and are found by IP address, so that all sockets between two
  // addresses share delay, loss and capacity. Setting a link again keeps its dice and counters.
  void SetDefaultLink(const ImpairmentOptions& options);  // Of links not set themselves.
  void SetLink(const IpAddress& from, const IpAddress& to, const ImpairmentOptions& options);
  void SetLinkBothWays(const IpAddress& a, const IpAddress& b, const ImpairmentOptions& options);
  // For blackouts and counters; made with the default options if it does not exist.
  ImpairmentModel& Link(const IpAddress& from, const IpAddress& to);
  // True drops the datagram before any link sees it.
  using Filter = std::function<bool(const SocketAddress& from, const SocketAddress& to, ByteSpan)>;
  void SetFilter(Filter drop) { drop_ = std::move(drop); }

  // Runs all loops, and moves the clock whenever none has anything to do.
  void RunUntil(Timestamp until);  // Now() is `until` afterwards.
  void RunFor(Duration duration) { RunUntil(now_ + duration); }
  // Until `done` holds, asked after every turn; false when `max_time` passes first.
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done, Duration max_time);
  // Runs what is due now without moving the clock.
  void RunDue() { RunUntil(now_); }

  uint64_t datagrams_without_receiver() const { return without_receiver_; }
  bool OnTestThread() const { return std::this_thread::get_id() == thread_; }

 private:
  friend class SimLoop;
  friend class SimSocket;
  struct InFlight {
    Timestamp at;
    uint64_t sequence;
    SocketAddress from, to;
    std::vector<uint8_t> bytes;
  };
  static bool Later(const InFlight& a, const InFlight& b);

  // For SimLoop and SimSocket.
  size_t AddLoop(SimLoop* loop);  // Returns its number, counted from 0.
  void RemoveLoop(SimLoop* loop);
  bool IsBound(const SocketAddress& address) const;
  void Bind(const SocketAddress& address, SimSocket* socket);
  void Unbind(const SocketAddress& address);
  uint16_t FreePort(const IpAddress& ip);  // 0: none left.
  void Send(const SocketAddress& from, const SocketAddress& to, ByteSpan bytes);

  bool Run(Timestamp until, const std::function<bool()>& done);
  bool Turn();  // One turn of each loop that has work; false when none has.
  void Arrive();
  Timestamp NextDeadline() const;

  const uint64_t seed_;
  const std::thread::id thread_ = std::this_thread::get_id();
  Timestamp now_ = kStart;
  std::vector<SimLoop*> loops_;
  size_t loops_made_ = 0;
  std::map<SocketAddress, SimSocket*> sockets_;
  std::map<IpAddress, uint16_t> next_port_;
  ImpairmentOptions default_link_;
  struct LinkState {
    ImpairmentModel model;
    bool is_default;
  };
  std::map<std::pair<IpAddress, IpAddress>, LinkState> links_;
  Filter drop_;
  std::vector<InFlight> heap_;
  uint64_t next_sequence_ = 0;
  uint64_t without_receiver_ = 0;
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_SIM_NETWORK_H_
