#include "engine/sdp/candidate.h"

#include "engine/base/status.h"
#include "engine/sdp/text.h"

namespace pcd::sdp {
namespace {

constexpr size_t kMaxCandidateBytes = 4096;
constexpr size_t kMaxAddressBytes = 255;  // The longest DNS name.
constexpr uint16_t kMaxComponent = 256;   // RFC 8839 section 5.1.
constexpr size_t kFixedFields = 8;        // Up to and including the type.

absl::Status Bad(const std::string& why) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CANDIDATE,
                   "invalid candidate: " + why, {.dom_exception = "OperationError"});
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!EqualsIgnoreCase(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Drops what people leave around a candidate when they copy it out of JSON or SDP.
std::string_view Unwrap(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n\"'";
  const size_t begin = text.find_first_not_of(kAround);
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin, text.find_last_not_of(kAround) - begin + 1);
  TakePrefix(text, "a=");
  return Trim(text);
}

std::optional<CandidateType> ParseType(std::string_view text) {
  for (CandidateType type : {CandidateType::kHost, CandidateType::kServerReflexive,
                             CandidateType::kPeerReflexive, CandidateType::kRelay}) {
    if (EqualsIgnoreCase(text, ToString(type))) return type;
  }
  return std::nullopt;
}

bool IsTcpType(std::string_view text) {
  return text == "active" || text == "passive" || text == "so";
}

// raddr, rport and tcptype have fields of their own the first time they come with a sensible
// value; every other pair is an extension.
absl::Status ParsePairs(const std::vector<std::string_view>& fields, Candidate& candidate) {
  bool have_related_port = false;
  for (size_t i = kFixedFields; i < fields.size(); i += 2) {
    const std::string_view name = fields[i];
    const std::string_view value = i + 1 < fields.size() ? fields[i + 1] : std::string_view();
    if (name == "raddr" && candidate.related_address.empty() && !value.empty()) {
      candidate.related_address = value;
    } else if (name == "rport" && !candidate.related_address.empty() && !have_related_port) {
      const auto port = ParseNumber<uint16_t>(value);
      if (!port) return Bad("related port is not a number below 65536");
      candidate.related_port = *port;
      have_related_port = true;
    } else if (name == "tcptype" && candidate.tcp_type.empty() && IsTcpType(value)) {
      candidate.tcp_type = value;
    } else {
      candidate.extensions.emplace_back(name, value);
    }
  }
  return absl::OkStatus();
}

absl::Status ParseFixed(const std::vector<std::string_view>& fields, Candidate& candidate) {
  const auto component = ParseNumber<uint16_t>(fields[1]);
  if (!component || *component == 0 || *component > kMaxComponent) {
    return Bad("component is not a number from 1 to 256");
  }
  const auto priority = ParseNumber<uint32_t>(fields[3]);
  if (!priority) return Bad("priority is not a 32-bit number");
  if (fields[4].size() > kMaxAddressBytes) return Bad("address is too long");
  const auto port = ParseNumber<uint16_t>(fields[5]);
  if (!port) return Bad("port is not a number below 65536");
  if (!EqualsIgnoreCase(fields[6], "typ")) return Bad("\"typ\" is missing");
  const auto type = ParseType(fields[7]);
  if (!type) return Bad("unknown candidate type");
  candidate.foundation = fields[0];
  candidate.component = *component;
  candidate.transport = ToLower(fields[2]);
  candidate.priority = *priority;
  candidate.address = fields[4];
  candidate.port = *port;
  candidate.type = *type;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Candidate> ParseCandidate(std::string_view text) {
  if (text.size() > kMaxCandidateBytes) return Bad("too long");
  text = Unwrap(text);
  TakePrefix(text, "candidate:");
  constexpr std::string_view kNeverInside{"\r\n\"'\0", 5};
  if (text.find_first_of(kNeverInside) != std::string_view::npos) {
    return Bad("quote or line end inside");
  }
  const std::vector<std::string_view> fields = SplitFields(text);
  if (fields.size() < kFixedFields) return Bad("fewer than 8 fields");
  Candidate candidate;
  PCD_RETURN_IF_ERROR(ParseFixed(fields, candidate));
  PCD_RETURN_IF_ERROR(ParsePairs(fields, candidate));
  return candidate;
}

std::string WriteCandidate(const Candidate& candidate) {
  std::string text = "candidate:" + candidate.foundation;
  const auto add = [&text](std::string_view field) {
    text += ' ';
    text += field;
  };
  add(std::to_string(candidate.component));
  add(candidate.transport);
  add(std::to_string(candidate.priority));
  add(candidate.address);
  add(std::to_string(candidate.port));
  add("typ");
  add(ToString(candidate.type));
  if (!candidate.related_address.empty()) {
    add("raddr");
    add(candidate.related_address);
    add("rport");
    add(std::to_string(candidate.related_port));
  }
  if (!candidate.tcp_type.empty()) {
    add("tcptype");
    add(candidate.tcp_type);
  }
  for (const auto& [name, value] : candidate.extensions) {
    add(name);
    if (!value.empty()) add(value);
  }
  return text;
}

bool IsEndOfCandidates(std::string_view text) {
  text = Unwrap(text);
  if (text.empty() || EqualsIgnoreCase(text, "end-of-candidates")) return true;
  return TakePrefix(text, "candidate:") && Trim(text).empty();
}

}  // namespace pcd::sdp
