#include "engine/net/tcp_listener.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/net/sockaddr.h"
#include "engine/testing/manual_loop.h"
#include "engine/testing/status_matchers.h"

namespace pcd::net {
namespace {

using testing::HasReason;
using testing::IsOk;

const IpAddress kV4 = IpAddress::V4({127, 0, 0, 1});
const IpAddress kV6 = *IpAddress::Parse("::1");

// Blocking; the kernel completes the connection while it waits to be accepted.
UniqueFd ConnectTo(const SocketAddress& address) {
  UniqueFd fd(socket(address.ip.is_v6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  SockaddrAny name;
  const socklen_t length = ToSockaddr(address, name);
  if (connect(fd.get(), &name.base, length) != 0) return {};
  return fd;
}

SocketAddress AddressOf(const UniqueFd& fd) {
  SockaddrAny name;
  socklen_t length = sizeof(name);
  if (getsockname(fd.get(), &name.base, &length) != 0) std::abort();
  return FromSockaddr(name);
}

// The process may have no descriptor more than now, until this ends.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const UniqueFd next(dup(0));
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next.get());
    if (!next.valid() || setrlimit(RLIMIT_NOFILE, &none) != 0) std::abort();
  }
  ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class TcpListenerTest : public ::testing::Test, public TcpListener::Handler {
 protected:
  void OnAccepted(UniqueFd fd, const SocketAddress& remote) override {
    accepted_.push_back(std::move(fd));
    remotes_.push_back(remote);
  }
  std::unique_ptr<TcpListener> Listen(const TcpListenerOptions& options) {
    auto opened = TcpListener::Open(loop_, options, *this);
    EXPECT_THAT(opened, IsOk());
    return opened.ok() ? std::move(*opened) : nullptr;
  }
  bool Accepted(size_t count) {
    return loop_.TurnUntil([&] { return accepted_.size() >= count; });
  }

  testing::ManualLoop loop_;
  std::vector<UniqueFd> accepted_;
  std::vector<SocketAddress> remotes_;
};

TEST_F(TcpListenerTest, TellsWhoConnects) {
  for (const IpAddress& ip : {kV4, kV6}) {
    const auto listener = Listen({.local = {ip, 0}});
    EXPECT_EQ(listener->local_address().ip, ip);
    EXPECT_NE(listener->local_address().port, 0);
    const UniqueFd peer = ConnectTo(listener->local_address());
    ASSERT_TRUE(peer.valid());
    ASSERT_TRUE(Accepted(accepted_.size() + 1));
    EXPECT_EQ(remotes_.back(), AddressOf(peer));
    ASSERT_EQ(send(peer.get(), "x", 1, 0), 1);
    char byte = 0;
    // Non-blocking: there may be nothing yet.
    EXPECT_TRUE(loop_.TurnUntil([&] { return recv(accepted_.back().get(), &byte, 1, 0) == 1; }));
    EXPECT_LT(recv(accepted_.back().get(), &byte, 1, 0), 0);
    EXPECT_EQ(errno, EAGAIN);
  }
}

TEST_F(TcpListenerTest, AcceptsSoManyInATurnAndTheRestLater) {
  const auto listener = Listen({.local = {kV4, 0}});
  std::vector<UniqueFd> peers;
  constexpr size_t kPeers = 3 * TcpListener::kMaxAcceptsPerTurn + 5;
  for (size_t i = 0; i < kPeers; ++i) peers.push_back(ConnectTo(listener->local_address()));
  size_t most = 0;
  ASSERT_TRUE(loop_.TurnUntil([&, before = size_t{0}]() mutable {
    most = std::max(most, accepted_.size() - std::exchange(before, accepted_.size()));
    return accepted_.size() == kPeers;
  }));
  EXPECT_EQ(most, TcpListener::kMaxAcceptsPerTurn);
}

TEST_F(TcpListenerTest, WithoutDescriptorsItPausesAndDoesNotSpin) {
  const auto listener = Listen({.local = {kV4, 0}});
  std::vector<UniqueFd> peers;
  for (int i = 0; i < 3; ++i) peers.push_back(ConnectTo(listener->local_address()));
  {
    const NoMoreFiles limit;
    ASSERT_TRUE(loop_.TurnUntil([&] { return listener->pauses() == 1; }));
    for (int i = 0; i < 20; ++i) {
      loop_.Turn();
      EXPECT_EQ(loop_.events(), 0u);
    }
    // Still none.
    loop_.Advance(TcpListener::kPause);
    ASSERT_TRUE(loop_.TurnUntil([&] { return listener->pauses() == 2; }));
    EXPECT_TRUE(accepted_.empty());
  }
  loop_.Advance(TcpListener::kPause);
  EXPECT_TRUE(Accepted(3));
  EXPECT_EQ(listener->pauses(), 2u);
}

TEST_F(TcpListenerTest, AnAddressThatIsTakenOrNotOursIsAnError) {
  const auto listener = Listen({.local = {kV4, 0}});
  EXPECT_THAT(TcpListener::Open(loop_, {.local = listener->local_address()}, *this),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(TcpListener::Open(loop_, {.local = {IpAddress::V4({198, 51, 100, 7}), 0}}, *this),
              HasReason(ErrorReason::INVALID_ARGUMENT));
}

TEST_F(TcpListenerTest, ItsNumberIsFreeAtOnceWhenItEnds) {
  auto listener = Listen({.local = {kV4, 0}});
  const SocketAddress address = listener->local_address();
  UniqueFd peer = ConnectTo(address);
  ASSERT_TRUE(Accepted(1));
  // Our end closes first: it is the one that waits (TIME_WAIT).
  accepted_.clear();
  {
    const UniqueFd closed = std::move(peer);
  }
  listener.reset();
  EXPECT_FALSE(ConnectTo(address).valid());
  listener = Listen({.local = address});
  EXPECT_TRUE(ConnectTo(address).valid());
}

TEST_F(TcpListenerTest, WhatItAcceptsIsMarked) {
  for (const IpAddress& ip : {kV4, kV6}) {
    const auto listener = Listen({.local = {ip, 0}, .dscp = 46});
    const UniqueFd peer = ConnectTo(listener->local_address());
    ASSERT_TRUE(Accepted(accepted_.size() + 1));
    int tos = 0;
    socklen_t length = sizeof(tos);
    ASSERT_EQ(getsockopt(accepted_.back().get(), ip.is_v6() ? IPPROTO_IPV6 : IPPROTO_IP,
                         ip.is_v6() ? IPV6_TCLASS : IP_TOS, &tos, &length),
              0);
    EXPECT_EQ(tos >> 2, 46);
  }
}

}  // namespace
}  // namespace pcd::net
