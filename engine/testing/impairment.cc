#include "engine/testing/impairment.h"

#include <algorithm>

namespace pcd::testing {
namespace {

// std::uniform_real_distribution may differ between libraries; this repeats everywhere.
double UnitInterval(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

}  // namespace

ImpairmentModel::ImpairmentModel(const ImpairmentOptions& options, uint64_t seed)
    : options_(options), random_(seed) {}

void ImpairmentModel::SetBlackout(Timestamp from, Timestamp until) {
  blackout_from_ = from;
  blackout_until_ = until;
}

ImpairmentModel::Draws ImpairmentModel::Draw() {
  // One after the other: the order of evaluation of a call's arguments is not fixed.
  Draws draws;
  draws.loss = UnitInterval(random_);
  draws.jitter = UnitInterval(random_);
  draws.reorder = UnitInterval(random_);
  draws.duplicate = UnitInterval(random_);
  return draws;
}

ImpairmentModel::Verdict ImpairmentModel::Decide(size_t size, Timestamp now) {
  const Draws draws = Draw();
  ++counters_.offered;
  if (now >= blackout_from_ && now < blackout_until_) {
    ++counters_.blacked_out;
    return {};
  }
  if (draws.loss < options_.loss) {
    ++counters_.lost;
    return {};
  }
  if (!PassQueue(size, now)) {
    ++counters_.queue_full;
    return {};
  }
  const auto jitter =
      Duration(static_cast<int64_t>(static_cast<double>(options_.jitter.count()) * draws.jitter));
  Timestamp at = std::max(now, link_free_at_) + options_.delay + jitter;
  if (draws.reorder < options_.reorder) {
    ++counters_.reordered;
    at += options_.reorder_delay;
  } else {
    at = last_in_order_ = std::max(at, last_in_order_);
  }
  const bool twice = draws.duplicate < options_.duplicate;
  counters_.duplicated += twice ? 1 : 0;
  counters_.delivered += twice ? 2 : 1;
  return {.copies = twice ? size_t{2} : size_t{1}, .deliver_at = {at, at}};
}

bool ImpairmentModel::PassQueue(size_t size, Timestamp now) {
  if (options_.rate_bps <= 0) {
    link_free_at_ = now;
    return true;
  }
  const auto time_to_send = [this](size_t bytes) {
    return Duration(static_cast<int64_t>(bytes) * 8 * 1'000'000 / options_.rate_bps);
  };
  const Timestamp start = std::max(now, link_free_at_);
  if (start - now > time_to_send(options_.queue_bytes)) return false;
  link_free_at_ = start + time_to_send(size);
  return true;
}

}  // namespace pcd::testing
