// One usrsctp socket: the C API in the shape that the association needs.
#ifndef ENGINE_SCTP_USRSCTP_SOCKET_H_
#define ENGINE_SCTP_USRSCTP_SOCKET_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/sctp/sctp_association.h"
#include "engine/sctp/sctp_association_factory.h"

struct socket;

namespace pcd::sctp {

// What one read gave.
struct UsrsctpRead {
  enum class Kind {
    kNothing,       // Nothing to read now.
    kData,          // A piece of a message, the last one when `complete`.
    kNotification,  // A usrsctp notification.
    kEnd,           // The socket has ended; `error` is an errno value or 0.
  };
  Kind kind = Kind::kNothing;
  size_t length = 0;  // Bytes written to the buffer.
  uint16_t stream_id = 0;
  uint32_t ppid = 0;
  bool complete = false;
  int error = 0;
};

// usrsctp finds endpoints by their ports in hash tables, and in a service all associations
// have the same two: every lookup that is not by verification tag would walk all of them. So
// inside usrsctp each association has a port of its own, put in place of the real ones on the
// way in and back on the way out, which is also where the checksum is made.
//
// Threading: the owner's loop. Each call may run callbacks of this socket on this thread.
class UsrsctpSocket {
 public:
  // Opens, configures, binds and connects: the INIT is on its way. `address` is the
  // mailbox's.
  static absl::StatusOr<std::unique_ptr<UsrsctpSocket>> Connect(uintptr_t address,
                                                                const SctpOptions& options);
  // Sends ABORT when there is a peer and frees all at once.
  ~UsrsctpSocket();
  UsrsctpSocket(const UsrsctpSocket&) = delete;
  UsrsctpSocket& operator=(const UsrsctpSocket&) = delete;

  // A packet whose ports and checksum have been found right.
  void Input(ByteSpan packet);
  // Makes of a packet of usrsctp one for the wire.
  static void FinishOutput(MutableByteSpan packet, const SctpParams& params);
  SendResult Send(uint16_t stream_id, uint32_t ppid, ByteSpan message, const SendOptions& options);
  UsrsctpRead Read(MutableByteSpan buffer);
  // False when it cannot even be asked for.
  bool ResetOutgoing(uint16_t stream_id);
  void Shutdown();
  // Bytes taken and not yet acknowledged (with usrsctp's overhead of what is chunked already);
  // nullopt when there is no association.
  std::optional<size_t> QueuedBytes() const;
  // Null when there is no association.
  std::optional<SctpPath> Path() const;

 private:
  UsrsctpSocket(struct socket* socket, uintptr_t address);
  int Configure(const SctpOptions& options);
  int BindAndConnect(const SctpOptions& options);

  struct socket* const socket_;
  const uintptr_t address_;
  const uint16_t inner_port_;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_SOCKET_H_
