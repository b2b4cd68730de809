// usrsctp on real loops: many associations on two of them, one of which ticks.
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/net/event_loop.h"
#include "engine/sctp/usrsctp_association_factory.h"

namespace pcd::sctp {
namespace {

std::unique_ptr<net::EventLoop> StartedLoop() {
  auto loop = net::EventLoop::Create();
  EXPECT_TRUE(loop.ok() && (*loop)->Start().ok());
  return std::move(loop).value();
}

void RunOn(net::Loop& loop, const std::function<void()>& work) {
  std::promise<void> done;
  loop.Post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

// One end on its loop; what the test asks about is behind a mutex.
class End {
 public:
  End(net::Loop& loop, UsrsctpAssociationFactory& factory) : loop_(loop) {
    RunOn(loop_, [&] {
      sctp_ = factory.Create(loop_, {});
      sctp_->SetWakeCallback([this] { Pump(); });
    });
  }

  // Nothing is sent any more; what is still posted to it finds nothing.
  void Leave() {
    RunOn(loop_, [&] {
      peer_ = nullptr;
      sctp_.reset();
    });
  }
  net::Loop& loop() { return loop_; }

  void Join(End& peer) { peer_ = &peer; }
  void Start() {
    loop_.Post([this] {
      if (sctp_->Start({}, loop_.Now()).ok()) Pump();
    });
  }
  // The first packet that carries data is lost, so that a timer on the ticking loop has to
  // repeat it.
  void LoseFirstData() {
    RunOn(loop_, [this] { lose_data_ = true; });
  }
  void SendNumbered(int count) {
    loop_.Post([this, count] {
      to_send_ += count;
      Pump();
    });
  }
  void Abort() {
    loop_.Post([this] {
      sctp_->Abort();
      Pump();
    });
  }

  template <typename Condition>
  bool WaitFor(Condition&& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), condition);
  }
  // For conditions of WaitFor.
  bool connected() const { return connected_; }
  bool closed() const { return closed_; }
  const std::vector<std::string>& received() const { return received_; }

 private:
  void Receive(const std::vector<uint8_t>& packet) {
    if (sctp_ == nullptr) return;
    sctp_->HandlePacket(packet, loop_.Now());
    Pump();
  }
  void Pump() {
    while (auto event = sctp_->PollEvent()) Record(std::move(*event));
    while (sent_ < to_send_ && SendNext()) ++sent_;
    while (auto packet = sctp_->PollOutput()) {
      if (lose_data_ && packet->size() > 16 && (*packet)[12] == 0) {
        lose_data_ = false;
        continue;
      }
      End* const peer = peer_;
      if (peer == nullptr) continue;
      peer->loop_.Post([peer, bytes = std::move(*packet)] { peer->Receive(bytes); });
    }
  }
  bool SendNext() {
    const std::string text = std::to_string(sent_);
    const ByteSpan bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    return sctp_->Send(0, 51, bytes, {}, loop_.Now()) == SendResult::kOk;
  }
  void Record(SctpEvent event) {
    std::lock_guard lock(mutex_);
    if (const auto* message = std::get_if<MessageReceived>(&event)) {
      received_.emplace_back(message->bytes.begin(), message->bytes.end());
    } else if (const auto* state = std::get_if<StateChanged>(&event)) {
      connected_ = state->state == SctpState::kConnected;
      closed_ = state->state == SctpState::kClosed;
    }
    changed_.notify_all();
  }

  net::Loop& loop_;
  std::unique_ptr<SctpAssociation> sctp_;
  End* peer_ = nullptr;
  bool lose_data_ = false;
  int to_send_ = 0, sent_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false, closed_ = false;
  std::vector<std::string> received_;
};

struct Pair {
  Pair(net::Loop& first, net::Loop& second, UsrsctpAssociationFactory& factory)
      : a(std::make_unique<End>(first, factory)), b(std::make_unique<End>(second, factory)) {
    a->Join(*b);
    b->Join(*a);
    a->Start();
    b->Start();
  }
  Pair(Pair&&) = default;
  ~Pair() {
    if (a == nullptr) return;
    for (End* end : {a.get(), b.get()}) end->Leave();
    for (End* end : {a.get(), b.get()}) RunOn(end->loop(), [] {});
  }
  std::unique_ptr<End> a, b;
};

class UsrsctpThreads : public ::testing::Test {
 protected:
  UsrsctpThreads() : first_(StartedLoop()), second_(StartedLoop()), factory_(*first_) {}

  std::unique_ptr<net::EventLoop> first_, second_;
  UsrsctpAssociationFactory factory_;
};

TEST_F(UsrsctpThreads, ManyAssociationsOnTwoLoopsDeliverEverythingInOrder) {
  constexpr int kPairs = 8;
  constexpr int kMessages = 1000;
  std::vector<Pair> pairs;
  for (int i = 0; i < kPairs; ++i) {
    pairs.emplace_back(i % 2 ? *first_ : *second_, i % 3 ? *second_ : *first_, factory_);
  }
  for (Pair& pair : pairs) {
    ASSERT_TRUE(pair.a->WaitFor([&] { return pair.a->connected(); }));
    ASSERT_TRUE(pair.b->WaitFor([&] { return pair.b->connected(); }));
    pair.a->SendNumbered(kMessages);
    pair.b->SendNumbered(kMessages);
  }
  for (Pair& pair : pairs) {
    for (End* end : {pair.a.get(), pair.b.get()}) {
      ASSERT_TRUE(end->WaitFor([&] { return end->received().size() == kMessages; }));
      for (int i = 0; i < kMessages; ++i) ASSERT_EQ(end->received()[i], std::to_string(i));
    }
  }
}

TEST_F(UsrsctpThreads, ATimerOnTheTickingLoopWakesTheOwnerOnTheOther) {
  Pair pair(*second_, *second_, factory_);
  ASSERT_TRUE(pair.a->WaitFor([&] { return pair.a->connected(); }));
  ASSERT_TRUE(pair.b->WaitFor([&] { return pair.b->connected(); }));
  pair.a->LoseFirstData();
  pair.a->SendNumbered(1);
  ASSERT_TRUE(pair.b->WaitFor([&] { return pair.b->received().size() == 1; }));
}

TEST_F(UsrsctpThreads, AssociationsComeAndGoWhileOthersWork) {
  Pair steady(*first_, *second_, factory_);
  ASSERT_TRUE(steady.a->WaitFor([&] { return steady.a->connected(); }));
  ASSERT_TRUE(steady.b->WaitFor([&] { return steady.b->connected(); }));
  steady.a->SendNumbered(2000);
  for (int round = 0; round < 30; ++round) {
    Pair brief(*second_, *first_, factory_);
    ASSERT_TRUE(brief.a->WaitFor([&] { return brief.a->connected(); }));
    ASSERT_TRUE(brief.b->WaitFor([&] { return brief.b->connected(); }));
    brief.a->SendNumbered(5);
    if (round % 2) {
      brief.a->Abort();
      ASSERT_TRUE(brief.b->WaitFor([&] { return brief.b->closed(); }));
    }
  }
  ASSERT_TRUE(steady.b->WaitFor([&] { return steady.b->received().size() == 2000; }));
}

TEST_F(UsrsctpThreads, TheFactoryMayGoBeforeItsAssociations) {
  auto factory = std::make_unique<UsrsctpAssociationFactory>(*first_);
  Pair pair(*second_, *second_, *factory);
  ASSERT_TRUE(pair.b->WaitFor([&] { return pair.b->connected(); }));
  factory.reset();
  pair.a->LoseFirstData();
  pair.a->SendNumbered(1);
  ASSERT_TRUE(pair.b->WaitFor([&] { return pair.b->received().size() == 1; }));
}

}  // namespace
}  // namespace pcd::sctp
