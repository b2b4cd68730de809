// The interface between everything that lives on a loop and the loop itself. `EventLoop`
// (event_loop.h) is the real one on epoll; engine/testing has one with simulated time and
// network, so that all above this line runs unchanged in both.
#ifndef ENGINE_NET_LOOP_H_
#define ENGINE_NET_LOOP_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "engine/base/packet.h"
#include "engine/base/random.h"
#include "engine/base/socket_address.h"
#include "engine/base/time.h"

namespace pcd::net {

using Task = absl::AnyInvocable<void()>;

// A one-shot timer. Created stopped; destroying it cancels it. Its callback runs on the loop
// and may restart or destroy the timer.
class Timer {
 public:
  virtual ~Timer() = default;
  // Arms it for `when` (at once if that has passed); an armed timer is moved. kNever stops it.
  virtual void Set(Timestamp when) = 0;
};

// Receives what a socket read in one turn.
class DatagramHandler {
 public:
  virtual ~DatagramHandler() = default;
  // `sources[i]` sent `packets[i]`. The callee may move packets out.
  virtual void OnDatagrams(std::span<PacketPtr> packets,
                           std::span<const SocketAddress> sources) = 0;
};

struct DatagramSocketOptions {
  SocketAddress local{};  // Port 0: the system chooses.
  // Connected sockets receive only from this address and need no address per send.
  bool connect = false;
  SocketAddress remote{};
  int receive_buffer_bytes = 0;  // 0: system default.
  int send_buffer_bytes = 0;
  uint8_t dscp = 0;  // Of what it sends: 0 to 63 (RFC 2474).
  // Lets the kernel hand over datagrams of one sender joined, where it has them so (UDP_GRO): they
  // arrive as if it had not, for less. For sockets that many write to.
  bool receive_offload = false;
};

// A UDP socket whose sends are batched: Queue keeps the packet until the end of the loop's
// turn (or until a batch is full) and sends all in few system calls. UDP semantics: what the
// kernel refuses is counted and dropped.
class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;
  virtual SocketAddress local_address() const = 0;
  virtual void SetHandler(DatagramHandler* handler) = 0;  // Null: what arrives is dropped.
  // To `destination`, or to the connected remote with the second form.
  virtual void Queue(PacketPtr packet, const SocketAddress& destination) = 0;
  virtual void Queue(PacketPtr packet) = 0;
  struct Counters {
    uint64_t packets_sent = 0, bytes_sent = 0, packets_received = 0, bytes_received = 0;
    uint64_t send_drops = 0;     // Refused by the kernel, e.g. full buffer.
    uint64_t receive_drops = 0;  // Longer than Packet::kMaxPayload.
    uint64_t kernel_drops = 0;   // Arrived while the receive buffer was full.
    // errno of the last datagram that was not sent, or that came back as refused (ICMP); 0: none.
    int last_error = 0;
  };
  virtual Counters counters() const = 0;
  struct BufferBytes {
    int receive = 0, send = 0;
  };
  // What the system grants; less than was asked for where that exceeds its limits. 0: not known.
  virtual BufferBytes buffer_bytes() const { return {}; }
  // Whether the latest read was as long as a read may be: more may wait.
  virtual bool more_may_wait() const = 0;
};

// Called when a watched file descriptor is ready.
class FdHandler {
 public:
  virtual ~FdHandler() = default;
  virtual void OnReadable(int fd) = 0;
  // Where WatchWritable asked for it. It may come once more in the turn that took that back.
  virtual void OnWritable(int /*fd*/) {}
};

// Called once at the end of each turn in which it was requested, after all events of that
// turn: where batches are flushed and the pump runs.
class EndOfTurnHandler {
 public:
  virtual ~EndOfTurnHandler() = default;
  virtual void OnEndOfTurn() = 0;
};

// Threading: all but Post and UnixMicros is called on the loop's own thread only. Post may be
// called from anywhere and is the only way in.
class Loop {
 public:
  virtual ~Loop() = default;

  // Runs the task on the loop in a later turn, in order of posting. After the loop has
  // stopped the task is destroyed without running.
  virtual void Post(Task task) = 0;
  virtual bool IsCurrent() const = 0;

  // Monotonic time, read once a turn: no system call per packet.
  virtual Timestamp Now() const = 0;
  // Unix time of Now() in microseconds; on another thread, that of the call.
  virtual int64_t UnixMicros() const = 0;

  // Processor time that the loop's thread has used so far: how much it worked, however long it had
  // to wait for a processor. A system call.
  virtual Duration ProcessorTime() const = 0;

  virtual std::unique_ptr<Timer> CreateTimer(Task callback) = 0;
  virtual absl::StatusOr<std::unique_ptr<DatagramSocket>> OpenDatagramSocket(
      const DatagramSocketOptions& options) = 0;
  // Level-triggered. The descriptor must be unwatched before it is closed. The simulated
  // loop has no descriptors: WatchFd fails there.
  virtual absl::Status WatchFd(int fd, FdHandler* handler) = 0;
  virtual void UnwatchFd(int fd) = 0;
  // From now on a watched descriptor is also told, in each turn, while it can be written to; or
  // no longer. Without effect when it is not watched.
  virtual void WatchWritable(int fd, bool on) = 0;
  // Idempotent within a turn. CancelEndOfTurn forgets a handler about to be destroyed.
  virtual void RequestEndOfTurn(EndOfTurnHandler* handler) = 0;
  virtual void CancelEndOfTurn(EndOfTurnHandler* handler) = 0;

  virtual PacketPool& packets() = 0;
  virtual RandomSource& random() = 0;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_LOOP_H_
