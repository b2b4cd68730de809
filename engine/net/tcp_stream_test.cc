#include "engine/net/tcp_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/net/event_loop.h"
#include "engine/net/sockaddr.h"

namespace pcd::net {
namespace {

using ::testing::HasSubstr;

const SocketAddress kAny{IpAddress::V4({127, 0, 0, 1}), 0};

// Of 127.0.0.1, blocking.
UniqueFd BoundSocket() {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  SockaddrAny name;
  const socklen_t length = ToSockaddr(kAny, name);
  if (bind(fd.get(), &name.base, length) != 0) std::abort();
  return fd;
}

SocketAddress AddressOf(const UniqueFd& fd) {
  SockaddrAny name;
  socklen_t length = sizeof(name);
  if (getsockname(fd.get(), &name.base, &length) != 0) std::abort();
  return FromSockaddr(name);
}

// Keeps what it hears, and tells the test that there was something.
struct Recorder : TcpStream::Handler {
  explicit Recorder(std::function<void()> on_change) : changed(std::move(on_change)) {}

  void OnConnected() override {
    ++connected;
    if (then) then();
    changed();
  }
  void OnBytes(ByteSpan bytes) override {
    received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (then) then();
    changed();
  }
  void OnClosed(const absl::Status& why) override {
    closed.push_back(std::string(why.message()));
    if (then) then();
    changed();
  }

  std::function<void()> changed;
  std::function<void()> then{};  // Inside of each call.
  std::unique_ptr<TcpStream> stream{};
  int connected = 0;
  std::string received{};
  std::vector<std::string> closed{};
};

ByteSpan AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class TcpStreamTest : public ::testing::Test {
 protected:
  TcpStreamTest() : loop_(std::move(*EventLoop::Create())), listener_(BoundSocket()) {
    EXPECT_EQ(listen(listener_.get(), 8), 0);
    EXPECT_TRUE(loop_->Start().ok());
  }
  ~TcpStreamTest() override {
    loop_->Stop();
    left_.stream.reset();
    right_.stream.reset();
  }

  void RunOnLoop(std::function<void()> work) {
    std::promise<void> done;
    loop_->Post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Until it holds after something was told.
  void Await(std::function<bool()> condition) {
    std::promise<void> done;
    RunOnLoop([&] {
      condition_ = std::move(condition);
      done_ = &done;
      Check();
    });
    EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
    RunOnLoop([&] { done_ = nullptr; });
  }

  void Connect(const SocketAddress& remote, Duration timeout = std::chrono::seconds(20)) {
    RunOnLoop([&] {
      const auto told = [this] { return std::pair(left_.connected, left_.closed.size()); };
      const auto before = told();
      left_.stream = TcpStream::Connect(
          *loop_, {.remote = remote, .local = kAny.ip, .connect_timeout = timeout}, left_);
      EXPECT_EQ(told(), before);
    });
  }
  UniqueFd Accept() {
    UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    EXPECT_TRUE(fd.valid());
    return fd;
  }
  void Adopt(UniqueFd fd) {
    RunOnLoop([&] { right_.stream = TcpStream::Adopt(*loop_, std::move(fd), right_); });
  }
  void ConnectBoth() {
    Connect(AddressOf(listener_));
    Adopt(Accept());
    Await([this] { return left_.connected == 1; });
  }

  void Check() {
    if (done_ != nullptr && condition_()) std::exchange(done_, nullptr)->set_value();
  }

  std::unique_ptr<EventLoop> loop_;
  UniqueFd listener_;
  std::function<bool()> condition_;
  std::promise<void>* done_ = nullptr;
  Recorder left_{[this] { Check(); }};
  Recorder right_{[this] { Check(); }};
};

TEST_F(TcpStreamTest, CarriesBytesBothWays) {
  ConnectBoth();
  RunOnLoop([&] {
    EXPECT_TRUE(left_.stream->Write(AsBytes("one "), AsBytes("two")));
    EXPECT_TRUE(right_.stream->Write(AsBytes("three")));
  });
  Await([this] { return right_.received == "one two" && left_.received == "three"; });
  EXPECT_EQ(left_.connected, 1);
  EXPECT_TRUE(left_.closed.empty());
}

TEST_F(TcpStreamTest, TellsOnceThatNobodyListens) {
  const UniqueFd silent = BoundSocket();
  Connect(AddressOf(silent));
  Await([this] { return !left_.closed.empty(); });
  RunOnLoop([&] { EXPECT_FALSE(left_.stream->Write(AsBytes("x"))); });
  ASSERT_EQ(left_.closed.size(), 1u);
  EXPECT_THAT(left_.closed[0], HasSubstr("refused"));
  EXPECT_EQ(left_.connected, 0);
}

TEST_F(TcpStreamTest, TellsThatNobodyAnswersInTime) {
  // One connection fills the queue of this listener, and the next one is not answered.
  const UniqueFd full = BoundSocket();
  ASSERT_EQ(listen(full.get(), 0), 0);
  const UniqueFd first(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  SockaddrAny name;
  const socklen_t length = ToSockaddr(AddressOf(full), name);
  ASSERT_EQ(connect(first.get(), &name.base, length), 0);
  Connect(AddressOf(full), std::chrono::milliseconds(50));
  Await([this] { return !left_.closed.empty(); });
  EXPECT_EQ(left_.connected, 0);
  EXPECT_THAT(left_.closed[0], HasSubstr("timed out"));
}

TEST_F(TcpStreamTest, TellsThatItsOwnAddressIsNotUsable) {
  RunOnLoop([&] {
    left_.stream = TcpStream::Connect(
        *loop_, {.remote = AddressOf(listener_), .local = IpAddress::V4({198, 51, 100, 7})}, left_);
  });
  Await([this] { return !left_.closed.empty(); });
  EXPECT_THAT(left_.closed[0], HasSubstr("198.51.100.7"));
}

TEST_F(TcpStreamTest, WhatIsNotReadWaitsUpToALimitAndThenArrivesWhole) {
  Connect(AddressOf(listener_));
  UniqueFd other = Accept();
  Await([this] { return left_.connected == 1; });
  std::string sent;
  RunOnLoop([&] {
    for (int i = 0;; ++i) {
      std::string chunk = std::to_string(i);
      chunk.resize(999, 'x');
      if (!left_.stream->Write(AsBytes(chunk).first(500), AsBytes(chunk).subspan(500))) break;
      sent += chunk;
    }
    EXPECT_GT(left_.stream->queued(), TcpStream::kMaxQueued - 999);
    EXPECT_LE(left_.stream->queued(), TcpStream::kMaxQueued);
  });
  Adopt(std::move(other));
  Await([&] { return right_.received.size() >= sent.size(); });
  EXPECT_TRUE(right_.received == sent);
  RunOnLoop([&] {
    EXPECT_EQ(left_.stream->queued(), 0u);
    EXPECT_TRUE(left_.stream->Write(AsBytes("more")));
  });
  Await([&] { return right_.received == sent + "more"; });
}

TEST_F(TcpStreamTest, TellsOnceThatTheOtherEndCloses) {
  ConnectBoth();
  RunOnLoop([&] {
    EXPECT_TRUE(right_.stream->Write(AsBytes("last words")));
    right_.stream.reset();
  });
  Await([this] { return !left_.closed.empty(); });
  RunOnLoop([&] { EXPECT_FALSE(left_.stream->Write(AsBytes("x"))); });
  EXPECT_EQ(left_.received, "last words");
  EXPECT_EQ(left_.closed.size(), 1u);
}

TEST_F(TcpStreamTest, AHalfClosedConnectionIsClosed) {
  Connect(AddressOf(listener_));
  const UniqueFd other = Accept();
  ASSERT_EQ(shutdown(other.get(), SHUT_WR), 0);
  Await([this] { return left_.closed.size() == 1; });
}

TEST_F(TcpStreamTest, MayBeDestroyedInsideEachCallOfItsHandler) {
  left_.then = [this] { left_.stream.reset(); };
  Connect(AddressOf(listener_));
  Await([this] { return left_.connected == 1; });
  EXPECT_TRUE(Accept().valid());

  left_.then = nullptr;
  Connect(AddressOf(listener_));
  Adopt(Accept());
  Await([this] { return left_.connected == 2; });
  RunOnLoop([&] {
    left_.then = [this] { left_.stream.reset(); };
    EXPECT_TRUE(right_.stream->Write(AsBytes("x")));
  });
  Await([this] { return left_.received == "x" && right_.closed.size() == 1; });
  EXPECT_TRUE(left_.closed.empty());

  const UniqueFd silent = BoundSocket();
  Connect(AddressOf(silent));
  Await([this] { return left_.closed.size() == 1; });
}

}  // namespace
}  // namespace pcd::net
