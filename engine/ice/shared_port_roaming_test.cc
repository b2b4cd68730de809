// A peer whose address changes in the middle of 1,000 numbered packets each way: what it costs.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "engine/ice/check_testing.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/shared_port.h"
#include "engine/ice/shared_port_transport.h"
#include "engine/testing/sim_loop.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;
using testing::SimLoop;
using testing::SimNetwork;
using Numbers = std::vector<int>;

const IceParameters kPeer{.ufrag = "peer", .pwd = "peers-password-22-chars"};
constexpr int kPackets = 1000;  // Each way, one in a millisecond.
constexpr int kMove = 500;      // The first that the peer sends from its new address.

std::vector<uint8_t> Numbered(int number) {
  return {0x80, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
}
int NumberOf(ByteSpan packet) { return packet[1] << 8 | packet[2]; }

Numbers Range(int begin, int end) {
  Numbers numbers;
  for (int i = begin; i < end; ++i) numbers.push_back(i);
  return numbers;
}

// One address of the peer. What comes there after it was left is lost, as behind a NAT.
class Outside : public net::DatagramHandler {
 public:
  Outside(SimLoop& loop, const SocketAddress& to, Numbers& received)
      : loop_(loop), to_(to), received_(received) {
    socket_ = std::move(loop.OpenDatagramSocket({.local = {loop.address(), 0}})).value();
    socket_->SetHandler(this);
  }
  void Send(const std::vector<uint8_t>& bytes) {
    socket_->Queue(loop_.packets().CopyOf(bytes), to_);
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      if (!stun::LooksLikeStun(packet->bytes())) received_.push_back(NumberOf(packet->bytes()));
    }
  }

 private:
  SimLoop& loop_;
  const SocketAddress to_;
  Numbers& received_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

class SharedPortRoamingTest : public ::testing::Test {
 protected:
  SharedPortRoamingTest()
      : loop_(network_),
        outside_(network_),
        port_(std::move(SharedPort::Open(loop_, {.port = 5000, .addresses = {loop_.address()}}, 0))
                  .value()),
        ice_(*port_, {}),
        recorder_(ice_),
        peer_(NewAddress()) {
    EXPECT_TRUE(ice_.SetRemoteParameters(kPeer).ok());
    Check();
    network_.RunFor(10ms);
  }

  std::unique_ptr<Outside> NewAddress() {
    return std::make_unique<Outside>(outside_, SocketAddress{loop_.address(), 5000}, received_);
  }
  void Check(bool use_candidate = true) {
    peer_->Send(MakeCheck(CheckFor(ice_.local_parameters(), kPeer, use_candidate)));
  }
  // Both send packet `number`, and a millisecond passes.
  void Exchange(int number) {
    peer_->Send(Numbered(number));
    EXPECT_TRUE(ice_.Send(Numbered(number)));
    network_.RunFor(1ms);
  }
  Numbers Arrived() const {
    Numbers numbers;
    for (const auto& packet : recorder_.packets) numbers.push_back(NumberOf(packet));
    return numbers;
  }
  void Finish(int from) {
    for (int i = from; i < kPackets; ++i) Exchange(i);
    network_.RunFor(10ms);
    EXPECT_FALSE(recorder_.Reached(IceConnectionState::kDisconnected));
  }

  SimNetwork network_;
  SimLoop loop_, outside_;
  std::unique_ptr<SharedPort> port_;
  SharedPortTransport ice_;
  EventRecorder recorder_;
  Numbers received_;  // By the peer, at any of its addresses.
  std::unique_ptr<Outside> peer_;
};

// A browser that changes networks: it checks the new path while it has the old one.
TEST_F(SharedPortRoamingTest, APeerThatChecksItsNewPathFirstLosesNothing) {
  for (int i = 0; i < kMove; ++i) Exchange(i);
  const std::unique_ptr<Outside> old = std::exchange(peer_, NewAddress());
  Check();
  Finish(kMove);
  EXPECT_EQ(Arrived(), Range(0, kPackets));
  EXPECT_EQ(received_, Range(0, kPackets));
  EXPECT_EQ(port_->counters().unvalidated, 0u);
}

// A NAT gives the peer another port, and the peer does not know of it. What it sends ahead of its
// next check is refused, by rule; what we send goes to where nobody is. Nothing else is lost, and
// nothing comes twice or in another order.
TEST_F(SharedPortRoamingTest, ANewPortOfTheNatCostsWhatIsAheadOfTheNextCheck) {
  constexpr int kAhead = 40;
  for (int i = 0; i < kMove; ++i) Exchange(i);
  peer_ = NewAddress();
  for (int i = kMove; i < kMove + kAhead; ++i) Exchange(i);
  Check();
  Finish(kMove + kAhead);
  Numbers arrived = Range(0, kMove), rest = Range(kMove + kAhead, kPackets);
  arrived.insert(arrived.end(), rest.begin(), rest.end());
  EXPECT_EQ(Arrived(), arrived);
  EXPECT_EQ(port_->counters().unvalidated, uint64_t{kAhead});
  // The packet that leaves in the turn of the check may still go to the old address.
  EXPECT_TRUE(std::ranges::is_sorted(received_));
  EXPECT_GE(received_.size(), size_t{kPackets - kAhead - 1});
  EXPECT_LE(received_.size(), size_t{kPackets - kAhead});
  EXPECT_TRUE(std::ranges::none_of(
      received_, [](int number) { return number >= kMove && number < kMove + kAhead; }));
}

// A peer that nominated once: its new address has to wait until the old one has been quiet for
// Config::disconnected_after. What it sends is taken from its first check on there.
TEST_F(SharedPortRoamingTest, WithoutANewNominationOnlyWhatWeSendWaits) {
  for (int i = 0; i < kMove; ++i) Exchange(i);
  peer_ = NewAddress();
  Check(false);
  Finish(kMove);
  EXPECT_EQ(Arrived(), Range(0, kPackets));
  EXPECT_EQ(received_, Range(0, kMove));
  network_.RunFor(8s);
  Check(false);
  network_.RunFor(1ms);
  received_.clear();
  EXPECT_TRUE(ice_.Send(Numbered(7)));
  network_.RunFor(1ms);
  EXPECT_EQ(received_, Numbers{7});
}

}  // namespace
}  // namespace pcd::ice
