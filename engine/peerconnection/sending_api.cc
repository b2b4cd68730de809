// Local tracks and what senders do with them: the send session does the work; here it is
// negotiated, numbered and shown.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::peerconnection {
namespace {

constexpr size_t kIdCharacters = 12;
constexpr size_t kMaxWrittenRtcpBytes = 1200;

absl::Status TrackNotFound(const std::string& track_id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::TRACK_NOT_FOUND,
                   "no local track " + track_id, {.field = "track_id"});
}

// A track has one stream of packets: it goes out as the first active encoding.
void ChooseEncoding(const std::vector<SendEncoding>& encodings, media::SenderBinding& binding) {
  const auto active = std::ranges::find_if(encodings, &SendEncoding::active);
  binding.active = active != encodings.end();
  SendParameters& parameters = binding.parameters;
  if (parameters.rids.empty()) return;
  binding.rid = binding.active ? active->rid : parameters.rids.front();
  if (binding.active) {
    binding.encoding_index = static_cast<uint32_t>(std::distance(encodings.begin(), active));
  }
  // Each layer is a stream of its own, and none is announced by its SSRC.
  parameters.ssrc = parameters.rtx_ssrc = 0;
}

absl::Status CheckRtcp(ByteSpan packet) {
  if (packet.size() <= kMaxWrittenRtcpBytes) {
    bool any = false;
    rtp::CompoundReader reader(packet);
    for (rtp::RtcpPacketView view; reader.Next(view);) any = true;
    // A packet names who sends it, which protection needs.
    if (any && !reader.malformed() && packet.size() >= 2 * rtp::kRtcpHeaderBytes) {
      return absl::OkStatus();
    }
  }
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_PACKET,
                   "an RTCP packet is malformed or longer than 1200 bytes", {.field = "packets"});
}

}  // namespace

absl::StatusOr<media::LocalTrackInfo> PeerConnection::CreateLocalTrack(
    const media::LocalTrackConfig& config) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  media::LocalTrackConfig named = config;
  if (named.id.empty()) named.id = "local-" + loop_.random().IdString(kIdCharacters);
  for (const jsep::Transceiver& transceiver : session_.transceivers()) {
    if (transceiver.track_id != named.id) continue;
    return MakeError(absl::StatusCode::kAlreadyExists, ErrorReason::ALREADY_EXISTS,
                     "a remote track has this id", {.field = "track_id"});
  }
  PCD_RETURN_IF_ERROR(sending_.CreateTrack(named));
  ++revision_;
  PCD_ASSIGN_OR_RETURN(media::LocalTrackInfo info, sending_.GetTrack(named.id));
  Emit(LocalTrackChangeEvent{.track = info});
  Pump();
  return info;
}

absl::StatusOr<media::LocalTrackInfo> PeerConnection::DeleteLocalTrack(
    const std::string& track_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(media::LocalTrackInfo last, sending_.DeleteTrack(track_id));
  Emit(LocalTrackDeletedEvent{track_id});
  // A track of the same id made later is another one: senders forget this one.
  if (session_.ForgetTrack(track_id)) {
    TransceiversChanged();
  } else {
    ++revision_;
    Pump();
  }
  return last;
}

absl::StatusOr<media::LocalTrackInfo> PeerConnection::GetLocalTrack(
    const std::string& track_id) const {
  return sending_.GetTrack(track_id);
}

std::vector<media::LocalTrackInfo> PeerConnection::ListLocalTracks() const {
  return sending_.ListTracks();
}

absl::StatusOr<TransceiverInfo> PeerConnection::AddTrack(const std::string& track_id,
                                                         const std::vector<std::string>& stream_ids,
                                                         const std::string& transceiver_id,
                                                         bool chosen, const EndIds& ends) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const auto track = sending_.GetTrack(track_id);
  if (!track.ok()) return TrackNotFound(track_id);
  PCD_ASSIGN_OR_RETURN(
      const std::string id,
      session_.AddTrack(track->config.kind, track_id, stream_ids, transceiver_id, chosen, ends));
  TransceiversChanged();
  return Describe(*session_.FindTransceiver(id));
}

absl::StatusOr<TransceiverInfo> PeerConnection::AddTransceiverOfTrack(
    const TransceiverInit& init, const std::string& transceiver_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const auto track = sending_.GetTrack(init.track_id);
  if (!track.ok()) return TrackNotFound(init.track_id);
  return AddTransceiver(track->config.kind, init, transceiver_id);
}

absl::StatusOr<TransceiverInfo> PeerConnection::ReplaceTrack(const std::string& sender_id,
                                                             const std::string& track_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const jsep::Transceiver* sender = session_.FindSender(sender_id);
  MediaKind kind = sender != nullptr ? sender->kind : MediaKind::kAudio;
  if (!track_id.empty()) {
    const auto track = sending_.GetTrack(track_id);
    if (!track.ok()) return TrackNotFound(track_id);
    kind = track->config.kind;
    PCD_RETURN_IF_ERROR(CheckNegotiatedCodec(sender_id, *track));
  }
  PCD_RETURN_IF_ERROR(session_.ReplaceTrack(sender_id, kind, track_id));
  TransceiversChanged();
  return Describe(*session_.FindSender(sender_id));
}

// W3C: a track that would need another negotiation is refused.
absl::Status PeerConnection::CheckNegotiatedCodec(const std::string& sender_id,
                                                  const media::LocalTrackInfo& track) const {
  for (const SendParameters& parameters : send_parameters_) {
    if (parameters.sender_id != sender_id || parameters.kind != track.config.kind) continue;
    if (!parameters.sending || media::FindSendCodec(parameters.codecs, track.codec) != nullptr) {
      continue;
    }
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CODEC,
                     "the sender has not negotiated " + track.codec.name,
                     {.dom_exception = "InvalidModificationError", .field = "track_id"});
  }
  return absl::OkStatus();
}

void PeerConnection::SyncSenders() {
  std::vector<media::SenderBinding> bindings;
  for (const SendParameters& parameters : send_parameters_) {
    const jsep::Transceiver* transceiver = session_.FindTransceiver(parameters.transceiver_id);
    if (transceiver == nullptr || transceiver->stopped) continue;
    media::SenderBinding& binding = bindings.emplace_back();
    binding.parameters = parameters;
    binding.parameters.sending = parameters.sending && !transceiver->stopping;
    binding.track_id = transceiver->local_track_id;
    ChooseEncoding(transceiver->send_encodings, binding);
  }
  std::erase_if(sender_states_,
                [this](const auto& entry) { return session_.FindSender(entry.first) == nullptr; });
  sending_.SetSenders(bindings);
}

absl::StatusOr<const jsep::Transceiver*> PeerConnection::RequireSender(
    const std::string& sender_id) const {
  const jsep::Transceiver* sender = session_.FindSender(sender_id);
  if (sender != nullptr) return sender;
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::SENDER_NOT_FOUND,
                   "no sender " + sender_id, {.field = "sender_id"});
}

absl::StatusOr<const jsep::Transceiver*> PeerConnection::RequireReceiver(
    const std::string& receiver_id) const {
  for (const jsep::Transceiver& transceiver : session_.transceivers()) {
    if (transceiver.receiver_id == receiver_id) return &transceiver;
  }
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::RECEIVER_NOT_FOUND,
                   "no receiver " + receiver_id, {.field = "receiver_id"});
}

absl::StatusOr<ReceiverParameters> PeerConnection::GetReceiverParameters(
    const std::string& receiver_id) const {
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver* transceiver, RequireReceiver(receiver_id));
  ReceiverParameters out{.kind = transceiver->kind};
  for (const ReceiveParameters& parameters : receive_parameters_) {
    if (!parameters.receiving || parameters.mid != transceiver->mid) continue;
    out.codecs = parameters.codecs;
    out.header_extensions = parameters.extensions;
    out.reduced_size_rtcp = parameters.reduced_size_rtcp;
  }
  return out;
}

SenderParameters PeerConnection::ParametersOf(const jsep::Transceiver& transceiver) const {
  SenderParameters out{
      .encodings = transceiver.send_encodings, .kind = transceiver.kind, .cname = cname_};
  for (const SendParameters& parameters : send_parameters_) {
    if (parameters.sender_id != transceiver.sender_id) continue;
    out.codecs = parameters.codecs;
    out.header_extensions = parameters.extensions;
    out.reduced_size_rtcp = parameters.reduced_size_rtcp;
  }
  return out;
}

absl::StatusOr<SenderParameters> PeerConnection::GetSenderParameters(const std::string& sender_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver* sender, RequireSender(sender_id));
  SenderParameters parameters = ParametersOf(*sender);
  parameters.transaction_id = loop_.random().IdString(kIdCharacters);
  SenderState& state = sender_states_[sender_id];
  state.transaction_id = parameters.transaction_id;
  return parameters;
}

absl::StatusOr<SenderParameters> PeerConnection::PeekSenderParameters(
    const std::string& sender_id, const std::string& transaction_id) const {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver* sender, RequireSender(sender_id));
  if (sender->stopping || sender->stopped) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRANSCEIVER_STOPPED,
                     "the sender's transceiver is stopped", {.dom_exception = "InvalidStateError"});
  }
  const auto state = sender_states_.find(sender_id);
  // W3C [[LastReturnedParameters]]: a write and a negotiation make it null.
  if (state == sender_states_.end() || state->second.transaction_id.empty()) {
    return InvalidState("the parameters were not read since they or the negotiation changed");
  }
  if (state->second.transaction_id != transaction_id) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, ErrorReason::STALE_PARAMETERS,
        "the parameters are not those read last",
        {.dom_exception = "InvalidModificationError", .field = "parameters.transaction_id"});
  }
  SenderParameters parameters = ParametersOf(*sender);
  parameters.transaction_id = transaction_id;
  return parameters;
}

absl::StatusOr<SenderParameters> PeerConnection::SetSenderParameters(
    const std::string& sender_id, const SenderParameters& parameters) {
  PCD_RETURN_IF_ERROR(PeekSenderParameters(sender_id, parameters.transaction_id).status());
  PCD_RETURN_IF_ERROR(session_.SetEncodings(sender_id, parameters.encodings));
  sender_states_[sender_id].transaction_id.clear();
  TransceiversChanged();
  return ParametersOf(*session_.FindSender(sender_id));
}

absl::Status PeerConnection::InsertDtmf(const std::string& sender_id, const std::string& tones,
                                        Duration duration, Duration gap) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(RequireSender(sender_id).status());
  PCD_RETURN_IF_ERROR(sending_.InsertTones(sender_id, tones, duration, gap));
  Pump();
  return absl::OkStatus();
}

const TransportSlot* PeerConnection::FirstMediaTransport() const {
  if (receive_parameters_.empty()) return transports_.First();
  return transports_.Find(receive_parameters_.front().transport_index);
}

absl::Status PeerConnection::WriteRtcp(const std::vector<ByteSpan>& packets,
                                       const std::string& transport_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  if (packets.empty()) return InvalidArgument("at least one packet is required", "packets");
  for (const ByteSpan& packet : packets) PCD_RETURN_IF_ERROR(CheckRtcp(packet));
  const TransportSlot* slot =
      transport_id.empty() ? FirstMediaTransport() : transports_.FindById(transport_id);
  if (slot == nullptr && !transport_id.empty()) {
    return InvalidArgument("no transport " + transport_id, "transport_id");
  }
  if (slot == nullptr || !IsWritable(slot->index)) {
    return InvalidState("the transport is not connected");
  }
  for (const ByteSpan& packet : packets) {
    if (slot->transport->SendRtcp(loop_.packets().CopyOf(packet))) continue;
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "a packet could not be protected: too many sender SSRCs");
  }
  Pump();
  return absl::OkStatus();
}

// --- media::RtpOutput ----------------------------------------------------------------------

bool PeerConnection::IsWritable(size_t transport_index) const {
  const TransportSlot* slot = transports_.Find(transport_index);
  return slot != nullptr && slot->transport->writable() && slot->transport->srtp_active();
}

bool PeerConnection::SendRtp(size_t transport_index, PacketPtr packet) {
  const TransportSlot* slot = transports_.Find(transport_index);
  return slot != nullptr && slot->transport->SendRtp(std::move(packet));
}

void PeerConnection::ForgetSsrc(size_t transport_index, uint32_t ssrc) {
  const TransportSlot* slot = transports_.Find(transport_index);
  if (slot != nullptr) slot->transport->RemoveSendSsrc(ssrc);
}

void PeerConnection::OnSessionWork() { WakeForMedia(); }

}  // namespace pcd::peerconnection
