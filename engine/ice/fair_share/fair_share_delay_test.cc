// What a flooder adds to the delay of a hundred others, by the rules of FairShare: a model of one
// port, its queue in the kernel and the loop that reads it, in simulated time. What it adds on a
// real machine, tests/bench measures.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "engine/ice/fair_share/fair_share.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

constexpr size_t kOthers = 100;
constexpr Duration kOtherInterval = 20ms;  // 50 packets a second of each.
constexpr Duration kRun = 10s;
constexpr size_t kBatch = 32;
constexpr size_t kQueue = 4000;  // Datagrams that the kernel holds.
// On the processor of the loop: a packet that is carried, and one that is read and dropped.
constexpr Duration kCarry = 10us;
constexpr Duration kDrop = 2us;

struct Outcome {
  std::vector<Duration> delays;  // Of the others, sorted.
  size_t others_sent = 0, flood_sent = 0, flood_carried = 0;

  Duration At(double share) const {
    return delays[static_cast<size_t>(share * static_cast<double>(delays.size() - 1))];
  }
};

class Port {
 public:
  // `flood_interval`: between two packets of the flooder; zero: there is none. `fair`: by the rules
  // of FairShare; otherwise all is carried.
  Port(Duration flood_interval, bool fair) : flood_interval_(flood_interval), fair_(fair) {
    for (size_t i = 0; i < kOthers; ++i) {
      next_of_other_.push_back(kStart + kOtherInterval * static_cast<int64_t>(i) / kOthers);
    }
  }

  Outcome Run() {
    while (now_ < kStart + kRun) {
      Arrive();
      if (queue_.empty()) {
        now_ += 10us;
        continue;
      }
      Read();
    }
    std::ranges::sort(outcome_.delays);
    return outcome_;
  }

 private:
  static constexpr size_t kFlooder = kOthers;
  static constexpr Timestamp kStart{1s};
  struct Datagram {
    size_t sender;
    Timestamp arrival;
  };

  // All that has come by now, in its order.
  void Arrive() {
    std::vector<Datagram> arrived;
    for (size_t i = 0; i < kOthers; ++i) {
      for (; next_of_other_[i] <= now_; next_of_other_[i] += kOtherInterval) {
        ++outcome_.others_sent;
        arrived.push_back({i, next_of_other_[i]});
      }
    }
    for (; flood_interval_ > 0us && next_of_flood_ <= now_; next_of_flood_ += flood_interval_) {
      ++outcome_.flood_sent;
      arrived.push_back({kFlooder, next_of_flood_});
    }
    std::ranges::stable_sort(arrived, {}, &Datagram::arrival);
    for (const Datagram& datagram : arrived) {
      if (queue_.size() < kQueue) queue_.push_back(datagram);
    }
  }

  void Read() {
    const size_t count = std::min(queue_.size(), kBatch);
    if (count == kBatch) {
      share_.OnFullBatch(now_, worked_);
    } else {
      share_.OnLastBatch(now_);
    }
    for (size_t i = 0; i < count; ++i) {
      const Datagram datagram = queue_.front();
      queue_.pop_front();
      const bool carried = !fair_ || share_.Admit(uses_[datagram.sender], 1) == 1;
      Work(carried ? kCarry : kDrop);
      if (!carried) continue;
      if (datagram.sender == kFlooder) {
        ++outcome_.flood_carried;
      } else {
        outcome_.delays.push_back(now_ - datagram.arrival);
      }
    }
  }
  void Work(Duration time) {
    now_ += time;
    worked_ += time;
  }

  const Duration flood_interval_;
  const bool fair_;
  Timestamp now_ = kStart, next_of_flood_ = kStart;
  Duration worked_{};
  std::vector<Timestamp> next_of_other_;
  std::vector<FairShare::Use> uses_ = std::vector<FairShare::Use>(kOthers + 1);
  std::deque<Datagram> queue_;
  FairShare share_;
  Outcome outcome_;
};

Outcome Report(const std::string& name, Duration flood_interval, bool fair) {
  const Outcome outcome = Port(flood_interval, fair).Run();
  std::cout << name << ": p50 " << outcome.At(0.5).count() << " us, p99 "
            << outcome.At(0.99).count() << " us, max " << outcome.At(1).count() << " us, "
            << outcome.delays.size() << " of " << outcome.others_sent << " carried; the flooder's "
            << outcome.flood_carried << " of " << outcome.flood_sent << "\n";
  return outcome;
}

// All but those that were on their way when the run ended.
void ExpectAllCarried(const Outcome& outcome) {
  EXPECT_GE(outcome.delays.size() + kOthers, outcome.others_sent);
}

TEST(FairShareDelayTest, AFlooderAddsAFewMillisecondsToAHundredOthers) {
  const Outcome alone = Report("nobody beside them", 0us, true);
  ExpectAllCarried(alone);
  EXPECT_LT(alone.At(1), 1ms);
  // The loop carries 100,000 packets a second.
  for (const auto& [name, interval] :
       {std::pair("a flooder of 40,000/s", 25us), std::pair("a flooder of 100,000/s", 10us),
        std::pair("a flooder of 250,000/s", 4us)}) {
    const Outcome flooded = Report(name, interval, true);
    ExpectAllCarried(flooded);
    EXPECT_LE(flooded.At(0.99) - alone.At(0.99), 3 * FairShare::kWindow) << name;
    EXPECT_LE(flooded.At(1) - alone.At(1), FairShare::kMaxBacklog) << name;
  }
}

TEST(FairShareDelayTest, WithoutItAFlooderIsEverybodysQueue) {
  const Outcome flooded = Report("without the rules, 250,000/s", 4us, false);
  EXPECT_LT(flooded.delays.size(), flooded.others_sent / 2);
  EXPECT_GT(flooded.At(0.5), 30ms);
}

TEST(FairShareDelayTest, WhoStaysWithinWhatTheLoopCarriesIsNotCut) {
  const Outcome busy = Report("a sender of 40,000/s", 25us, true);
  EXPECT_GE(busy.flood_carried + kBatch, busy.flood_sent);
}

}  // namespace
}  // namespace pcd::ice
