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

const SsrcRouter::Bundle& SsrcRouter::BundleOf(size_t transport_index) const {
  if (transport_index < bundles_.size()) return bundles_[transport_index];
  static const Bundle kEmpty;
  return kEmpty;
}

RemoteStream* SsrcRouter::FindStream(size_t transport_index, uint32_t ssrc) const {
  const auto it = by_ssrc_.find(Key(transport_index, ssrc));
  return it != by_ssrc_.end() ? it->second : nullptr;
}

RemoteStream* SsrcRouter::FindOriginal(const RemoteStream& retransmission) const {
  const Section& section = *retransmission.section;
  for (const SignaledSsrc& source : section.parameters().ssrcs) {
    if (source.rtx_ssrc != retransmission.ssrc) continue;
    return FindStream(section.transport_index(), source.ssrc);
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

Section* SsrcRouter::FindSection(size_t transport_index, std::string_view mid) const {
  Section* section = FindSection(mid);
  return section != nullptr && section->transport_index() == transport_index ? section : nullptr;
}

RemoteStream& SsrcRouter::Add(uint32_t ssrc, Section& section, StreamOrigin origin) {
  auto stream = std::make_unique<RemoteStream>();
  stream->ssrc = ssrc;
  stream->transport_index = section.transport_index();
  stream->section = &section;
  stream->origin = origin;
  by_ssrc_[Key(stream->transport_index, ssrc)] = stream.get();
  streams_.push_back(std::move(stream));
  return *streams_.back();
}

void SsrcRouter::Remove(size_t index) {
  RemoteStream& stream = *streams_[index];
  if (stream.section->source == stream.ssrc) stream.section->source.reset();
  const auto entry = by_ssrc_.find(Key(stream.transport_index, stream.ssrc));
  if (entry != by_ssrc_.end() && entry->second == &stream) by_ssrc_.erase(entry);
  streams_.erase(streams_.begin() + static_cast<ptrdiff_t>(index));
}

void SsrcRouter::AddSignalled(Section& section, uint32_t ssrc, const std::string& cname) {
  RemoteStream* stream = FindStream(section.transport_index(), ssrc);
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
  }
  sections_ = std::move(sections);
  FollowSections();
  for (const auto& section : sections_) {
    for (const SignaledSsrc& source : section->parameters().ssrcs) {
      AddSignalled(*section, source.ssrc, source.cname);
      if (source.rtx_ssrc) AddSignalled(*section, *source.rtx_ssrc, source.cname);
    }
  }
  MakeBundles();
}

// Sources go where their section goes. One of the same SSRC that is there already is another one,
// and stays: a remote must not have two in one RTP session.
void SsrcRouter::FollowSections() {
  const auto has_moved = [](const RemoteStream& stream) {
    return stream.transport_index != stream.section->transport_index();
  };
  for (const auto& stream : streams_) {
    if (has_moved(*stream)) by_ssrc_.erase(Key(stream->transport_index, stream->ssrc));
  }
  for (size_t i = streams_.size(); i-- > 0;) {
    RemoteStream& stream = *streams_[i];
    if (!has_moved(stream)) continue;
    stream.transport_index = stream.section->transport_index();
    if (!by_ssrc_.try_emplace(Key(stream.transport_index, stream.ssrc), &stream).second) Remove(i);
  }
}

void SsrcRouter::MakeBundles() {
  bundles_.clear();
  for (size_t i = 0; i < sections_.size() && i < 127; ++i) {
    Section& section = *sections_[i];
    if (bundles_.size() <= section.transport_index()) {
      bundles_.resize(section.transport_index() + 1);
    }
    Bundle& bundle = bundles_[section.transport_index()];
    if (bundle.sections++ == 0) bundle.first = &section;
    const ReceiveExtensionIds& ids = section.extension_ids();
    ReceiveExtensionIds& all = bundle.extension_ids;
    if (all.mid == 0) all.mid = ids.mid;
    if (all.rid == 0) all.rid = ids.rid;
    if (all.repaired_rid == 0) all.repaired_rid = ids.repaired_rid;
    if (all.transport_cc == 0) all.transport_cc = ids.transport_cc;
    if (all.abs_send_time == 0) all.abs_send_time = ids.abs_send_time;
    for (const Codec& codec : section.parameters().codecs) {
      if (codec.payload_type > 127 || !section.parameters().receiving) continue;
      int8_t& entry = bundle.by_payload_type[codec.payload_type];
      const auto index = static_cast<int8_t>(i);
      entry = entry == kNoSection || entry == index ? index : kSeveralSections;
    }
  }
}

SsrcRouter::Marks SsrcRouter::ReadMarks(const rtp::RtpPacketView& packet,
                                        const ReceiveExtensionIds& ids) {
  Marks marks;
  rtp::ExtensionReader reader = packet.extensions();
  for (rtp::ExtensionElement element; reader.Next(element);) {
    if (element.id == ids.transport_cc) {
      if (element.data.size() >= 2) marks.transport_sequence = LoadU16(element.data.data());
    } else if (element.id == ids.abs_send_time) {
      if (element.data.size() >= 3) marks.abs_send_time = LoadU24(element.data.data());
    } else if (element.id == ids.mid) {
      marks.mid = AsText(element.data);
    } else if (element.id == ids.rid || element.id == ids.repaired_rid) {
      marks.rid = AsText(element.data);
    }
  }
  return marks;
}

SsrcRouter::Route SsrcRouter::Find(size_t transport_index, const rtp::RtpPacketView& packet,
                                   Timestamp now) {
  const Marks marks = ReadMarks(packet, extension_ids(transport_index));
  Route route;
  RemoteStream* stream = FindStream(transport_index, packet.ssrc());
  if (stream == nullptr) {
    route = Learn(transport_index, packet, marks, now);
  } else {
    if (!marks.mid.empty() && marks.mid != stream->section->mid()) {
      Section* section = FindSection(transport_index, marks.mid);
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

SsrcRouter::Route SsrcRouter::Learn(size_t transport_index, const rtp::RtpPacketView& packet,
                                    const Marks& marks, Timestamp now) {
  const Bundle& bundle = BundleOf(transport_index);
  Section* section = nullptr;
  const StreamOrigin origin =
      marks.mid.empty() ? StreamOrigin::kByPayloadType : StreamOrigin::kByMid;
  if (origin == StreamOrigin::kByMid) {
    section = FindSection(transport_index, marks.mid);
    if (section == nullptr) return {nullptr, DropReason::kUnknownMid, {}, {}};
  } else if (bundle.sections == 1) {
    section = bundle.first;
  } else {
    const int8_t index = bundle.by_payload_type[packet.payload_type()];
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
