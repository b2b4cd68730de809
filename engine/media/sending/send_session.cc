#include "engine/media/sending/send_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/caller_id.h"
#include "engine/base/status.h"
#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/extended_report.h"
#include "engine/rtp/rtcp/nack.h"

namespace pcd::media {
namespace {

// Events kept until they are polled; the oldest go first.
constexpr size_t kMaxEvents = 1024;

absl::Status TrackNotFound(std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::TRACK_NOT_FOUND,
                   "no local track " + std::string(id));
}

absl::Status CheckConfig(const LocalTrackConfig& config) {
  if (!IsCallerId(config.id)) {
    return InvalidArgument("a track id is 1 to 64 letters, digits, '-', '_' or '.'", "track_id");
  }
  const auto* udp = std::get_if<UdpSourceConfig>(&config.source);
  if (udp == nullptr) return absl::OkStatus();
  if (udp->codec.name.empty() || udp->codec.clock_rate == 0) {
    return InvalidArgument("a codec has a name and a clock rate", "source.udp.codec");
  }
  if (udp->codec.channels > 0 && config.kind == MediaKind::kVideo) {
    return InvalidArgument("video codecs have no channels", "source.udp.codec.channels");
  }
  if (udp->payload_type.value_or(0) > 127) {
    return InvalidArgument("a payload type is at most 127", "source.udp.payload_type");
  }
  return absl::OkStatus();
}

}  // namespace

SendSession::SendSession(net::Loop& loop, RtpOutput& output, const net::AddressPolicy& policy,
                         const Limits& limits, SendSessionOptions options)
    : loop_(loop),
      output_(output),
      policy_(policy),
      max_tracks_(limits.max_local_tracks),
      options_(std::move(options)) {}

SendSession::~SendSession() = default;

absl::Status SendSession::CreateTrack(const LocalTrackConfig& config) {
  if (closed_) return InvalidState("the session is closed");
  PCD_RETURN_IF_ERROR(CheckConfig(config));
  if (FindTrack(config.id) != nullptr) {
    return MakeError(absl::StatusCode::kAlreadyExists, ErrorReason::ALREADY_EXISTS,
                     "there is a local track " + config.id, {.field = "track_id"});
  }
  if (tracks_.size() >= max_tracks_) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "a connection has at most " + std::to_string(max_tracks_) + " local tracks");
  }
  LocalTrack::Owner& owner = *this;
  auto track = std::make_unique<LocalTrack>(loop_, owner, next_serial_, config);
  PCD_RETURN_IF_ERROR(track->Open(policy_, options_.cname));
  ++next_serial_;
  tracks_.push_back(std::move(track));
  return absl::OkStatus();
}

absl::StatusOr<LocalTrackInfo> SendSession::DeleteTrack(const std::string& id) {
  LocalTrack* track = FindTrack(id);
  if (track == nullptr) return TrackNotFound(id);
  LocalTrackInfo info = track->Info();
  info.state = SourceState::kEnded;
  for (const auto& sender : senders_) {
    if (sender->track == track) Bind(*sender, nullptr);
  }
  std::erase_if(tracks_, [&](const auto& each) { return each.get() == track; });
  return info;
}

absl::StatusOr<LocalTrackInfo> SendSession::GetTrack(const std::string& id) const {
  const LocalTrack* track = FindTrack(id);
  if (track == nullptr) return TrackNotFound(id);
  return track->Info();
}

std::vector<LocalTrackInfo> SendSession::ListTracks() const {
  std::vector<LocalTrackInfo> infos;
  for (const auto& track : tracks_) infos.push_back(track->Info());
  return infos;
}

LocalTrack* SendSession::FindTrack(std::string_view id) const {
  const auto it =
      std::ranges::find_if(tracks_, [&](const auto& track) { return track->id() == id; });
  return it != tracks_.end() ? it->get() : nullptr;
}

SendSession::Sender* SendSession::FindSender(std::string_view id) const {
  const auto it =
      std::ranges::find_if(senders_, [&](const auto& sender) { return sender->rtp.id() == id; });
  return it != senders_.end() ? it->get() : nullptr;
}

uint32_t SendSession::SsrcOf(std::string_view sender_id) const {
  const Sender* sender = FindSender(sender_id);
  return sender != nullptr ? sender->rtp.ssrc() : 0;
}

bool SendSession::IsSsrcTaken(uint32_t ssrc) const {
  return std::ranges::any_of(senders_, [&](const auto& sender) {
    return sender->rtp.ssrc() == ssrc || sender->rtp.rtx_ssrc() == ssrc;
  });
}

uint32_t SendSession::DrawSsrc() {
  for (;;) {
    const uint32_t ssrc = loop_.random().Uint32();
    if (ssrc != 0 && !IsSsrcTaken(ssrc)) return ssrc;
  }
}

SendSession::Sender& SendSession::EnsureSender(const SendParameters& parameters) {
  if (Sender* sender = FindSender(parameters.sender_id)) return *sender;
  const auto announced_or_drawn = [&](uint32_t announced) {
    return announced != 0 && !IsSsrcTaken(announced) ? announced : DrawSsrc();
  };
  // Half of the range, so that the first wrap is far away.
  constexpr uint16_t kFirstHalf = 0x7FFF;
  StreamNumbers numbers{
      .ssrc = announced_or_drawn(parameters.ssrc),
      .first_sequence = static_cast<uint16_t>(loop_.random().Uint16() & kFirstHalf),
      .rtx_ssrc = announced_or_drawn(parameters.rtx_ssrc),
      .first_rtx_sequence = loop_.random().Uint16()};
  while (numbers.rtx_ssrc == numbers.ssrc) numbers.rtx_ssrc = DrawSsrc();
  return *senders_.emplace_back(std::make_unique<Sender>(parameters.sender_id, numbers));
}

void SendSession::Bind(Sender& sender, LocalTrack* track) {
  sender.track = track;
  sender.rtp.SetTrack(track != nullptr ? track->serial() : 0,
                      track != nullptr ? track->codec() : Codec{});
}

void SendSession::SetSenders(const std::vector<SenderBinding>& bindings) {
  if (closed_) return;
  std::erase_if(senders_, [&](const auto& sender) {
    const bool stays = std::ranges::any_of(bindings, [&](const SenderBinding& binding) {
      return binding.parameters.sender_id == sender->rtp.id() && binding.rid == sender->rtp.rid();
    });
    if (stays) return false;
    SendBye(*sender);
    output_.ForgetSsrc(sender->rtp.transport_index(), sender->rtp.ssrc());
    output_.ForgetSsrc(sender->rtp.transport_index(), sender->rtp.rtx_ssrc());
    return true;
  });
  for (const SenderBinding& binding : bindings) {
    Sender& sender = EnsureSender(binding.parameters);
    while (transport_sequences_.size() <= binding.parameters.transport_index) {
      transport_sequences_.push_back(loop_.random().Uint16());
    }
    const bool keeps_times = binding.parameters.receiver_reference_time;
    if (keeps_times && reference_times_.size() <= binding.parameters.transport_index) {
      reference_times_.resize(binding.parameters.transport_index + 1);
    }
    sender.rtp.SetParameters(binding.parameters, binding.active, binding.rid);
    sender.encoding_index = binding.encoding_index;
    Bind(sender, FindTrack(binding.track_id));
  }
  SettleTracks();
}

// A source runs while anybody is sent its packets, and a sender that has to begin is given a
// key frame.
void SendSession::SettleTracks() {
  const Timestamp now = loop_.Now();
  for (const auto& track : tracks_) {
    bool wanted = false;
    bool starting = false;
    for (const auto& sender : senders_) {
      if (sender->track != track.get() || !sender->rtp.sends()) continue;
      wanted = true;
      starting = starting || !sender->rtp.started();
    }
    track->SetWanted(wanted, now);
    if (starting) track->NeedKeyFrame(now);
  }
}

void SendSession::OnTrackPacket(LocalTrack& track, const SourcePacket& packet) {
  if (closed_) return;
  for (const auto& sender : senders_) {
    if (sender->track != &track) continue;
    if (!output_.IsWritable(sender->rtp.transport_index())) {
      sender->rtp.Pause();
      sender->rtp.CountNotSent();
      continue;
    }
    Send(*sender, packet);
  }
}

void SendSession::Send(Sender& sender, const SourcePacket& packet) {
  const RtpSender::Verdict verdict = sender.rtp.Accept(packet);
  if (verdict != RtpSender::Verdict::kSend) {
    sender.rtp.CountNotSent();
    if (verdict == RtpSender::Verdict::kNeedsKeyFrame) sender.track->NeedKeyFrame(packet.now);
    return;
  }
  PacketPtr out = loop_.packets().Get();
  const size_t size =
      sender.rtp.Write(packet, ExtensionValues(sender), {out->data(), Packet::kMaxPayload});
  if (size == 0) return sender.rtp.CountNotSent();
  if (Send(sender, std::move(out), size)) {
    sender.rtp.CountSent(packet, size);
  } else {
    sender.rtp.CountNotSent();
  }
}

void SendSession::OnTrackPadding(LocalTrack& track, const SourcePacket& packet) {
  for (const auto& sender : senders_) {
    if (sender->track == &track) sender->rtp.Skip(packet);
  }
}

void SendSession::OnTrackBatchEnd(LocalTrack& track) {
  NoteState(track);
  output_.OnSessionWork();
}

void SendSession::OnTrackReport(LocalTrack& track, const SenderReportState& previous) {
  clocks_.OnReport(track.clock(), track.report(), previous, loop_.UnixMicros());
}

void SendSession::NoteState(LocalTrack& track) {
  if (const auto previous = track.TakeStateChange()) {
    Emit(SourceStateChangedEvent{.track_id = track.id(), .previous = *previous});
  }
}

// Of the next packet.
SendExtensionValues SendSession::ExtensionValues(const Sender& sender) const {
  return {.abs_send_time = AbsSendTime(),
          .transport_sequence = transport_sequences_[sender.rtp.transport_index()]};
}

bool SendSession::Send(const Sender& sender, PacketPtr packet, size_t size) {
  const size_t transport_index = sender.rtp.transport_index();
  if (sender.rtp.wants_transport_sequence()) ++transport_sequences_[transport_index];
  packet->set_size(size);
  return output_.SendRtp(transport_index, std::move(packet));
}

// The low 24 bits of seconds in 6.18 fixed point.
uint32_t SendSession::AbsSendTime() const {
  const auto micros = static_cast<uint64_t>(loop_.UnixMicros());
  return static_cast<uint32_t>(((micros % 64'000'000) << 18) / 1'000'000);
}

void SendSession::OnRtcp(size_t transport_index, std::span<const PacketPtr> packets) {
  if (closed_ || senders_.empty()) return;
  const Timestamp now = loop_.Now();
  for (const PacketPtr& packet : packets) {
    if (packet == nullptr) continue;
    rtp::RtcpPacketView view;
    for (rtp::CompoundReader reader(packet->bytes()); reader.Next(view);) {
      HandleExtendedReport(transport_index, view, now);
      for (const auto& sender : senders_) {
        if (sender->rtp.transport_index() == transport_index) HandleFeedback(*sender, view, now);
      }
    }
  }
}

void SendSession::HandleExtendedReport(size_t transport_index, const rtp::RtcpPacketView& packet,
                                       Timestamp now) {
  if (transport_index >= reference_times_.size()) return;
  rtp::XrBlockReader blocks(packet);
  for (rtp::XrBlock block; blocks.Next(block);) {
    const auto time = rtp::ParseReferenceTime(block);
    if (time) {
      reference_times_[transport_index].OnReferenceTime(blocks.sender_ssrc(), *time, now);
    }
  }
}

void SendSession::WriteDelays(ByteWriter& out, const RtpSender& sender, Timestamp now) const {
  if (!sender.parameters().receiver_reference_time) return;
  std::array<rtp::DelaySinceLastRr, ReceivedReferenceTimes::kMaxReceivers> delays;
  const size_t count = reference_times_[sender.transport_index()].Delays(now, delays);
  if (count > 0) rtp::WriteDelays(out, sender.ssrc(), {delays.data(), count});
}

void SendSession::HandleFeedback(Sender& sender, const rtp::RtcpPacketView& packet, Timestamp now) {
  switch (sender.rtp.HandleRtcp(packet, now)) {
    case RtpSender::Wish::kNothing:
      return;
    case RtpSender::Wish::kKeyFrameByPli:
      return WantKeyFrame(sender, false, now);
    case RtpSender::Wish::kKeyFrameByFir:
      return WantKeyFrame(sender, true, now);
    case RtpSender::Wish::kPackets:
      return SendAgain(sender, packet, now);
  }
}

void SendSession::WantKeyFrame(Sender& sender, bool by_fir, Timestamp now) {
  if (sender.track == nullptr || !sender.rtp.sends()) return;
  sender.track->RequestKeyFrame(by_fir, now);
  const bool told = sender.last_event != Timestamp{} && now - sender.last_event < kMinEventInterval;
  if (told) return;
  sender.last_event = now;
  Emit(KeyFrameWantedEvent{
      .track_id = sender.track->id(), .sender_id = sender.rtp.id(), .rid = sender.rtp.rid()});
}

void SendSession::SendAgain(Sender& sender, const rtp::RtcpPacketView& packet, Timestamp now) {
  const auto nack = rtp::ParseNack(packet);
  if (!nack || !sender.rtp.sends() || !output_.IsWritable(sender.rtp.transport_index())) return;
  PacketPtr out;
  rtp::Nack::Reader sequences = nack->sequences();
  for (uint16_t sequence = 0; sequences.Next(sequence);) {
    if (out == nullptr) out = loop_.packets().Get();
    const size_t size = sender.rtp.WriteAgain(sequence, ExtensionValues(sender), now,
                                              {out->data(), Packet::kMaxPayload});
    if (size == 0) continue;
    if (Send(sender, std::move(out), size)) sender.rtp.CountSentAgain(size);
  }
}

void SendSession::Emit(SendEvent event) {
  if (events_.size() >= kMaxEvents) events_.pop_front();
  events_.push_back(std::move(event));
}

std::optional<SendEvent> SendSession::PollEvent() {
  if (events_.empty()) return std::nullopt;
  return events_.Take();
}

absl::Status SendSession::InsertTones(std::string_view sender_id, const std::string& tones,
                                      Duration duration, Duration gap) {
  if (!AreTones(tones) || tones.size() > kMaxTones) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT,
                     "tones are at most 1024 of 0-9, A-D, '*', '#' and ','",
                     {.dom_exception = "InvalidCharacterError", .field = "tones"});
  }
  Sender* sender = FindSender(sender_id);
  if (sender == nullptr || !sender->rtp.can_send_tones()) {
    return InvalidState("telephone events are not negotiated, or the sender sends no sound now");
  }
  sender->rtp.InsertTones(tones, duration, gap, loop_.Now());
  return absl::OkStatus();
}

void SendSession::PlayTones(Sender& sender, Timestamp now) {
  while (const auto step = sender.rtp.PollTones(now)) {
    if (step->change) {
      Emit(ToneChangedEvent{.sender_id = sender.rtp.id(),
                            .tone = *step->change == '\0' ? "" : std::string(1, *step->change)});
    }
    if (!step->packet || !output_.IsWritable(sender.rtp.transport_index())) continue;
    PacketPtr out = loop_.packets().Get();
    const size_t size = sender.rtp.WriteTone(*step->packet, ExtensionValues(sender), now,
                                             {out->data(), Packet::kMaxPayload});
    if (size == 0) continue;
    if (Send(sender, std::move(out), size)) sender.rtp.CountToneSent(size);
  }
}

void SendSession::HandleTimeout(Timestamp now) {
  if (closed_) return;
  for (const auto& track : tracks_) {
    if (track->NextDeadline() <= now) track->HandleTimeout(now);
  }
  for (const auto& sender : senders_) {
    if (sender->rtp.NextTone() <= now) PlayTones(*sender, now);
    if (sender->rtp.NextReport() > now) continue;
    const Duration spread(loop_.random().Uint32() % RtpSender::kReportInterval.count());
    if (sender->rtp.TakeReport(now, spread)) SendReport(*sender, now);
  }
}

Timestamp SendSession::NextDeadline() const {
  if (closed_) return kNever;
  Timestamp next = kNever;
  for (const auto& track : tracks_) next = std::min(next, track->NextDeadline());
  for (const auto& sender : senders_) {
    next = std::min({next, sender->rtp.NextReport(), sender->rtp.NextTone()});
  }
  return next;
}

void SendSession::SendReport(Sender& sender, Timestamp now) {
  const size_t transport_index = sender.rtp.transport_index();
  if (sender.track == nullptr || !output_.IsWritable(transport_index)) return;
  PacketPtr packet = loop_.packets().Get();
  ByteWriter out({packet->data(), Packet::kMaxPayload});
  sender.rtp.WriteReport(out, sender.track->At(now, clocks_), options_.cname, now);
  WriteDelays(out, sender.rtp, now);
  packet->set_size(out.size());
  output_.SendRtcp(transport_index, std::move(packet));
}

void SendSession::SendBye(const Sender& sender) {
  PacketPtr packet = loop_.packets().Get();
  ByteWriter out({packet->data(), Packet::kMaxPayload});
  if (!sender.rtp.WriteBye(out, options_.cname)) return;
  packet->set_size(out.size());
  output_.SendRtcp(sender.rtp.transport_index(), std::move(packet));
}

void SendSession::Close() {
  if (std::exchange(closed_, true)) return;
  for (const auto& sender : senders_) SendBye(*sender);
  senders_.clear();
  tracks_.clear();
}

}  // namespace pcd::media
