// A sink on the real loop and the real loopback interface.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/net/event_loop.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::IsOk;

// A blocking UDP socket on a free loopback port.
class Receiver {
 public:
  Receiver() : fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    const timeval limit{10, 0};
    EXPECT_EQ(setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
  }
  ~Receiver() { close(fd_); }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  SocketAddress address() const { return MediaBench::Local(port_); }
  // Empty when nothing comes.
  Bytes Next() const {
    Bytes bytes(2048);
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return bytes;
  }

 private:
  int fd_;
  uint16_t port_ = 0;
};

class SinkLoopbackTest : public ::testing::Test {
 protected:
  SinkLoopbackTest() { EXPECT_THAT(loop.Start(), IsOk()); }
  ~SinkLoopbackTest() override {
    OnLoop([&] { session.reset(); });
    loop.Stop();
  }

  void OnLoop(const std::function<void()>& work) {
    std::promise<void> done;
    loop.Post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  void SendAudio(uint16_t sequence) {
    OnLoop([&] {
      PacketPtr packet = loop.packets().CopyOf(
          MakeRtp({.ssrc = kAudioSsrc, .payload_type = kOpusType, .sequence = sequence}));
      packet->arrival = loop.Now();
      session->OnRtp(0, {&packet, 1});
    });
  }

  std::unique_ptr<net::EventLoop> owned_loop = net::EventLoop::Create().value();
  net::EventLoop& loop = *owned_loop;
  net::AddressPolicy policy;
  net::DestinationClaims claims;
  FeedbackLog feedback;
  std::unique_ptr<MediaSession> session;
  Receiver rtp, rtcp;
};

TEST_F(SinkLoopbackTest, MediaReportsAndTheByeReachTheReceiver) {
  OnLoop([&] {
    session = std::make_unique<MediaSession>(loop, feedback, policy, claims, Limits{},
                                             MediaSessionOptions{.cname = "ours"});
    SinkConfig config;
    config.id = "a";
    config.selector = KindSelector{MediaKind::kAudio, 0};
    config.rtp_destination = rtp.address();
    config.rtcp_destination = rtcp.address();
    EXPECT_THAT(session->CreateSink(config), IsOk());
    session->SetReceivers({AudioSection()});
  });
  Bytes first, second;
  SendAudio(1);
  SendAudio(2);
  first = rtp.Next();
  second = rtp.Next();
  ASSERT_EQ(first.size(), 16u);
  ASSERT_EQ(second.size(), 16u);
  EXPECT_EQ(static_cast<uint16_t>(LoadU16(&first[2]) + 1), LoadU16(&second[2]));
  EXPECT_EQ(LoadU32(&first[8]), LoadU32(&second[8]));

  OnLoop([&] {
    EXPECT_LT(session->NextDeadline(), kNever);
    session->HandleTimeout(session->NextDeadline());
  });
  const Bytes report = rtcp.Next();
  ASSERT_GE(report.size(), 28u);
  EXPECT_EQ(report[1], 200);

  // The sink is gone before its last packet leaves; the packet must leave all the same.
  OnLoop([&] { EXPECT_THAT(session->DeleteSink("a"), IsOk()); });
  const Bytes bye = rtcp.Next();
  ASSERT_GE(bye.size(), 8u);
  EXPECT_EQ(bye[bye.size() - 7], 203);
}

TEST_F(SinkLoopbackTest, ARefusedDestinationIsTold) {
  auto gone = std::make_unique<Receiver>();
  const SocketAddress refused = gone->address();
  gone.reset();
  OnLoop([&] {
    session = std::make_unique<MediaSession>(loop, feedback, policy, claims, Limits{},
                                             MediaSessionOptions{.cname = "ours"});
    SinkConfig config;
    config.id = "a";
    config.selector = KindSelector{MediaKind::kAudio, 0};
    config.rtp_destination = refused;
    config.rtcp_destination = rtcp.address();
    EXPECT_THAT(session->CreateSink(config), IsOk());
    session->SetReceivers({AudioSection()});
    EXPECT_EQ(session->GetSink("a")->last_error, "");
    EXPECT_GT(session->GetSink("a")->create_unix_us, 0);
  });
  std::string told;
  for (uint16_t sequence = 1; told.empty(); ++sequence) {
    SendAudio(sequence);
    OnLoop([&] { told = session->GetSink("a")->last_error; });
  }
  EXPECT_EQ(told, "RTP to " + refused.ToString() + ": Connection refused");
  // Another destination has had none.
  OnLoop([&] {
    EXPECT_THAT(session->UpdateSink("a", {.rtp_destination = rtp.address()}), IsOk());
    EXPECT_EQ(session->GetSink("a")->last_error, "");
  });
}

}  // namespace
}  // namespace pcd::media
