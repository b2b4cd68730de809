// A UDP socket on an EventLoop: reads with recvmmsg (and UDP_GRO if asked to), sends a turn's
// packets with sendmmsg and, where several in a row go to one destination, as one segmented
// datagram (UDP_SEGMENT).
#ifndef ENGINE_NET_UDP_SOCKET_H_
#define ENGINE_NET_UDP_SOCKET_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/net/flush_list.h"
#include "engine/net/loop.h"
#include "engine/net/udp_scratch.h"
#include "engine/net/unique_fd.h"

namespace pcd::net {

// Threading: the loop's thread.
class UdpSocket final : public DatagramSocket, public FdHandler, public Flushable {
 public:
  // Datagrams taken in one turn at most, so that a flooder cannot starve the rest.
  static constexpr size_t kMaxReceivePerTurn = 2 * UdpScratch::kReceiveBatch;
  // Datagrams that wait for the end of the turn; one more sends them at once.
  static constexpr size_t kMaxQueued = UdpScratch::kSendBatch;

  // What the socket uses of its loop. All outlive it.
  struct Host {
    Loop* loop;
    FlushList* flushes;
    UdpScratch* scratch;
  };

  // Non-blocking and close-on-exec; IPv6 sockets take IPv6 only. INVALID_ARGUMENT with the
  // system's message when the address cannot be bound or connected to, LIMIT_EXCEEDED when
  // the process is out of descriptors.
  static absl::StatusOr<std::unique_ptr<UdpSocket>> Open(const Host& host,
                                                         const DatagramSocketOptions& options);
  ~UdpSocket() override;  // What is queued is not sent.

  SocketAddress local_address() const override { return local_; }
  void SetHandler(DatagramHandler* handler) override { handler_ = handler; }
  void Queue(PacketPtr packet, const SocketAddress& destination) override;
  void Queue(PacketPtr packet) override;
  Counters counters() const override;
  BufferBytes buffer_bytes() const override;
  bool more_may_wait() const override { return more_may_wait_; }

  bool receive_offload() const { return receive_offload_; }

  // For tests and measurements: segmented messages sent, and whether they are still tried.
  uint64_t segmented_messages() const { return segmented_messages_; }
  uint64_t joined_messages() const { return joined_messages_; }  // Received.
  bool segmentation() const { return segmentation_; }
  void set_segmentation(bool enabled) { segmentation_ = enabled; }

  void OnReadable(int fd) override;
  void Flush() override;

 private:
  struct Queued {
    PacketPtr packet;
    SocketAddress destination;
  };

  UdpSocket(const Host& host, UniqueFd fd, const SocketAddress& local,
            const DatagramSocketOptions& options);
  // One batch; how many datagrams the kernel gave. ReceiveJoined: with receive offload.
  size_t Receive();
  size_t ReceiveJoined();
  size_t ReadMessages(size_t most);  // How many messages there were.
  size_t TakeMessage(size_t message);
  void Stage(size_t place, PacketPtr packet, const SocketAddress& source);
  void HandOver();
  size_t SortOutReceived(size_t count);
  size_t BuildMessages();
  size_t RunLength(size_t first) const;
  void BuildMessage(size_t message, size_t first, size_t count);
  void SendMessages(size_t count);
  void SendOneByOne(size_t message);
  void CountMessage(size_t message, bool sent);
  void CountPacket(size_t index, bool sent);

  Host host_;
  UniqueFd fd_;
  const SocketAddress local_;
  const bool connected_;
  const SocketAddress remote_;  // If connected.
  const bool receive_offload_;
  bool segmentation_;
  bool more_may_wait_ = false;
  DatagramHandler* handler_ = nullptr;
  std::vector<Queued> queue_;
  Counters counters_;
  uint64_t segmented_messages_ = 0;
  uint64_t joined_messages_ = 0;
  // Set while the handler runs, which may destroy the socket.
  bool* destroyed_ = nullptr;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_UDP_SOCKET_H_
