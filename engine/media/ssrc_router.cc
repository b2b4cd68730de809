#include "engine/media/ssrc_router.h"

#include <algorithm>
#include <utility>

namespace pcd::media {
namespace {

// The longest mid or rid that is kept (RFC 8852 allows rids of any length; SDES items end at
// 255 bytes).
constexpr size_t kMaxRidBytes = 64;

std::string_view AsText(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

RemoteStream* SsrcRouter::FindStream(uint32_t ssrc) const {
  const auto it = by_ssrc_.find(ssrc);
  return it != by_ssrc_.end() ? it->second : nullptr;
}

RemoteStream* SsrcRouter::FindOriginal(const RemoteStream& retransmission) const {
  const Section& section = *retransmission.section;
  for (const SignaledSsrc& source : section.parameters().ssrcs) {
    if (source.rtx_ssrc == retransmission.ssrc) return FindStream(source.ssrc);
  }
  if (!retransmission.rid.empty()) return FindLayer(section, retransmission.rid);
  RemoteStream* only = nullptr;
  for (const auto& stream : streams_) {
    if (stream->section != &section || !stream->first_media_seen) continue;
    if (only != nullptr) return nullptr;
    only = stream.get();
  }
  return only;
}

RemoteStream* SsrcRouter::FindLayer(const Section& section, std::string_view rid) const {
  RemoteStream* newest = nullptr;
  for (const auto& stream : streams_) {
    if (stream->section != &section || !stream->first_media_seen || stream->rid != rid) continue;
    if (newest == nullptr || stream->last_media > newest->last_media) newest = stream.get();
  }
  return newest;
}

Section* SsrcRouter::FindSection(std::string_view mid) const {
  for (const auto& section : sections_) {
    if (section->mid() == mid) return section.get();
  }
  return nullptr;
}

RemoteStream& SsrcRouter::Add(uint32_t ssrc, Section& section, StreamOrigin origin) {
  auto stream = std::make_unique<RemoteStream>();
  stream->ssrc = ssrc;
  stream->section = &section;
  stream->origin = origin;
  by_ssrc_[ssrc] = stream.get();
  streams_.push_back(std::move(stream));
  return *streams_.back();
}

void SsrcRouter::Remove(size_t index) {
  RemoteStream& stream = *streams_[index];
  if (stream.section->source == stream.ssrc) stream.section->source.reset();
  by_ssrc_.erase(stream.ssrc);
  streams_.erase(streams_.begin() + static_cast<ptrdiff_t>(index));
}

void SsrcRouter::AddSignalled(Section& section, uint32_t ssrc, const std::string& cname) {
  RemoteStream* stream = FindStream(ssrc);
  if (stream == nullptr) {
    const auto counted = std::count_if(streams_.begin(), streams_.end(), [](const auto& other) {
      return other->origin != StreamOrigin::kByPayloadType;
    });
    if (static_cast<size_t>(counted) >= limits_.max_ssrcs) return;
    stream = &Add(ssrc, section, StreamOrigin::kSignalled);
  }
  if (stream->section != &section && stream->section->source == ssrc) {
    stream->section->source.reset();
  }
  stream->section = &section;
  stream->origin = StreamOrigin::kSignalled;
  if (!cname.empty()) stream->cname = cname;
}

// Sources that were signalled and are no longer. A section that signals none at all (any more)
// says nothing about them: they stay, as learnt.
void SsrcRouter::RemoveUnsignalled(const std::vector<ReceiveParameters>& parameters) {
  for (size_t i = streams_.size(); i-- > 0;) {
    RemoteStream& stream = *streams_[i];
    const auto section = std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) {
      return p.mid == stream.section->mid() && p.kind == stream.section->parameters().kind;
    });
    if (section == parameters.end()) {
      Remove(i);
      continue;
    }
    if (stream.origin != StreamOrigin::kSignalled) continue;
    const bool signalled = std::any_of(
        section->ssrcs.begin(), section->ssrcs.end(),
        [&](const SignaledSsrc& s) { return s.ssrc == stream.ssrc || s.rtx_ssrc == stream.ssrc; });
    if (signalled) continue;
    if (section->ssrcs.empty()) {
      stream.origin = StreamOrigin::kByMid;
    } else {
      Remove(i);
    }
  }
}

void SsrcRouter::SetSections(std::vector<ReceiveParameters> parameters) {
  RemoveUnsignalled(parameters);
  std::vector<std::unique_ptr<Section>> sections;
  extension_ids_ = {};
  for (ReceiveParameters& p : parameters) {
    const auto old = std::find_if(sections_.begin(), sections_.end(), [&](const auto& section) {
      return section != nullptr && section->mid() == p.mid && section->parameters().kind == p.kind;
    });
    if (old != sections_.end()) {
      (*old)->Set(std::move(p));
      sections.push_back(std::move(*old));
    } else {
      sections.push_back(std::make_unique<Section>(std::move(p)));
    }
    const ReceiveExtensionIds& ids = sections.back()->extension_ids();
    if (extension_ids_.mid == 0) extension_ids_.mid = ids.mid;
    if (extension_ids_.rid == 0) extension_ids_.rid = ids.rid;
    if (extension_ids_.repaired_rid == 0) extension_ids_.repaired_rid = ids.repaired_rid;
    if (extension_ids_.transport_cc == 0) extension_ids_.transport_cc = ids.transport_cc;
    if (extension_ids_.abs_send_time == 0) extension_ids_.abs_send_time = ids.abs_send_time;
  }
  sections_ = std::move(sections);
  for (const auto& section : sections_) {
    for (const SignaledSsrc& source : section->parameters().ssrcs) {
      AddSignalled(*section, source.ssrc, source.cname);
      if (source.rtx_ssrc) AddSignalled(*section, *source.rtx_ssrc, source.cname);
    }
  }
  IndexPayloadTypes();
}

void SsrcRouter::IndexPayloadTypes() {
  by_payload_type_.fill(kNoSection);
  for (size_t i = 0; i < sections_.size() && i < 127; ++i) {
    for (const Codec& codec : sections_[i]->parameters().codecs) {
      if (codec.payload_type > 127 || !sections_[i]->parameters().receiving) continue;
      int8_t& entry = by_payload_type_[codec.payload_type];
      const auto index = static_cast<int8_t>(i);
      entry = entry == kNoSection || entry == index ? index : kSeveralSections;
    }
  }
}

SsrcRouter::Marks SsrcRouter::ReadMarks(const rtp::RtpPacketView& packet) const {
  Marks marks;
  rtp::ExtensionReader reader = packet.extensions();
  for (rtp::ExtensionElement element; reader.Next(element);) {
    if (element.id == extension_ids_.transport_cc) {
      if (element.data.size() >= 2) marks.transport_sequence = LoadU16(element.data.data());
    } else if (element.id == extension_ids_.abs_send_time) {
      if (element.data.size() >= 3) marks.abs_send_time = LoadU24(element.data.data());
    } else if (element.id == extension_ids_.mid) {
      marks.mid = AsText(element.data);
    } else if (element.id == extension_ids_.rid || element.id == extension_ids_.repaired_rid) {
      marks.rid = AsText(element.data);
    }
  }
  return marks;
}

SsrcRouter::Route SsrcRouter::Find(const rtp::RtpPacketView& packet, Timestamp now) {
  const Marks marks = ReadMarks(packet);
  Route route;
  RemoteStream* stream = FindStream(packet.ssrc());
  if (stream == nullptr) {
    route = Learn(packet, marks, now);
  } else {
    if (!marks.mid.empty() && marks.mid != stream->section->mid()) {
      Section* section = FindSection(marks.mid);
      if (section == nullptr) {
        return {nullptr, DropReason::kUnknownMid, marks.transport_sequence, marks.abs_send_time};
      }
      if (stream->section->source == stream->ssrc) stream->section->source.reset();
      stream->section = section;
    }
    route.stream = stream;
  }
  if (route.stream != nullptr && !marks.rid.empty() && route.stream->rid.empty()) {
    route.stream->rid = marks.rid.substr(0, kMaxRidBytes);
  }
  route.transport_sequence = marks.transport_sequence;
  route.abs_send_time = marks.abs_send_time;
  return route;
}

SsrcRouter::Route SsrcRouter::Learn(const rtp::RtpPacketView& packet, const Marks& marks,
                                    Timestamp now) {
  Section* section = nullptr;
  const StreamOrigin origin =
      marks.mid.empty() ? StreamOrigin::kByPayloadType : StreamOrigin::kByMid;
  if (origin == StreamOrigin::kByMid) {
    section = FindSection(marks.mid);
    if (section == nullptr) return {nullptr, DropReason::kUnknownMid, {}, {}};
  } else {
    const int8_t index = by_payload_type_[packet.payload_type()];
    if (index < 0) return {nullptr, DropReason::kUnknownSsrc, {}, {}};
    section = sections_[static_cast<size_t>(index)].get();
  }
  // What would be dropped anyway takes no place.
  if (!section->parameters().receiving) return {nullptr, DropReason::kNotReceiving, {}, {}};
  if (section->UseOf(packet.payload_type()) == PayloadUse::kNone) {
    return {nullptr, DropReason::kPayloadTypeNotNegotiated, {}, {}};
  }
  if (!MakeRoom(origin, now)) return {nullptr, DropReason::kTooManySsrcs, {}, {}};
  return {&Add(packet.ssrc(), *section, origin), DropReason::kUnknownSsrc, {}, {}};
}

bool SsrcRouter::MakeRoom(StreamOrigin origin, Timestamp now) {
  const bool unsignalled = origin == StreamOrigin::kByPayloadType;
  const size_t limit = unsignalled ? limits_.max_unsignalled_ssrcs : limits_.max_ssrcs;
  size_t count = 0;
  size_t oldest = streams_.size();
  for (size_t i = 0; i < streams_.size(); ++i) {
    const RemoteStream& stream = *streams_[i];
    if ((stream.origin == StreamOrigin::kByPayloadType) != unsignalled) continue;
    ++count;
    if (stream.origin == StreamOrigin::kSignalled) continue;
    if (oldest == streams_.size() || stream.last_packet < streams_[oldest]->last_packet) {
      oldest = i;
    }
  }
  if (count < limit) return true;
  if (oldest == streams_.size() || now - streams_[oldest]->last_packet < kIdleBeforeEviction) {
    return false;
  }
  Remove(oldest);
  return true;
}

}  // namespace pcd::media
