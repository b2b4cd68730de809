// A TCP connection on a loop, as a stream of bytes.
#ifndef ENGINE_NET_TCP_STREAM_H_
#define ENGINE_NET_TCP_STREAM_H_

#include <absl/status/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/net/loop.h"
#include "engine/net/unique_fd.h"

namespace pcd::net {

struct TcpStreamOptions {
  SocketAddress remote{};
  IpAddress local{};  // Unspecified: the system chooses.
  uint8_t dscp = 0;   // Of what it sends: 0 to 63 (RFC 2474).
  Duration connect_timeout = std::chrono::seconds(3);
};

// What a connection may take of its loop.
struct TcpStreamLimits {
  // Read in one turn at most, TcpStream::kMaxReadPerTurn or less: others have their share, too, and
  // whoever passes it on as datagrams does not overflow the next socket.
  size_t read_per_turn = 16 * 1024;
  // Waits here at most; about as much again may wait in the kernel.
  size_t queued = 256 * 1024;
};

// Writes go out at once (no Nagle); what the kernel does not take waits here, and what does not
// fit any more is refused, so that who sends in real time never waits and never buffers for long.
//
// Threading: the loop's thread.
class TcpStream final : private FdHandler {
 public:
  static constexpr size_t kMaxReadPerTurn = TcpStreamLimits{}.read_per_turn;
  static constexpr size_t kMaxQueued = TcpStreamLimits{}.queued;

  // Called in turns of their own, never from inside a call into the stream. Each of them may
  // destroy the stream.
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void OnConnected() {}  // Not of an adopted stream.
    virtual void OnBytes(ByteSpan bytes) = 0;
    // The last call, and the only one of its kind: it could not be connected (the status says
    // why), the other end has closed its half, or the connection broke.
    virtual void OnClosed(const absl::Status& why) = 0;
  };

  // `handler` outlives the stream.
  static std::unique_ptr<TcpStream> Connect(Loop& loop, const TcpStreamOptions& options,
                                            Handler& handler);
  // Of a connected, non-blocking socket.
  static std::unique_ptr<TcpStream> Adopt(Loop& loop, UniqueFd fd, Handler& handler,
                                          const TcpStreamLimits& limits = {});
  ~TcpStream() override;  // What is queued is not sent.
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // Both in a row, or (false) none of them: not connected, or the queue has no room.
  bool Write(ByteSpan first, ByteSpan second = {});
  size_t queued() const { return queued_; }  // Bytes.

 private:
  enum class State { kConnecting, kConnected, kClosed };

  TcpStream(Loop& loop, Handler& handler, const TcpStreamLimits& limits);
  absl::Status Begin(const TcpStreamOptions& options);
  absl::Status Watch();
  void OnReadable(int fd) override;
  void OnWritable(int fd) override;
  void OnTimer();
  void FinishConnect();
  // What the kernel took of both; negative: the connection is broken.
  ssize_t Send(ByteSpan first, ByteSpan second);
  void Enqueue(ByteSpan bytes);
  void Flush();
  void Close(const absl::Status& why);  // Nothing may follow it: this may be gone.

  Loop& loop_;
  Handler& handler_;
  const TcpStreamLimits limits_;
  std::unique_ptr<Timer> timer_;  // Of connecting, and of a failure to be told.
  UniqueFd fd_;
  State state_ = State::kConnecting;
  absl::Status failure_;
  std::vector<uint8_t> ring_;  // Empty until something has to wait.
  size_t head_ = 0;            // Of what waits in it.
  size_t queued_ = 0;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_TCP_STREAM_H_
