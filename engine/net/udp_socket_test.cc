#include "engine/net/udp_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/net/event_loop.h"
#include "engine/testing/hex.h"
#include "engine/testing/status_matchers.h"
#include "engine/testing/tos_socket.h"

namespace pcd::net {
namespace {

using ::pcd::testing::BytesOf;
using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;
using ::pcd::testing::PatternBytes;
using ::testing::ElementsAre;

const SocketAddress kAnyV4Port{IpAddress::V4({127, 0, 0, 1}), 0};
const SocketAddress kAnyV6Port{*IpAddress::Parse("::1"), 0};

using Bytes = std::vector<uint8_t>;

// Keeps what arrived and calls `then` after each batch.
class Receiver : public DatagramHandler {
 public:
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    for (size_t i = 0; i < packets.size(); ++i) {
      received.emplace_back(packets[i]->bytes().begin(), packets[i]->bytes().end());
      arrivals.push_back(packets[i]->arrival);
      sources.push_back(from[i]);
    }
    batch_sizes.push_back(packets.size());
    if (then) then();
  }

  std::vector<Bytes> received;
  std::vector<SocketAddress> sources;
  std::vector<Timestamp> arrivals;
  std::vector<size_t> batch_sizes;
  std::function<void()> then;
};

// Sends back all it gets, packets moved and not copied.
class Echo : public DatagramHandler {
 public:
  explicit Echo(DatagramSocket* socket) : socket_(socket) {}
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    for (size_t i = 0; i < packets.size(); ++i) socket_->Queue(std::move(packets[i]), from[i]);
  }

 private:
  DatagramSocket* socket_;
};

class UdpSocketTest : public ::testing::Test {
 protected:
  UdpSocketTest() : loop_(std::move(*EventLoop::Create({.name = "test"}))) {
    EXPECT_THAT(loop_->Start(), IsOk());
  }
  ~UdpSocketTest() override {
    loop_->Stop();
    sockets_.clear();
  }

  void RunOnLoop(std::function<void()> work) {
    std::promise<void> done;
    loop_->Post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Until `condition`, asked on the loop, holds.
  void WaitOnLoop(std::function<bool()> condition) {
    for (bool holds = false; !holds;) RunOnLoop([&] { holds = condition(); });
  }

  UdpSocket* Open(const DatagramSocketOptions& options) {
    auto socket = loop_->OpenDatagramSocket(options);
    EXPECT_THAT(socket, IsOk());
    if (!socket.ok()) return nullptr;
    sockets_.push_back(std::move(*socket));
    return static_cast<UdpSocket*>(sockets_.back().get());
  }

  PacketPtr MakePacket(const Bytes& bytes) { return loop_->packets().CopyOf(bytes); }

  std::unique_ptr<EventLoop> loop_;
  std::vector<std::unique_ptr<DatagramSocket>> sockets_;
};

// Of a family, with and without receive offload.
class UdpSocketFamilyTest : public UdpSocketTest,
                            public ::testing::WithParamInterface<std::tuple<SocketAddress, bool>> {
 protected:
  static SocketAddress Address() { return std::get<0>(GetParam()); }
  static bool Offload() { return std::get<1>(GetParam()); }
};

TEST_P(UdpSocketFamilyTest, EchoesEveryPacketOnceAndCountsIt) {
  constexpr size_t kPackets = 200;
  Receiver receiver;
  std::unique_ptr<Echo> echo;
  UdpSocket *client = nullptr, *server = nullptr;
  RunOnLoop([&] {
    server = Open({.local = Address(), .receive_offload = Offload()});
    client = Open({.local = Address(), .receive_offload = Offload()});
    echo = std::make_unique<Echo>(server);
    server->SetHandler(echo.get());
    client->SetHandler(&receiver);
  });
  size_t bytes = 0;
  for (size_t sent = 0; sent < kPackets; sent += 20) {
    RunOnLoop([&] {
      for (size_t i = sent; i < sent + 20; ++i) {
        const Bytes packet = PatternBytes(20 + i, static_cast<uint8_t>(i));
        bytes += packet.size();
        client->Queue(MakePacket(packet), server->local_address());
      }
    });
    WaitOnLoop([&] { return receiver.received.size() == sent + 20; });
  }
  loop_->Stop();
  for (size_t i = 0; i < kPackets; ++i) {
    EXPECT_EQ(receiver.received[i], PatternBytes(20 + i, static_cast<uint8_t>(i)));
    EXPECT_EQ(receiver.sources[i], server->local_address());
    EXPECT_GT(receiver.arrivals[i], Timestamp{});
  }
  for (const UdpSocket* socket : {client, server}) {
    EXPECT_EQ(socket->counters().packets_sent, kPackets);
    EXPECT_EQ(socket->counters().packets_received, kPackets);
    EXPECT_EQ(socket->counters().bytes_sent, bytes);
    EXPECT_EQ(socket->counters().bytes_received, bytes);
    EXPECT_EQ(socket->counters().send_drops, 0u);
  }
}

TEST_P(UdpSocketFamilyTest, MarksWhatItSends) {
  testing::TosSocket plain(Address().ip), marked(Address().ip);
  RunOnLoop([&] {
    Open({.local = Address()})->Queue(MakePacket(BytesOf("a")), plain.address());
    UdpSocket* socket = Open({.local = Address(), .dscp = 46});
    // One segmented message.
    for (int i = 0; i < 3; ++i) socket->Queue(MakePacket(BytesOf("b")), marked.address());
  });
  EXPECT_EQ(plain.Receive(), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(marked.Receive(), 46 << 2);
}

std::string NameOf(const ::testing::TestParamInfo<std::tuple<SocketAddress, bool>>& info) {
  const bool v6 = std::get<0>(info.param).ip.is_v6();
  return std::string(v6 ? "IPv6" : "IPv4") + (std::get<1>(info.param) ? "Offload" : "");
}

INSTANTIATE_TEST_SUITE_P(Families, UdpSocketFamilyTest,
                         ::testing::Combine(::testing::Values(kAnyV4Port, kAnyV6Port),
                                            ::testing::Bool()),
                         NameOf);

// What one turn's sends look like to the receiver and to the system.
struct Delivery {
  std::vector<Bytes> received;
  uint64_t segmented_messages = 0;
  uint64_t joined_messages = 0;
};

// With and without receive offload, which shows in nothing but how the datagrams are read.
class UdpSegmentationTest : public UdpSocketTest, public ::testing::WithParamInterface<bool> {
 protected:
  Delivery Send(const std::vector<size_t>& sizes, bool segmentation = true) {
    Receiver receiver;
    UdpSocket *sender = nullptr, *target = nullptr;
    RunOnLoop([&] {
      target = Open(
          {.local = kAnyV4Port, .receive_buffer_bytes = 1 << 20, .receive_offload = GetParam()});
      sender = Open({.local = kAnyV4Port});
      if (!segmentation) sender->set_segmentation(false);
      target->SetHandler(&receiver);
      for (size_t i = 0; i < sizes.size(); ++i) {
        sender->Queue(MakePacket(PatternBytes(sizes[i], static_cast<uint8_t>(i))),
                      target->local_address());
      }
    });
    WaitOnLoop([&] { return receiver.received.size() >= sizes.size(); });
    Delivery delivery;
    RunOnLoop([&] {
      target->SetHandler(nullptr);
      EXPECT_EQ(sender->counters().packets_sent, sizes.size());
      EXPECT_EQ(sender->counters().send_drops, 0u);
      EXPECT_EQ(target->counters().packets_received, sizes.size());
      EXPECT_EQ(receiver.sources,
                std::vector<SocketAddress>(sizes.size(), sender->local_address()));
      for (const size_t batch : receiver.batch_sizes) EXPECT_LE(batch, UdpScratch::kReceiveBatch);
      delivery = {receiver.received, sender->segmented_messages(), target->joined_messages()};
    });
    return delivery;
  }

  static std::vector<Bytes> Expected(const std::vector<size_t>& sizes) {
    std::vector<Bytes> packets;
    for (size_t i = 0; i < sizes.size(); ++i) {
      packets.push_back(PatternBytes(sizes[i], static_cast<uint8_t>(i)));
    }
    return packets;
  }

  // Of the machine, not of the code: old kernels send one by one.
  bool Supported() {
    bool supported = false;
    RunOnLoop([&] { supported = Open({.local = kAnyV4Port})->segmentation(); });
    return supported;
  }
};

TEST_P(UdpSegmentationTest, EqualPacketsGoAsOneMessageAndArriveApart) {
  const std::vector<size_t> sizes(20, 1100);
  const Delivery delivery = Send(sizes);
  EXPECT_EQ(delivery.received, Expected(sizes));
  EXPECT_EQ(delivery.segmented_messages, Supported() ? 1u : 0u);
  EXPECT_EQ(delivery.joined_messages, Supported() && GetParam() ? 1u : 0u);
}

TEST_P(UdpSegmentationTest, TheLastSegmentMayBeShorterAndALongerOneStartsAnew) {
  const std::vector<size_t> sizes = {500, 500, 300, 500, 500, 600, 600, 100, 1, 1};
  const Delivery delivery = Send(sizes);
  EXPECT_EQ(delivery.received, Expected(sizes));
  // 500 500 300 | 500 500 | 600 600 100 | 1 1
  EXPECT_EQ(delivery.segmented_messages, Supported() ? 4u : 0u);
}

TEST_P(UdpSegmentationTest, EmptyDatagramsKeepTheirPlace) {
  const std::vector<size_t> sizes = {0, 10, 10, 0, 0, 10};
  const Delivery delivery = Send(sizes);
  EXPECT_EQ(delivery.received, Expected(sizes));
  EXPECT_EQ(delivery.segmented_messages, Supported() ? 1u : 0u);
}

TEST_P(UdpSegmentationTest, AFullBatchOfTheLargestPacketsStaysUnderTheKernelsLimits) {
  const std::vector<size_t> sizes(UdpSocket::kMaxQueued, Packet::kMaxPayload);
  EXPECT_EQ(Send(sizes).received, Expected(sizes));
}

TEST_P(UdpSegmentationTest, WithoutItEveryPacketIsAMessage) {
  const std::vector<size_t> sizes(20, 1100);
  const Delivery delivery = Send(sizes, /*segmentation=*/false);
  EXPECT_EQ(delivery.received, Expected(sizes));
  EXPECT_EQ(delivery.segmented_messages, 0u);
}

TEST_P(UdpSegmentationTest, DestinationsAreNeverMixed) {
  Receiver left_receiver, right_receiver;
  UdpSocket *sender = nullptr, *left = nullptr, *right = nullptr;
  RunOnLoop([&] {
    sender = Open({.local = kAnyV4Port});
    left = Open({.local = kAnyV4Port, .receive_offload = GetParam()});
    right = Open({.local = kAnyV4Port, .receive_offload = GetParam()});
    left->SetHandler(&left_receiver);
    right->SetHandler(&right_receiver);
    for (uint8_t i = 0; i < 8; ++i) {
      UdpSocket* target = i / 2 % 2 == 0 ? left : right;
      sender->Queue(MakePacket(PatternBytes(100, i)), target->local_address());
    }
  });
  WaitOnLoop(
      [&] { return left_receiver.received.size() == 4 && right_receiver.received.size() == 4; });
  loop_->Stop();
  EXPECT_THAT(left_receiver.received, ElementsAre(PatternBytes(100, 0), PatternBytes(100, 1),
                                                  PatternBytes(100, 4), PatternBytes(100, 5)));
  EXPECT_THAT(right_receiver.received, ElementsAre(PatternBytes(100, 2), PatternBytes(100, 3),
                                                   PatternBytes(100, 6), PatternBytes(100, 7)));
}

TEST_F(UdpSocketTest, SocketsWithAndWithoutOffloadShareALoop) {
  Receiver with_receiver, without_receiver;
  UdpSocket *sender = nullptr, *with = nullptr, *without = nullptr;
  RunOnLoop([&] {
    sender = Open({.local = kAnyV4Port});
    with = Open({.local = kAnyV4Port, .receive_offload = true});
    without = Open({.local = kAnyV4Port});
    with->SetHandler(&with_receiver);
    without->SetHandler(&without_receiver);
  });
  for (size_t round = 1; round <= 5; ++round) {
    RunOnLoop([&] {
      for (uint8_t i = 0; i < 12; ++i) {
        sender->Queue(MakePacket(PatternBytes(700, i)), with->local_address());
      }
      for (uint8_t i = 0; i < 12; ++i) {
        sender->Queue(MakePacket(PatternBytes(900, i)), without->local_address());
      }
    });
    WaitOnLoop([&] {
      return with_receiver.received.size() == 12 * round &&
             without_receiver.received.size() == 12 * round;
    });
  }
  loop_->Stop();
  for (size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(with_receiver.received[i], PatternBytes(700, static_cast<uint8_t>(i % 12)));
    EXPECT_EQ(without_receiver.received[i], PatternBytes(900, static_cast<uint8_t>(i % 12)));
  }
}

INSTANTIATE_TEST_SUITE_P(Receive, UdpSegmentationTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Joined" : "Apart"; });

TEST_F(UdpSocketTest, QueuedPacketsWaitForTheEndOfTheTurnUnlessTheBatchIsFull) {
  RunOnLoop([&] {
    UdpSocket* sender = Open({.local = kAnyV4Port});
    UdpSocket* target = Open({.local = kAnyV4Port});
    for (size_t i = 0; i + 1 < UdpSocket::kMaxQueued; ++i) {
      sender->Queue(MakePacket({1}), target->local_address());
    }
    EXPECT_EQ(sender->counters().packets_sent, 0u);
    sender->Queue(MakePacket({1}), target->local_address());
    EXPECT_EQ(sender->counters().packets_sent, UdpSocket::kMaxQueued);
    sender->Queue(MakePacket({1}), target->local_address());
  });
  RunOnLoop([&] { EXPECT_EQ(sockets_[0]->counters().packets_sent, UdpSocket::kMaxQueued + 1); });
}

TEST_F(UdpSocketTest, WhatAnEndOfTurnHandlerQueuesLeavesInTheSameTurn) {
  struct Pump : EndOfTurnHandler {
    void OnEndOfTurn() override { run(); }
    std::function<void()> run;
  } pump;
  Receiver receiver;
  uint64_t queued_in = 0, sent_in = 0;
  RunOnLoop([&] {
    UdpSocket* sender = Open({.local = kAnyV4Port});
    pump.run = [this, sender, &queued_in] {
      queued_in = loop_->counters().turns;
      sender->Queue(MakePacket({1}), sender->local_address());
    };
    receiver.then = [&] { sent_in = loop_->counters().turns; };
    sender->SetHandler(&receiver);
    loop_->RequestEndOfTurn(&pump);
  });
  WaitOnLoop([&] { return sent_in > 0; });
  EXPECT_EQ(sent_in, queued_in + 1);
}

TEST_F(UdpSocketTest, AConnectedSocketSendsWithoutAddressAndHearsItsRemoteOnly) {
  Receiver receiver;
  UdpSocket *connected = nullptr, *remote = nullptr;
  RunOnLoop([&] {
    remote = Open({.local = kAnyV4Port});
    UdpSocket* stranger = Open({.local = kAnyV4Port});
    connected = Open({.local = kAnyV4Port, .connect = true, .remote = remote->local_address()});
    connected->SetHandler(&receiver);
    stranger->Queue(MakePacket({9}), connected->local_address());
    remote->Queue(MakePacket({1}), connected->local_address());
    connected->Queue(MakePacket({2}));
  });
  WaitOnLoop(
      [&] { return !receiver.received.empty() && remote->counters().packets_received == 1; });
  loop_->Stop();
  EXPECT_THAT(receiver.received, ElementsAre(Bytes{1}));
  EXPECT_EQ(connected->counters().packets_received, 1u);
}

TEST_F(UdpSocketTest, AConnectedSocketOutlivesRefusalsOfItsRemote) {
  UdpSocket *connected = nullptr, *remote = nullptr;
  SocketAddress address;
  RunOnLoop([&] {
    remote = Open({.local = kAnyV4Port});
    address = remote->local_address();
    connected = Open({.local = kAnyV4Port, .connect = true, .remote = address});
    sockets_.erase(sockets_.begin());  // Nobody listens any more.
  });
  RunOnLoop([&] { EXPECT_EQ(connected->counters().last_error, 0); });
  for (int i = 0; i < 20; ++i) RunOnLoop([&] { connected->Queue(MakePacket({1})); });
  WaitOnLoop([&] { return connected->counters().last_error == ECONNREFUSED; });
  RunOnLoop([&] {
    const auto counters = connected->counters();
    EXPECT_EQ(counters.packets_sent + counters.send_drops, 20u);
    EXPECT_GT(counters.packets_sent, 0u);
    remote = Open({.local = address});
    connected->Queue(MakePacket({2}));
  });
  WaitOnLoop([&] { return remote->counters().packets_received == 1; });
}

TEST_F(UdpSocketTest, SendsThatTheKernelRefusesAreCountedAndHarmTheOthersNot) {
  Receiver receiver;
  UdpSocket *sender = nullptr, *target = nullptr;
  RunOnLoop([&] {
    sender = Open({.local = kAnyV4Port});
    target = Open({.local = kAnyV4Port});
    target->SetHandler(&receiver);
    sender->Queue(MakePacket({1}), target->local_address());
    sender->Queue(MakePacket({2}), {*IpAddress::Parse("::1"), 9});        // Wrong family.
    sender->Queue(MakePacket({3}), {*IpAddress::Parse("127.0.0.1"), 0});  // No port.
    sender->Queue(MakePacket({4, 4}), {*IpAddress::Parse("::1"), 9});     // Two as one message.
    sender->Queue(MakePacket({4, 4}), {*IpAddress::Parse("::1"), 9});
    sender->Queue(MakePacket({5}));  // Not connected.
    sender->Queue(MakePacket({6}), target->local_address());
  });
  WaitOnLoop([&] { return receiver.received.size() == 2; });
  loop_->Stop();
  EXPECT_THAT(receiver.received, ElementsAre(Bytes{1}, Bytes{6}));
  EXPECT_EQ(sender->counters().packets_sent, 2u);
  EXPECT_EQ(sender->counters().send_drops, 5u);
  EXPECT_EQ(sender->counters().last_error, EAFNOSUPPORT);
}

// A kernel that answers as scripted: the errno of each call, 0 to send for real. After the
// script all calls succeed. Notes how many segments each message had.
std::vector<int> g_script;
std::vector<size_t> g_segments;

int ScriptedSend(int fd, mmsghdr* messages, unsigned count, int flags) {
  g_segments.push_back(messages[0].msg_hdr.msg_iovlen);
  if (!g_script.empty()) {
    const int error = g_script.front();
    g_script.erase(g_script.begin());
    if (error != 0) {
      errno = error;
      return -1;
    }
  }
  // One message a call, so that the script meets each.
  return sendmmsg(fd, messages, std::min(count, 1u), flags);
}

class UdpSendErrorTest : public ::testing::Test {
 protected:
  UdpSendErrorTest()
      : loop_(std::move(*EventLoop::Create())),
        scratch_(loop_->packets()),
        target_(std::move(*UdpSocket::Open(Host(), {.local = kAnyV4Port}))),
        socket_(std::move(*UdpSocket::Open(Host(), {.local = kAnyV4Port}))) {
    scratch_.send_call = &ScriptedSend;
    socket_->set_segmentation(true);
    g_script.clear();
    g_segments.clear();
  }

  UdpSocket::Host Host() { return {loop_.get(), &flushes_, &scratch_}; }

  void Send(const std::vector<size_t>& sizes) {
    for (const size_t size : sizes) {
      socket_->Queue(loop_->packets().CopyOf(Bytes(size, 7)), target_->local_address());
    }
    flushes_.FlushAll();
  }

  std::unique_ptr<EventLoop> loop_;  // Never started: this thread owns it.
  FlushList flushes_;
  UdpScratch scratch_;
  std::unique_ptr<UdpSocket> target_, socket_;
};

TEST_F(UdpSendErrorTest, AFullSendBufferDropsTheRestOfTheTurn) {
  g_script = {0, EAGAIN};
  Send({1, 2, 3, 4});
  EXPECT_THAT(g_segments, ElementsAre(1, 1));
  EXPECT_EQ(socket_->counters().packets_sent, 1u);
  EXPECT_EQ(socket_->counters().send_drops, 3u);
  Send({5});
  EXPECT_EQ(socket_->counters().packets_sent, 2u);
}

TEST_F(UdpSendErrorTest, AnInterruptedCallIsRepeated) {
  g_script = {EINTR, 0, EINTR, EINTR};
  Send({1, 2});
  EXPECT_EQ(socket_->counters().packets_sent, 2u);
  EXPECT_EQ(socket_->counters().send_drops, 0u);
}

TEST_F(UdpSendErrorTest, ARefusalOfAnEarlierPacketCostsThisOneARetryOnly) {
  g_script = {ECONNREFUSED, 0, EHOSTUNREACH, 0};
  Send({1, 2});
  EXPECT_EQ(socket_->counters().packets_sent, 2u);
  g_script = {ECONNREFUSED, ECONNREFUSED, 0};
  Send({1, 2});
  EXPECT_EQ(socket_->counters().packets_sent, 3u);
  EXPECT_EQ(socket_->counters().send_drops, 1u);
}

TEST_F(UdpSendErrorTest, AnErrorOfOneMessageDropsThatMessage) {
  g_script = {ENOBUFS, 0, EPERM};
  Send({1, 2, 3, 4});
  EXPECT_EQ(socket_->counters().packets_sent, 2u);
  EXPECT_EQ(socket_->counters().send_drops, 2u);
}

TEST_F(UdpSendErrorTest, ANarrowPathGetsTheSegmentsOneByOneAndOthersKeepThem) {
  g_script = {EINVAL};
  Send({9, 9, 9});
  EXPECT_THAT(g_segments, ElementsAre(3, 1, 1, 1));
  EXPECT_EQ(socket_->counters().packets_sent, 3u);
  EXPECT_EQ(socket_->counters().bytes_sent, 27u);
  EXPECT_EQ(socket_->segmented_messages(), 0u);
  EXPECT_TRUE(socket_->segmentation());
}

TEST_F(UdpSendErrorTest, ADeviceWithoutSegmentationIsNotAskedAgain) {
  g_script = {EIO, 0, EMSGSIZE, 0};
  Send({9, 9, 9});
  EXPECT_EQ(socket_->counters().packets_sent, 2u);
  EXPECT_EQ(socket_->counters().send_drops, 1u);
  EXPECT_FALSE(socket_->segmentation());
  g_segments.clear();
  Send({9, 9});
  EXPECT_THAT(g_segments, ElementsAre(1, 1));
  EXPECT_EQ(socket_->counters().packets_sent, 4u);
}

class UdpOffloadTest : public UdpSocketTest, public ::testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(Receive, UdpOffloadTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Joined" : "Apart"; });

TEST_P(UdpOffloadTest, DatagramsThatAreTooLongAreDroppedAndCounted) {
  Receiver receiver;
  UdpSocket* target = nullptr;
  RunOnLoop([&] {
    target = Open({.local = kAnyV4Port, .receive_offload = GetParam()});
    target->SetHandler(&receiver);
  });
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM, 0));
  SockaddrAny name;
  const socklen_t length = ToSockaddr(target->local_address(), name);
  for (const size_t size :
       {size_t{10}, Packet::kMaxPayload + 1, Packet::kMaxPayload, size_t{65000}, size_t{11}}) {
    const Bytes bytes(size, 7);
    ASSERT_EQ(sendto(fd.get(), bytes.data(), size, 0, &name.base, length),
              static_cast<ssize_t>(size));
  }
  WaitOnLoop([&] { return receiver.received.size() == 3; });
  loop_->Stop();
  EXPECT_EQ(receiver.received[0].size(), 10u);
  EXPECT_EQ(receiver.received[1].size(), Packet::kMaxPayload);
  EXPECT_EQ(receiver.received[2].size(), 11u);
  EXPECT_EQ(target->counters().receive_drops, 2u);
  EXPECT_EQ(target->counters().packets_received, 3u);
}

TEST_P(UdpOffloadTest, WithoutAHandlerWhatArrivesIsDropped) {
  Receiver receiver;
  UdpSocket *sender = nullptr, *target = nullptr;
  RunOnLoop([&] {
    sender = Open({.local = kAnyV4Port});
    target = Open({.local = kAnyV4Port, .receive_offload = GetParam()});
    sender->Queue(MakePacket({1}), target->local_address());
  });
  WaitOnLoop([&] { return target->counters().packets_received == 1; });
  RunOnLoop([&] {
    target->SetHandler(&receiver);
    sender->Queue(MakePacket({2}), target->local_address());
  });
  WaitOnLoop([&] { return !receiver.received.empty(); });
  EXPECT_THAT(receiver.received, ElementsAre(Bytes{2}));
}

TEST_P(UdpOffloadTest, AHandlerMayDestroyItsSocketWithMorePacketsWaiting) {
  constexpr size_t kPackets = 3 * UdpScratch::kReceiveBatch;
  Receiver receiver;
  UdpSocket *sender = nullptr, *target = nullptr;
  RunOnLoop([&] {
    sender = Open({.local = kAnyV4Port});
    target = Open({.local = kAnyV4Port, .receive_offload = GetParam()});
    target->SetHandler(&receiver);
    receiver.then = [&] { sockets_.pop_back(); };
    for (size_t i = 0; i < kPackets; ++i) {
      sender->Queue(MakePacket({1}), target->local_address());
    }
  });
  WaitOnLoop([&] { return !receiver.received.empty(); });
  RunOnLoop([] {});
  EXPECT_THAT(receiver.batch_sizes, ElementsAre(UdpScratch::kReceiveBatch));
}

TEST_F(UdpSocketTest, ASocketDestroyedWithPacketsQueuedSendsNothing) {
  UdpSocket* target = nullptr;
  RunOnLoop([&] {
    target = Open({.local = kAnyV4Port});
    UdpSocket* sender = Open({.local = kAnyV4Port});
    UdpSocket* other = Open({.local = kAnyV4Port});
    sender->Queue(MakePacket({1}), target->local_address());
    other->Queue(MakePacket({2}), target->local_address());
    sockets_.erase(sockets_.begin() + 1);
  });
  WaitOnLoop([&] { return target->counters().packets_received == 1; });
  RunOnLoop([&] {
    EXPECT_EQ(target->counters().packets_received, 1u);
    EXPECT_EQ(loop_->packets().outstanding(), UdpScratch::kReceiveBatch);
  });
}

TEST_F(UdpSocketTest, AFlooderCannotStarveTimersAndTasks) {
  // The echo of one batch fills the next: the socket is never empty again.
  std::unique_ptr<Echo> echo;
  std::promise<uint64_t> fired;
  std::unique_ptr<Timer> timer;
  int ticks = 0;
  uint64_t at_first_tick = 0;
  RunOnLoop([&] {
    UdpSocket* socket = Open({.local = kAnyV4Port});
    echo = std::make_unique<Echo>(socket);
    socket->SetHandler(echo.get());
    for (size_t i = 0; i < UdpSocket::kMaxReceivePerTurn; ++i) {
      socket->Queue(MakePacket({1}), socket->local_address());
    }
    timer = loop_->CreateTimer([&, socket] {
      if (++ticks == 1) at_first_tick = socket->counters().packets_received;
      if (ticks == 10) return fired.set_value(socket->counters().packets_received);
      timer->Set(loop_->Now());
    });
    timer->Set(loop_->Now());
  });
  // Nine more ticks, nine more turns: none took more than its share.
  const uint64_t at_last_tick = fired.get_future().get();
  EXPECT_LE(at_last_tick - at_first_tick, 9 * UdpSocket::kMaxReceivePerTurn);
  bool task_ran = false;
  uint64_t later = at_last_tick;
  WaitOnLoop([&] {
    task_ran = true;
    later = sockets_[0]->counters().packets_received;
    return later > at_last_tick;
  });
  EXPECT_TRUE(task_ran);
  EXPECT_GT(later, at_last_tick);
  RunOnLoop([&] {
    sockets_.clear();
    timer.reset();
  });
}

TEST_F(UdpSocketTest, OneTurnTakesABoundedShareOfAFullSocket) {
  constexpr size_t kPackets = 2 * UdpSocket::kMaxReceivePerTurn;
  Receiver receiver;
  std::vector<uint64_t> turns;
  RunOnLoop([&] {
    UdpSocket* sender = Open({.local = kAnyV4Port});
    UdpSocket* target = Open({.local = kAnyV4Port, .receive_buffer_bytes = 1 << 20});
    target->SetHandler(&receiver);
    receiver.then = [&] { turns.push_back(loop_->counters().turns); };
    for (size_t i = 0; i < kPackets; ++i) {
      sender->Queue(MakePacket({1}), target->local_address());
    }
  });
  WaitOnLoop([&] { return receiver.received.size() == kPackets; });
  loop_->Stop();
  ASSERT_EQ(turns.size(), 4u);
  EXPECT_EQ(turns[1], turns[0]);
  EXPECT_EQ(turns[2], turns[0] + 1);
  EXPECT_EQ(turns[3], turns[0] + 1);
}

TEST_F(UdpSocketTest, OpenReportsAddressesThatCannotBeUsed) {
  RunOnLoop([&] {
    UdpSocket* taken = Open({.local = kAnyV4Port});
    EXPECT_THAT(loop_->OpenDatagramSocket({.local = taken->local_address()}),
                HasReason(ErrorReason::INVALID_ARGUMENT));
    EXPECT_THAT(loop_->OpenDatagramSocket({.local = *SocketAddress::Parse("192.0.2.1:0")}),
                HasReason(ErrorReason::INVALID_ARGUMENT));
    EXPECT_THAT(
        loop_->OpenDatagramSocket(
            {.local = kAnyV4Port, .connect = true, .remote = *SocketAddress::Parse("[::1]:9")}),
        HasReason(ErrorReason::INVALID_ARGUMENT));
  });
}

TEST_F(UdpSocketTest, AnUnspecifiedLocalAddressTakesTheFamilyOfItsRemote) {
  RunOnLoop([&] {
    UdpSocket* remote = Open({.local = kAnyV6Port});
    UdpSocket* connected = Open({.connect = true, .remote = remote->local_address()});
    EXPECT_TRUE(connected->local_address().ip.is_v6());
    EXPECT_NE(connected->local_address().port, 0);
  });
}

}  // namespace
}  // namespace pcd::net
