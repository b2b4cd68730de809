#include "tests/bench/verdicts.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace pcd::bench {
namespace {

struct FloorRow {
  size_t connections;
  double rate;
  SrtpProfile profile;
  double at_most;  // Times the floor.
};
constexpr std::array<FloorRow, 4> kFloorRows = {{
    {100, 500, SrtpProfile::kAeadAes128Gcm, 1.3},
    {100, 200, SrtpProfile::kAes128CmSha1_80, 1.3},
    {1, 500, SrtpProfile::kAeadAes128Gcm, 1.6},
    {1, 500, SrtpProfile::kAes128CmSha1_80, 1.6},
}};

// A load of 20,000 packets a second, from more and more connections.
constexpr double kFlatRate = 20'000;
constexpr std::array<size_t, 4> kFlatConnections = {100, 400, 1000, 2000};
constexpr double kFlat = 1.10;  // Times what a packet costs from the fewest.
constexpr double kDelayP99Us = 1000;

bool IsFlatLoad(const PacketFigure& f) {
  return std::lround(static_cast<double>(f.connections) * f.rate) == std::lround(kFlatRate) &&
         std::ranges::find(kFlatConnections, f.connections) != kFlatConnections.end();
}

std::string Load(const PacketFigure& f) {
  return absl::StrFormat("%d x %.0f, %s", f.connections, f.rate, Name(f.profile));
}

// A figure for fewer packets than were sent is too low. Empty: all arrived.
std::string Lost(const PacketFigure& f) {
  if (f.sent != f.delivered) {
    return absl::StrFormat("none: %d of %d delivered", f.delivered, f.sent);
  }
  if (f.floor_lost > 0) return absl::StrFormat("none: the floor lost %d", f.floor_lost);
  return "";
}

std::string OrLost(const PacketFigure& f, std::string result) {
  const std::string lost = Lost(f);
  return lost.empty() ? result : lost;
}

Verdict JudgeFloor(const PacketFigure& f, double at_most) {
  return {.row = "CPU of a packet, " + Load(f),
          .backend = f.backend,
          .target = absl::StrFormat("at most %.1fx the floor", at_most),
          .measured = absl::StrFormat("%.1f us, %.2fx", f.service_us, f.ratio()),
          .floor = absl::StrFormat("%.1f us", f.floor_us),
          .result = OrLost(f, Compare(f.ratio(), at_most))};
}

Verdict JudgeDelay(const PacketFigure& f) {
  return {.row = "p99 of the delay, " + Load(f),
          .backend = f.backend,
          .target = "at most 1 ms",
          .measured = absl::StrFormat("%.2f ms", f.delays.p99 / 1e3),
          .floor = absl::StrFormat("%.2f ms", f.floor_delays.p99 / 1e3),
          .result = OrLost(f, Compare(f.delays.p99, kDelayP99Us))};
}

Verdict JudgeCost(const CostFigure& f) {
  return {.row = f.name,
          .backend = f.backend,
          .target = absl::StrFormat("%s %g %s", f.more_is_better ? "at least" : "at most",
                                    *f.target, f.unit),
          .measured = absl::StrFormat("%.2f %s", f.value, f.unit),
          .floor = "",
          .result = Compare(f.value, *f.target, f.more_is_better)};
}

// The rows of one backend and profile whose load is the same, fewest connections first.
using FlatRows = std::array<const PacketFigure*, kFlatConnections.size()>;

FlatRows FindFlat(const std::vector<PacketFigure>& all, const PacketFigure& like) {
  FlatRows rows{};
  for (const PacketFigure& f : all) {
    if (!IsFlatLoad(f) || f.backend != like.backend || f.profile != like.profile) continue;
    const auto at = std::ranges::find(kFlatConnections, f.connections);
    rows[static_cast<size_t>(at - kFlatConnections.begin())] = &f;
  }
  return rows;
}

std::string Growth(const FlatRows& rows, double PacketFigure::* cost) {
  std::string text;
  for (const PacketFigure* row : rows) {
    if (row == nullptr || row == rows.front() || rows.front() == nullptr) continue;
    absl::StrAppendFormat(&text, "%s%.2fx from %d", text.empty() ? "" : ", ",
                          row->*cost / (rows.front()->*cost), row->connections);
  }
  return text;
}

std::string FlatResult(const FlatRows& rows) {
  double worst = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == nullptr) {
      return absl::StrFormat("none: %d connections were not measured", kFlatConnections[i]);
    }
    if (const std::string lost = Lost(*rows[i]); !lost.empty()) return lost;
    worst = std::max(worst, rows[i]->service_us / rows.front()->service_us);
  }
  return Compare(worst, kFlat);
}

Verdict JudgeFlat(const std::vector<PacketFigure>& all, const PacketFigure& first) {
  const FlatRows rows = FindFlat(all, first);
  return {.row = absl::StrFormat("CPU of a packet, 20,000 a second from 100, 400, 1,000 and 2,000 "
                                 "connections, %s",
                                 Name(first.profile)),
          .backend = first.backend,
          .target = "at most 1.1x that from 100",
          .measured = Growth(rows, &PacketFigure::service_us),
          .floor = Growth(rows, &PacketFigure::floor_us),
          .result = FlatResult(rows)};
}

}  // namespace

std::optional<double> FloorTarget(const PacketFigure& figure) {
  for (const FloorRow& row : kFloorRows) {
    if (figure.connections == row.connections && figure.rate == row.rate &&
        figure.profile == row.profile) {
      return row.at_most;
    }
  }
  return std::nullopt;
}

std::string Compare(double measured, double target, bool more_is_better) {
  const bool met = more_is_better ? measured >= target : measured <= target;
  if (met) return "met";
  const double percent = std::abs(measured / target - 1) * 100;
  return absl::StrFormat("missed by %.*f %%", percent < 10 ? 1 : 0, percent);
}

std::vector<Verdict> Judge(const std::vector<PacketFigure>& packets,
                           const std::vector<CostFigure>& costs) {
  std::vector<Verdict> verdicts;
  for (const FloorRow& row : kFloorRows) {
    for (const PacketFigure& f : packets) {
      if (f.connections == row.connections && f.rate == row.rate && f.profile == row.profile) {
        verdicts.push_back(JudgeFloor(f, row.at_most));
      }
    }
  }
  for (const PacketFigure& f : packets) {
    if (IsFlatLoad(f) && f.connections == kFlatConnections.front()) {
      verdicts.push_back(JudgeFlat(packets, f));
    }
  }
  for (const CostFigure& f : costs) {
    if (f.target.has_value()) verdicts.push_back(JudgeCost(f));
  }
  for (const PacketFigure& f : packets) {
    if (IsFlatLoad(f)) verdicts.push_back(JudgeDelay(f));
  }
  return verdicts;
}

}  // namespace pcd::bench
