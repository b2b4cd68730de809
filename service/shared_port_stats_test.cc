// What the shared port loses, as a caller sees it.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <future>
#include <string>

#include "engine/base/socket_address.h"
#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;

const ice::SharedPortOptions kSmallBuffer{.addresses = {IpAddress::V4({127, 0, 0, 1})},
                                          .receive_buffer_bytes = 4096};

// Datagrams to the media port that are neither STUN nor of anybody, each longer than the one
// before, so that the kernel keeps each for itself.
void SendDatagrams(uint16_t port, size_t count) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::array<uint8_t, 1000> bytes;
  bytes.fill(0x80);
  for (size_t i = 0; i < count; ++i) {
    EXPECT_GT(
        sendto(fd, bytes.data(), 200 + i, 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)),
        0);
  }
  close(fd);
}

// One connection with a transport, on its way to a peer.
class OfferedConnection {
 public:
  explicit OfferedConnection(const ice::SharedPortOptions* port) : service_({}, {}, port) {
    v1::AddTransceiverRequest add;
    add.set_peer_connection_id(id_);
    add.set_kind(v1::MEDIA_KIND_VIDEO);
    v1::AddTransceiverResponse added;
    EXPECT_TRUE(
        ServiceHarness::Call(&Stub::AddTransceiver, *service_.connections, add, &added).ok());
    v1::SetLocalDescriptionRequest set;
    set.set_peer_connection_id(id_);
    v1::SetLocalDescriptionResponse response;
    EXPECT_TRUE(
        ServiceHarness::Call(&Stub::SetLocalDescription, *service_.connections, set, &response)
            .ok());
  }

  v1::TransportStats Stats() {
    v1::GetStatsRequest request;
    request.set_peer_connection_id(id_);
    v1::GetStatsResponse response;
    EXPECT_TRUE(
        ServiceHarness::Call(&Stub::GetStats, *service_.connections, request, &response).ok());
    for (const auto& [id, entry] : response.report().stats()) {
      if (entry.has_transport()) return entry.transport();
    }
    ADD_FAILURE() << "no transport";
    return {};
  }
  ServiceHarness& service() { return service_; }

 private:
  ServiceHarness service_;
  const std::string id_ = service_.Create();
};

TEST(SharedPortStatsTest, TheKernelsDropsAndStrangersAreCounted) {
  constexpr size_t kSent = 100;
  OfferedConnection connection(&kSmallBuffer);
  ASSERT_TRUE(connection.Stats().has_shared_port());
  EXPECT_EQ(connection.Stats().shared_port().kernel_drops(), 0u);
  EXPECT_EQ(connection.Stats().shared_port().unvalidated(), 0u);
  // The loop does not turn while they come.
  std::promise<void> held, go_on;
  connection.service().loop().Post([&] {
    held.set_value();
    go_on.get_future().wait();
  });
  held.get_future().wait();
  SendDatagrams(connection.service().media_port(), kSent);
  go_on.set_value();
  v1::SharedPortStats stats;
  for (int i = 0; i < 1000 && stats.kernel_drops() + stats.unvalidated() < kSent; ++i) {
    stats = connection.Stats().shared_port();
  }
  EXPECT_GT(stats.kernel_drops(), 0u);
  EXPECT_GT(stats.unvalidated(), 0u);
  EXPECT_EQ(stats.kernel_drops() + stats.unvalidated(), kSent);
  EXPECT_EQ(stats.malformed() + stats.not_requests() + stats.receive_drops(), 0u);
}

TEST(SharedPortStatsTest, WhoHasSocketsOfItsOwnHasNone) {
  OfferedConnection connection(nullptr);
  EXPECT_FALSE(connection.Stats().has_shared_port());
}

}  // namespace
}  // namespace pcd::service
