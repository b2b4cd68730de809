#include "engine/jsep/send_encodings.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/base/status.h"

namespace pcd::jsep {
namespace {

constexpr size_t kMaxRidBytes = 255;
constexpr char kAdded[] = "send_encodings";
constexpr char kSet[] = "parameters.encodings";

absl::Status BadEncodings(const char* dom_exception, const char* field,
                          const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT, message,
                   {.dom_exception = dom_exception, .field = field});
}

// RFC 8851 section 10: rid-id.
bool IsRid(const std::string& rid) {
  return !rid.empty() && rid.size() <= kMaxRidBytes && std::ranges::all_of(rid, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::ranges::find(list, value) != list.end();
}

absl::Status CheckRids(const SendEncodings& encodings) {
  std::set<std::string> rids;
  size_t with_rid = 0;
  for (const SendEncoding& encoding : encodings) {
    if (encoding.rid.empty()) continue;
    ++with_rid;
    if (!IsRid(encoding.rid)) {
      return BadEncodings("TypeError", kAdded, "a rid is 1 to 255 letters, digits, '-' or '_'");
    }
    if (!rids.insert(encoding.rid).second)
      return BadEncodings("TypeError", kAdded, "a rid is given twice");
  }
  if (with_rid == 0 || with_rid == encodings.size()) return absl::OkStatus();
  return BadEncodings("TypeError", kAdded, "some encodings have a rid and some have none");
}

// What the kind does not have goes; then the limits count.
absl::Status CheckValues(MediaKind kind, const char* field, SendEncodings& encodings) {
  for (SendEncoding& encoding : encodings) {
    if (kind == MediaKind::kAudio) {
      encoding.scale_resolution_down_by.reset();
      encoding.max_framerate.reset();
    }
    // Written so that what is no number fails too.
    if (!(encoding.scale_resolution_down_by.value_or(1) >= 1) ||
        !std::isfinite(encoding.scale_resolution_down_by.value_or(1))) {
      return BadEncodings("RangeError", field, "scale_resolution_down_by is less than 1");
    }
    if (!(encoding.max_framerate.value_or(0) >= 0) ||
        !std::isfinite(encoding.max_framerate.value_or(0))) {
      return BadEncodings("RangeError", field, "max_framerate is negative");
    }
  }
  return absl::OkStatus();
}

// The last one as the source has it, each before it with half the width and height.
void ScaleByIndex(SendEncodings& encodings) {
  double scale = 1;
  for (size_t i = encodings.size(); i-- > 0; scale *= 2) {
    encodings[i].scale_resolution_down_by = scale;
  }
}

bool IsScaled(const SendEncoding& encoding) {
  return encoding.scale_resolution_down_by.has_value();
}

void FillScales(SendEncodings& encodings) {
  for (SendEncoding& encoding : encodings) {
    if (!IsScaled(encoding)) encoding.scale_resolution_down_by = 1;
  }
}

// The first of the alternatives of each stream, once.
std::vector<std::string> FirstRids(const sdp::SimulcastStreams& streams) {
  std::vector<std::string> rids;
  for (const auto& alternatives : streams) {
    if (alternatives.empty() || Contains(rids, alternatives.front().rid)) continue;
    rids.push_back(alternatives.front().rid);
  }
  return rids;
}

void Write(const SendEncodings& encodings, sdp::MediaSection& section) {
  sdp::Simulcast simulcast = section.simulcast.value_or(sdp::Simulcast());
  for (const SendEncoding& encoding : encodings) {
    section.rids.push_back({.id = encoding.rid, .send = true});
    simulcast.send.push_back({{.rid = encoding.rid, .paused = !encoding.active}});
  }
  section.simulcast = std::move(simulcast);
}

}  // namespace

SendEncodings DefaultEncodings(MediaKind kind) {
  SendEncodings encodings(1);
  if (kind == MediaKind::kVideo) ScaleByIndex(encodings);
  return encodings;
}

absl::StatusOr<SendEncodings> CheckSendEncodings(MediaKind kind, SendEncodings encodings) {
  PCD_RETURN_IF_ERROR(CheckRids(encodings));
  PCD_RETURN_IF_ERROR(CheckValues(kind, kAdded, encodings));
  if (encodings.empty()) return DefaultEncodings(kind);
  if (std::ranges::any_of(encodings, IsScaled)) FillScales(encodings);
  const size_t most = kind == MediaKind::kVideo ? kMaxVideoEncodings : 1;
  if (encodings.size() > most) encodings.resize(most);
  if (kind == MediaKind::kVideo && std::ranges::none_of(encodings, IsScaled)) {
    ScaleByIndex(encodings);
  }
  if (encodings.size() == 1) encodings[0].rid.clear();
  // Layers need names to be told from each other (RFC 8853).
  for (size_t i = 0; encodings.size() > 1 && i < encodings.size(); ++i) {
    if (encodings[i].rid.empty()) encodings[i].rid = std::to_string(i);
  }
  return encodings;
}

absl::StatusOr<SendEncodings> CheckNewEncodings(MediaKind kind, const SendEncodings& before,
                                                SendEncodings encodings) {
  if (!std::ranges::equal(encodings, before, {}, &SendEncoding::rid, &SendEncoding::rid)) {
    return BadEncodings("InvalidModificationError", kSet,
                        "the number of encodings, their order and rids are fixed");
  }
  PCD_RETURN_IF_ERROR(CheckValues(kind, kSet, encodings));
  if (kind == MediaKind::kVideo) FillScales(encodings);
  return encodings;
}

SendEncodings ProposedEncodings(const sdp::MediaSection& offer) {
  SendEncodings proposed;
  for (const std::string& rid : ReceivedRids(offer)) {
    if (proposed.size() < kMaxVideoEncodings && IsRid(rid)) proposed.push_back({.rid = rid});
  }
  ScaleByIndex(proposed);
  return proposed;
}

void TakeProposal(const sdp::MediaSection& offer, Transceiver& transceiver) {
  SendEncodings& encodings = transceiver.send_encodings;
  if (transceiver.kind != MediaKind::kVideo || encodings.size() != 1 || !encodings[0].rid.empty()) {
    return;
  }
  SendEncodings proposed = ProposedEncodings(offer);
  if (!proposed.empty()) encodings = std::move(proposed);
}

void KeepAnswered(const std::vector<std::string>& asked, Transceiver& transceiver) {
  SendEncodings& encodings = transceiver.send_encodings;
  if (encodings.size() < 2) return;
  const auto kept = [&](const SendEncoding& encoding) { return Contains(asked, encoding.rid); };
  if (std::ranges::none_of(encodings, kept)) {
    encodings.resize(1);
  } else {
    std::erase_if(encodings, [&](const SendEncoding& encoding) { return !kept(encoding); });
  }
}

void RollEncodingsBack(const Transceiver& before, Transceiver& transceiver) {
  const auto has_rid = [](const SendEncoding& encoding) { return !encoding.rid.empty(); };
  if (std::ranges::any_of(before.send_encodings, has_rid)) return;
  if (std::ranges::none_of(transceiver.send_encodings, has_rid)) return;
  transceiver.send_encodings = before.send_encodings;
}

std::vector<std::string> SentRids(const sdp::MediaSection& section) {
  return section.simulcast ? FirstRids(section.simulcast->send) : std::vector<std::string>();
}

std::vector<std::string> ReceivedRids(const sdp::MediaSection& section) {
  return section.simulcast ? FirstRids(section.simulcast->recv) : std::vector<std::string>();
}

void OfferEncodings(const Transceiver& transceiver, sdp::MediaSection& section) {
  if (transceiver.send_encodings.size() > 1) Write(transceiver.send_encodings, section);
}

void OfferToReceiveLayers(const sdp::MediaSection& before, sdp::MediaSection& section) {
  const std::vector<std::string> rids = ReceivedRids(before);
  if (rids.empty()) return;
  if (!section.simulcast) section.simulcast.emplace();
  for (const std::string& rid : rids) {
    section.rids.push_back({.id = rid, .send = false});
    section.simulcast->recv.push_back({{.rid = rid}});
  }
}

void AnswerEncodings(const sdp::MediaSection& offered, const Transceiver& transceiver,
                     sdp::MediaSection& section) {
  const std::vector<std::string> asked = ReceivedRids(offered);
  SendEncodings sent = transceiver.send_encodings;
  std::erase_if(sent, [&](const SendEncoding& encoding) { return !Contains(asked, encoding.rid); });
  if (!sent.empty()) Write(sent, section);
}

}  // namespace pcd::jsep
