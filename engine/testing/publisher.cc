#include "engine/testing/publisher.h"

#include <algorithm>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/sdp/parser.h"

namespace pcd::testing {
namespace {

constexpr uint16_t kOneByteExtensionProfile = 0xBEDE;  // RFC 8285 section 4.2.

void WriteElement(ByteWriter& elements, uint8_t id, ByteSpan value) {
  elements.U8(static_cast<uint8_t>((id << 4) | (value.size() - 1)));
  elements.Bytes(value);
}

// Header extension block, padded to 32-bit words; nothing without elements.
void WriteExtensions(ByteWriter& out, ByteSpan elements) {
  if (elements.empty()) return;
  const size_t words = (elements.size() + 3) / 4;
  out.U16(kOneByteExtensionProfile);
  out.U16(static_cast<uint16_t>(words));
  out.Bytes(elements);
  out.Zeros(words * 4 - elements.size());
}

// VP8 payload descriptor and frame tag (RFC 7741): start of partition 0; P bit 0 is a key frame.
void WriteVp8Start(ByteWriter& out, bool key_frame) {
  out.U8(0x10);
  out.U8(key_frame ? 0x00 : 0x01);
}

}  // namespace

Publisher::Publisher(net::Loop& loop, ice::IceTransportFactory& factory, PublisherOptions options)
    : loop_(loop), options_(std::move(options)), factory_(factory) {}

Publisher::~Publisher() {
  if (transport_ != nullptr) transport_->Close();
  loop_.CancelEndOfTurn(this);
}

absl::Status Publisher::Start(absl::AnyInvocable<void(const SessionDescription&)> offer_ready) {
  offer_ready_ = std::move(offer_ready);
  PCD_ASSIGN_OR_RETURN(auto certificate, dtls::Certificate::Generate(loop_.UnixMicros()));
  PCD_ASSIGN_OR_RETURN(auto ice, factory_.Create(loop_, options_.ice));
  jsep::Options session_options;
  session_options.limits = options_.limits;
  session_options.config.bundle_policy = BundlePolicy::kMaxBundle;  // It has one transport.
  session_options.local_fingerprints = {certificate->fingerprint()};
  session_ = std::make_unique<jsep::Session>(std::move(session_options), loop_.random());
  transport_ = std::make_unique<transport::Transport>(
      loop_, std::move(ice),
      transport::Config{.certificate = std::move(certificate),
                        .srtp_profiles = options_.srtp_profiles,
                        .limits = options_.limits});
  transport_->SetEventCallback([this] { loop_.RequestEndOfTurn(this); });
  transport_->SetMediaHandler(this);
  timer_ = loop_.CreateTimer([this] {
    transport_->HandleTimeout(loop_.Now());
    Drain();
  });
  const TransceiverInit init{.direction = options_.direction};
  if (options_.audio) {
    PCD_RETURN_IF_ERROR(session_->AddTransceiver(MediaKind::kAudio, init).status());
  }
  if (options_.video) {
    PCD_RETURN_IF_ERROR(session_->AddTransceiver(MediaKind::kVideo, init).status());
  }
  const auto credentials = [this](const jsep::TransportRequest&) {
    return transport_->ice().local_parameters();
  };
  PCD_ASSIGN_OR_RETURN(const jsep::ApplyResult result,
                       session_->SetLocalDescription(std::nullopt, credentials));
  PCD_RETURN_IF_ERROR(Apply(result));
  Drain();
  return absl::OkStatus();
}

absl::Status Publisher::Apply(const jsep::ApplyResult& result) {
  for (const jsep::TransportAction& action : result.transports) {
    ice::IceTransport& ice = transport_->ice();
    ice.SetRole(action.ice_role);
    if (action.start_gathering) ice.StartGathering();
    if (!action.remote.has_value()) continue;
    PCD_RETURN_IF_ERROR(ice.SetRemoteParameters(action.remote->ice));
    PCD_RETURN_IF_ERROR(
        transport_->SetDtlsParameters(action.remote->dtls_role, action.remote->fingerprints));
    for (const Candidate& candidate : action.remote->candidates) {
      PCD_RETURN_IF_ERROR(ice.AddRemoteCandidate(candidate).status());
    }
    if (action.remote->end_of_candidates) ice.SetRemoteEndOfCandidates();
  }
  return absl::OkStatus();
}

absl::Status Publisher::SetAnswer(const SessionDescription& answer) {
  PCD_ASSIGN_OR_RETURN(const jsep::ApplyResult result, session_->SetRemoteDescription(answer));
  PCD_RETURN_IF_ERROR(Apply(result));
  LearnStreams(answer.sdp);
  Drain();
  return absl::OkStatus();
}

void Publisher::LearnStreams(const std::string& answer_sdp) {
  const auto parsed = sdp::Parse(answer_sdp, options_.limits);
  if (!parsed.ok()) return;
  for (const sdp::MediaSection& section : parsed->media) {
    if (section.IsRejected() || section.codecs.empty() || !section.IsRtp()) continue;
    const MediaKind kind = section.media == "audio" ? MediaKind::kAudio : MediaKind::kVideo;
    Stream& stream = streams_[Index(kind)];
    stream.mid = section.mid;
    stream.payload_type = section.codecs.front().payload_type;
    if (stream.ssrc == 0) stream.ssrc = std::max(loop_.random().Uint32(), 1u);
    for (const sdp::ExtMap& extmap : section.extmaps) {
      if (extmap.extension.id >= 15) continue;
      const auto id = static_cast<uint8_t>(extmap.extension.id);
      if (extmap.extension.uri == kMidExtensionUri) stream.mid_extension = id;
      if (extmap.extension.uri == kTransportCcExtensionUri) stream.transport_cc_extension = id;
    }
  }
}

bool Publisher::SendRtp(const OutgoingRtp& rtp) {
  const Stream& stream = streams_[Index(rtp.kind)];
  if (!connected() || stream.ssrc == 0) return false;
  PacketPtr packet = loop_.packets().Get();
  ByteWriter out(MutableByteSpan(packet->data(), Packet::kMaxPayload));
  std::array<uint8_t, 64> room{};
  ByteWriter elements(room);
  if (rtp.with_mid && stream.mid_extension != 0 && !stream.mid.empty()) {
    const auto* mid = reinterpret_cast<const uint8_t*>(stream.mid.data());
    WriteElement(elements, stream.mid_extension, {mid, stream.mid.size()});
  }
  if (rtp.transport_sequence.has_value() && stream.transport_cc_extension != 0) {
    std::array<uint8_t, 2> number{};
    StoreU16(number.data(), *rtp.transport_sequence);
    WriteElement(elements, stream.transport_cc_extension, number);
  }
  out.U8(elements.size() == 0 ? 0x80 : 0x90);
  out.U8(static_cast<uint8_t>((rtp.marker ? 0x80 : 0) | stream.payload_type));
  out.U16(rtp.sequence);
  out.U32(rtp.timestamp);
  out.U32(stream.ssrc);
  WriteExtensions(out, elements.written());
  size_t payload = rtp.payload_bytes;
  if (rtp.kind == MediaKind::kVideo && payload >= 2) {
    WriteVp8Start(out, rtp.key_frame);
    payload -= 2;
  }
  const bool stamped = rtp.stamp != 0 && payload >= sizeof(rtp.stamp);
  out.Zeros(payload - (stamped ? sizeof(rtp.stamp) : 0));
  if (stamped) out.U64(rtp.stamp);
  if (!out.ok()) return false;
  packet->set_size(out.size());
  return transport_->SendRtp(std::move(packet));
}

bool Publisher::SendSenderReport(MediaKind kind, uint64_t ntp, uint32_t rtp_timestamp,
                                 uint32_t packets, uint32_t bytes) {
  std::array<uint8_t, 28> report{};
  ByteWriter out(report);
  out.U8(0x80);
  out.U8(rtp::kRtcpSenderReport);
  out.U16(6);
  out.U32(ssrc(kind));
  out.U64(ntp);
  out.U32(rtp_timestamp);
  out.U32(packets);
  out.U32(bytes);
  return SendRawRtcp(report);
}

bool Publisher::SendUnprotected(ByteSpan datagram) { return transport_->ice().Send(datagram); }

bool Publisher::SendRawRtp(ByteSpan bytes) {
  PacketPtr packet = loop_.packets().CopyOf(bytes);
  return packet != nullptr && connected() && transport_->SendRtp(std::move(packet));
}

bool Publisher::SendRawRtcp(ByteSpan bytes) {
  PacketPtr packet = loop_.packets().CopyOf(bytes);
  return packet != nullptr && connected() && transport_->SendRtcp(std::move(packet));
}

void Publisher::OnRtcp(std::span<PacketPtr> packets) {
  for (const PacketPtr& packet : packets) {
    rtp::CompoundReader reader(packet->bytes());
    rtp::RtcpPacketView view;
    while (reader.Next(view)) {
      if (view.type == rtp::kRtcpReceiverReport) {
        ++feedback_.receiver_reports;
      } else if (view.type == rtp::kRtcpSenderReport) {
        ++feedback_.sender_reports;
      } else if (view.IsFeedback(rtp::kRtcpPayloadFeedback, rtp::kPsfbPli)) {
        ++feedback_.plis;
      } else if (view.IsFeedback(rtp::kRtcpPayloadFeedback, rtp::kPsfbFir)) {
        ++feedback_.firs;
      } else if (view.IsFeedback(rtp::kRtcpTransportFeedback, rtp::kRtpfbTransportCc)) {
        ++feedback_.transport_cc;
      } else if (view.IsFeedback(rtp::kRtcpTransportFeedback, rtp::kRtpfbNack)) {
        ++feedback_.nacks;
      } else {
        ++feedback_.others;
      }
    }
  }
}

void Publisher::OnEndOfTurn() { Drain(); }

void Publisher::Drain() {
  while (auto event = transport_->PollEvent()) {
    if (const auto* gathered = std::get_if<ice::CandidateGathered>(&*event)) {
      session_->AddLocalCandidate(0, gathered->candidate).IgnoreError();
    } else if (const auto* state = std::get_if<ice::GatheringStateChanged>(&*event)) {
      if (state->state != IceGatheringState::kComplete || !offer_ready_) continue;
      session_->SetLocalGatheringComplete(0).IgnoreError();
      std::exchange(offer_ready_, nullptr)(*session_->local_description());
    }
  }
  transport_->Flush();
  timer_->Set(transport_->NextDeadline());
}

}  // namespace pcd::testing
