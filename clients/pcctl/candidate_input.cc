#include "clients/pcctl/candidate_input.h"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

using Json = nlohmann::json;

// More m-sections than any description has.
constexpr uint32_t kMaxIndex = 65535;
// Characters of a text that is none of what was expected.
constexpr size_t kMaxShown = 60;
constexpr char kBadJson[] =
    R"(the JSON is not that of a candidate: {"candidate": "candidate:...", "sdpMid": "0"})";

// The member, unless it is null or absent.
const Json* Member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

CandidateInput FromJson(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_null()) return {};
  if (!json.is_object()) return {.error = kBadJson};
  const Json* line = Member(json, "candidate");
  const Json* mid = Member(json, "sdpMid");
  const Json* index = Member(json, "sdpMLineIndex");
  const Json* ufrag = Member(json, "usernameFragment");
  const bool valid =
      line != nullptr && line->is_string() && (mid == nullptr || mid->is_string()) &&
      (ufrag == nullptr || ufrag->is_string()) &&
      (index == nullptr || (index->is_number_unsigned() && index->get<uint64_t>() <= kMaxIndex));
  if (!valid) return {.error = kBadJson};
  api::IceCandidate candidate;
  candidate.set_candidate(line->get<std::string>());
  if (mid != nullptr) candidate.set_sdp_mid(mid->get<std::string>());
  if (index != nullptr) candidate.set_sdp_m_line_index(index->get<uint32_t>());
  if (ufrag != nullptr) candidate.set_username_fragment(ufrag->get<std::string>());
  return {.candidate = candidate};
}

CandidateInput FromLine(const std::string& text) {
  if (text == "end-of-candidates" || text == "a=end-of-candidates") return {};
  if (!text.starts_with("candidate:") && !text.starts_with("a=candidate:")) {
    return {.error = "'" + Printable(text.substr(0, kMaxShown)) +
                     "' is neither candidate:... nor the JSON of a candidate"};
  }
  api::IceCandidate candidate;
  candidate.set_candidate(text);
  return {.candidate = candidate};
}

}  // namespace

void SectionFlags::AddFlags(FlagSet* flags) {
  flags->AddString({.name = "mid", .value_name = "MID", .help = "The m-section by its mid."},
                   &mid_);
  flags->AddNumber({.name = "mline-index",
                    .value_name = "N",
                    .help = "The m-section by its place in the description, from 0."},
                   0, kMaxIndex, &mline_index_);
  flags->AddString({.name = "ufrag",
                    .value_name = "UFRAG",
                    .help = "The remote's ICE user name fragment. Default: the current one."},
                   &ufrag_);
}

std::string SectionFlags::Check() const {
  return !mid_.empty() && mline_index_.has_value() ? "--mid or --mline-index, not both" : "";
}

void SectionFlags::Apply(api::IceCandidate* candidate) const {
  if (names_section()) {
    candidate->clear_sdp_mid();
    candidate->clear_sdp_m_line_index();
  }
  if (!mid_.empty()) candidate->set_sdp_mid(mid_);
  if (mline_index_.has_value()) candidate->set_sdp_m_line_index(*mline_index_);
  if (!ufrag_.empty()) candidate->set_username_fragment(ufrag_);
}

CandidateInput ReadCandidate(const std::string& text, const SectionFlags& section) {
  const bool json = text.starts_with("{") || text == "null";
  CandidateInput input = json ? FromJson(text) : FromLine(text);
  if (!input.error.empty()) return input;
  section.Apply(&input.candidate);
  const bool in_section = input.candidate.has_sdp_mid() || input.candidate.has_sdp_m_line_index();
  if (!in_section && !input.candidate.candidate().empty()) {
    input.error = "the candidate names no m-section: give --mid or --mline-index";
  }
  return input;
}

}  // namespace pcd::pcctl
