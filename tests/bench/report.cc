#include "tests/bench/report.h"

#include <absl/strings/str_format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <utility>

#include "tests/bench/verdicts.h"

namespace pcd::bench {
namespace {

std::string Today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d", &utc);
  return text;
}

std::string Machine() {
  std::string model = "unknown CPU";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
  }
  utsname system{};
  uname(&system);
  double load = 0;
  getloadavg(&load, 1);
  return absl::StrFormat("%s, %d processors, %s %s, load average before %.2f", model,
                         sysconf(_SC_NPROCESSORS_ONLN), system.sysname, system.release, load);
}

std::string Target(const PacketFigure& f) {
  const auto target = FloorTarget(f);
  if (!target.has_value()) return "";
  return absl::StrFormat("%.1fx, %s", *target, Compare(f.ratio(), *target));
}

std::string Target(const CostFigure& f) {
  if (!f.target.has_value()) return "";
  return absl::StrFormat("%s %g, %s", f.more_is_better ? "at least" : "at most", *f.target,
                         Compare(f.value, *f.target, f.more_is_better));
}

std::string Delivered(uint64_t sent, uint64_t delivered) {
  return sent == delivered ? "all" : absl::StrFormat("%d of %d", delivered, sent);
}

void WriteVerdicts(std::ostream& out, const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return;
  out << "## Against the targets\n\n| | ICE | target | measured | floor | |\n"
      << "|---|---|---|---|---|---|\n";
  for (const Verdict& v : verdicts) {
    out << absl::StrFormat("| %s | %s | %s | %s | %s | %s |\n", v.row, v.backend, v.target,
                           v.measured, v.floor, v.result);
  }
  out << "\n";
}

bool Finish(std::ofstream& file, const std::string& path) {
  file.close();
  if (file) return true;
  std::fprintf(stderr, "bench: cannot write %s\n", path.c_str());
  return false;
}

constexpr char kIntroduction[] = R"(# Performance

Written by `make bench`: do not edit. The floor is one thread with epoll, recvmmsg, the same SRTP
code, a rewrite and sendmmsg, in the same run. Only the CPU of the measured process counts, user and
system. What the rows mean, and where the time goes: [tests/bench](../tests/bench/README.md).
[performance-trend.jsonl](performance-trend.jsonl) has the runs before.

)";

}  // namespace

Delays Summarise(const std::vector<uint32_t>& sorted) {
  if (sorted.empty()) return {};
  const auto at = [&](double share) {
    return sorted[static_cast<size_t>(share * (static_cast<double>(sorted.size()) - 1))];
  };
  return {.p50 = at(0.5), .p99 = at(0.99), .max = sorted.back()};
}

Report::Report(std::string commit)
    : commit_(std::move(commit)), date_(Today()), machine_(Machine()) {
  std::printf("%s\n\n", machine_.c_str());
}

void Report::Add(const PacketFigure& f) {
  if (packets_.empty()) {
    std::printf("CPU us per forwarded 1,100-byte packet; delay from send to receive, us\n");
    std::printf(
        "  load      SRTP  ICE             floor   service  ratio   p50    p99  delivered\n");
  }
  absl::PrintF("%4d x %3.0f  %-3s  %-11s  %8.2f  %8.2f  %5.2fx  %4d  %5d  %s\n", f.connections,
               f.rate, Name(f.profile), f.backend, f.floor_us, f.service_us, f.ratio(),
               f.delays.p50, f.delays.p99, Delivered(f.sent, f.delivered));
  std::fflush(stdout);
  packets_.push_back(f);
}

void Report::Add(const CostFigure& f) {
  absl::PrintF("%-11s  %s: %.2f %s\n", f.backend, f.name, f.value, f.unit);
  std::fflush(stdout);
  costs_.push_back(f);
}

void Report::Add(const FloodFigure& f) {
  if (floods_.empty()) {
    std::printf("\nbeside them                        p50       p99       max  delivered\n");
  }
  absl::PrintF("%-28s  %8d  %8d  %8d  %s\n", f.beside, f.delays.p50, f.delays.p99, f.delays.max,
               Delivered(f.sent, f.delivered));
  std::fflush(stdout);
  floods_.push_back(f);
}

void Report::PrintVerdicts() const {
  const char* title = "\nAgainst the targets\n";
  for (const Verdict& v : Judge(packets_, costs_)) {
    absl::PrintF("%s%s, %s: %s; target %s, measured %s%s%s\n", std::exchange(title, ""), v.row,
                 v.backend, v.result, v.target, v.measured, v.floor.empty() ? "" : ", floor ",
                 v.floor);
  }
  std::fflush(stdout);
}

bool Report::WriteMarkdown(const std::string& path) const {
  std::ofstream out(path);
  out << kIntroduction << date_ << (commit_.empty() ? "" : ", commit ") << commit_ << ": "
      << machine_ << ".\n\n";
  WriteVerdicts(out, Judge(packets_, costs_));
  out << "## A forwarded packet of 1,100 bytes\n\n"
      << "Connections x packets a second of each; CPU in microseconds a packet; delay from send "
         "to\n"
      << "receive in microseconds, through both programs and the loopback interface.\n\n"
      << "| load | SRTP | ICE | floor | service | | target | delay p50 | p99 | delivered |\n"
      << "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const PacketFigure& f : packets_) {
    out << absl::StrFormat("| %d x %.0f | %s | %s | %.1f | %.1f | %.2fx | %s | %d | %d | %s |\n",
                           f.connections, f.rate, Name(f.profile), f.backend, f.floor_us,
                           f.service_us, f.ratio(), Target(f), f.delays.p50, f.delays.p99,
                           Delivered(f.sent, f.delivered));
  }
  out << "\n## A connection\n\n| | ICE | | target |\n|---|---|---|---|\n";
  for (const CostFigure& f : costs_) {
    out << absl::StrFormat("| %s | %s | %.2f %s | %s |\n", f.name, f.backend, f.value, f.unit,
                           Target(f));
  }
  out << "\n## Beside a flood\n\n100 connections of 50 packets a second on one shared port and "
         "one\n"
      << "loop: their delay from send to receive, in microseconds.\n\n"
      << "| beside them | p50 | p99 | max | delivered |\n|---|---|---|---|---|\n";
  for (const FloodFigure& f : floods_) {
    out << absl::StrFormat("| %s | %d | %d | %d | %s |\n", f.beside, f.delays.p50, f.delays.p99,
                           f.delays.max, Delivered(f.sent, f.delivered));
  }
  return Finish(out, path);
}

bool Report::AppendTrend(const std::string& path) const {
  std::ofstream out(path, std::ios::app);
  out << absl::StrFormat(R"({"date":"%s","commit":"%s","machine":"%s","packets":[)", date_, commit_,
                         machine_);
  const char* comma = "";
  for (const PacketFigure& f : packets_) {
    out << comma
        << absl::StrFormat(
               R"({"connections":%d,"rate":%.0f,"srtp":"%s","ice":"%s","floor_us":%.2f,"service_us":%.2f,"delay_p99_us":%d,"lost":%d})",
               f.connections, f.rate, Name(f.profile), f.backend, f.floor_us, f.service_us,
               f.delays.p99, f.sent - f.delivered);
    comma = ",";
  }
  out << R"(],"costs":[)";
  comma = "";
  for (const CostFigure& f : costs_) {
    out << comma
        << absl::StrFormat(R"({"name":"%s","ice":"%s","value":%.2f,"unit":"%s"})", f.name,
                           f.backend, f.value, f.unit);
    comma = ",";
  }
  out << R"(],"floods":[)";
  comma = "";
  for (const FloodFigure& f : floods_) {
    out << comma
        << absl::StrFormat(R"({"beside":"%s","p50_us":%d,"p99_us":%d,"max_us":%d,"lost":%d})",
                           f.beside, f.delays.p50, f.delays.p99, f.delays.max,
                           f.sent - f.delivered);
    comma = ",";
  }
  out << "]}\n";
  return Finish(out, path);
}

}  // namespace pcd::bench
