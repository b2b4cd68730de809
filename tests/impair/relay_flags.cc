#include "tests/impair/relay_flags.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "engine/base/status.h"

namespace pcd::impair {
namespace {

using testing::ImpairmentOptions;

absl::Status Bad(std::string_view argument) {
  return InvalidArgument("not a flag of the relay: " + std::string(argument), "flag");
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // All of them are numbers above zero that fit in 32 bits.
  return whole && value >= 0 && value <= 4e9 ? std::optional(value) : std::nullopt;
}

bool TakeProbability(double value, double& out) {
  if (value > 1) return false;
  out = value;
  return true;
}

Duration Milliseconds(double value) { return Duration(static_cast<int64_t>(value * 1000)); }

bool TakeImpairment(std::string_view name, double value, ImpairmentOptions& out) {
  if (name == "loss") return TakeProbability(value, out.loss);
  if (name == "reorder") return TakeProbability(value, out.reorder);
  if (name == "duplicate") return TakeProbability(value, out.duplicate);
  if (name == "delay-ms") {
    out.delay = Milliseconds(value);
  } else if (name == "jitter-ms") {
    out.jitter = Milliseconds(value);
  } else if (name == "reorder-delay-ms") {
    out.reorder_delay = Milliseconds(value);
  } else if (name == "rate-bps") {
    out.rate_bps = static_cast<int64_t>(value);
  } else if (name == "queue-bytes") {
    out.queue_bytes = static_cast<size_t>(value);
  } else {
    return false;
  }
  return true;
}

void Append(std::string& out, std::string_view name,
            const testing::ImpairmentModel::Counters& counters) {
  const std::array<std::pair<const char*, uint64_t>, 7> members = {
      {{"offered", counters.offered},
       {"delivered", counters.delivered},
       {"lost", counters.lost},
       {"queueFull", counters.queue_full},
       {"blackedOut", counters.blacked_out},
       {"duplicated", counters.duplicated},
       {"reordered", counters.reordered}}};
  out += ",\"" + std::string(name) + "\":{";
  for (size_t i = 0; i < members.size(); ++i) {
    out += (i > 0 ? ",\"" : "\"") + std::string(members[i].first) +
           "\":" + std::to_string(members[i].second);
  }
  out += '}';
}

}  // namespace

const std::string_view kRelayUsage =
    "usage: impair --to=HOST:PORT [--listen=127.0.0.1:0] [--seed=1] [impairment...]\n"
    "  --loss=P --reorder=P --duplicate=P        probabilities, 0 to 1\n"
    "  --delay-ms=N --jitter-ms=N --reorder-delay-ms=N\n"
    "  --rate-bps=N --queue-bytes=N              a capped link and what waits for it\n"
    "With up- (from clients) or down- (to clients) in front, of one direction only.\n"
    "While it runs, lines on standard input change impairments (same words), begin a blackout\n"
    "(\"blackout 500\", in ms), send from other ports (\"rebind\") or ask for \"counters\". It "
    "ends\n"
    "with standard input.\n";

absl::Status TakeRelayFlag(std::string_view argument, RelayOptions& options) {
  const size_t equals = argument.find('=');
  if (!argument.starts_with("--") || equals == std::string_view::npos) return Bad(argument);
  std::string_view name = argument.substr(2, equals - 2);
  const std::string_view value = argument.substr(equals + 1);
  if (name == "to" || name == "listen") {
    const auto address = SocketAddress::Parse(value);
    if (!address) return Bad(argument);
    (name == "to" ? options.target : options.listen) = *address;
    return absl::OkStatus();
  }
  const auto number = Number(value);
  if (!number) return Bad(argument);
  if (name == "seed") {
    options.seed = static_cast<uint64_t>(*number);
    return absl::OkStatus();
  }
  const bool up = !name.starts_with("down-");
  const bool down = !name.starts_with("up-");
  if (!up) name.remove_prefix(5);
  if (!down) name.remove_prefix(3);
  if (up && !TakeImpairment(name, *number, options.up)) return Bad(argument);
  if (down && !TakeImpairment(name, *number, options.down)) return Bad(argument);
  return absl::OkStatus();
}

absl::StatusOr<RelayCommand> ParseRelayCommand(std::string_view line, const RelayOptions& now) {
  RelayCommand command{.options = now};
  constexpr std::string_view kBlackout = "blackout ";
  if (line.starts_with(kBlackout)) {
    const auto number = Number(line.substr(kBlackout.size()));
    if (!number || *number == 0) return Bad(line);
    command.blackout = Milliseconds(*number);
    return command;
  }
  if (line == "rebind") {
    command.rebind = true;
    return command;
  }
  while (!line.empty()) {
    const size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    if (!word.empty()) PCD_RETURN_IF_ERROR(TakeRelayFlag(word, command.options));
    line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  }
  if (command.options.target != now.target || command.options.listen != now.listen) {
    return Bad("addresses stay as they are");
  }
  return command;
}

std::string CountersAsJson(const RelayCounters& counters) {
  std::string out = "{\"clients\":" + std::to_string(counters.clients) +
                    ",\"refused\":" + std::to_string(counters.refused);
  Append(out, "up", counters.up);
  Append(out, "down", counters.down);
  return out + "}";
}

}  // namespace pcd::impair
