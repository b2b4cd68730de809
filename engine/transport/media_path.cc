#include "engine/transport/media_path.h"

#include <utility>

#include "engine/base/status.h"

namespace pcd::transport {
namespace {

using srtp::SrtpResult;

DropReason ReceiveDropReason(SrtpResult result) {
  switch (result) {
    case SrtpResult::kAuthFailed:
      return DropReason::kReceiveAuthFailed;
    case SrtpResult::kReplayed:
      return DropReason::kReceiveReplayed;
    case SrtpResult::kNoRoom:
      return DropReason::kReceiveTooManySsrcs;
    case SrtpResult::kOk:
    case SrtpResult::kMalformed:
      break;
  }
  return DropReason::kReceiveMalformed;
}

}  // namespace

absl::Status MediaPath::SetKeys(const dtls::SrtpKeyingMaterial& keys) {
  PCD_ASSIGN_OR_RETURN(std::unique_ptr<srtp::SrtpSession> inbound,
                       srtp::SrtpSession::Create(srtp::SrtpDirection::kInbound, keys.profile,
                                                 keys.remote.key, keys.remote.salt, max_ssrcs_));
  PCD_ASSIGN_OR_RETURN(std::unique_ptr<srtp::SrtpSession> outbound,
                       srtp::SrtpSession::Create(srtp::SrtpDirection::kOutbound, keys.profile,
                                                 keys.local.key, keys.local.salt, max_ssrcs_));
  inbound_ = std::move(inbound);
  outbound_ = std::move(outbound);
  return absl::OkStatus();
}

void MediaPath::Stop() {
  stopped_ = true;
  drops_.Add(DropReason::kReceiveBeforeKeys, early_.size());
  early_.clear();
  // rtp_ and rtcp_ stay: the handler that stops us may be looking at them. Deliver clears them.
  inbound_.reset();
  outbound_.reset();
}

void MediaPath::Reset() {
  inbound_.reset();
  outbound_.reset();
  stopped_ = false;
}

void MediaPath::Receive(PacketPtr packet, bool is_rtcp) {
  if (inbound_ != nullptr) return Decrypt(std::move(packet), is_rtcp);
  if (stopped_ || early_.size() >= kMaxEarlyPackets) {
    return drops_.Add(DropReason::kReceiveBeforeKeys);
  }
  early_.push_back({std::move(packet), is_rtcp});
}

void MediaPath::Decrypt(PacketPtr packet, bool is_rtcp) {
  const size_t size = packet->size();
  const SrtpResult result =
      is_rtcp ? inbound_->UnprotectRtcp(*packet) : inbound_->UnprotectRtp(*packet);
  if (result != SrtpResult::kOk) return drops_.Add(ReceiveDropReason(result));
  if (is_rtcp) {
    ++counters_.rtcp_packets_received;
    counters_.rtcp_bytes_received += size;
  } else {
    ++counters_.rtp_packets_received;
    counters_.rtp_bytes_received += size;
  }
  if (handler_ == nullptr) return drops_.Add(DropReason::kReceiveNoHandler);
  (is_rtcp ? rtcp_ : rtp_).push_back(std::move(packet));
}

void MediaPath::Deliver() {
  if (inbound_ != nullptr && !early_.empty()) {
    std::vector<EarlyPacket> early = std::move(early_);
    early_.clear();
    for (EarlyPacket& each : early) Decrypt(std::move(each.packet), each.is_rtcp);
  }
  // The handler may take itself away or stop us: both are looked at again in between.
  if (!rtp_.empty() && handler_ != nullptr && !stopped_) handler_->OnRtp(rtp_);
  rtp_.clear();
  if (!rtcp_.empty() && handler_ != nullptr && !stopped_) handler_->OnRtcp(rtcp_);
  rtcp_.clear();
}

bool MediaPath::ProtectRtp(Packet& packet) {
  if (outbound_->ProtectRtp(packet) != SrtpResult::kOk) {
    drops_.Add(DropReason::kSendProtectFailed);
    return false;
  }
  ++counters_.rtp_packets_sent;
  counters_.rtp_bytes_sent += packet.size();
  return true;
}

bool MediaPath::ProtectRtcp(Packet& packet) {
  if (outbound_->ProtectRtcp(packet) != SrtpResult::kOk) {
    drops_.Add(DropReason::kSendProtectFailed);
    return false;
  }
  ++counters_.rtcp_packets_sent;
  counters_.rtcp_bytes_sent += packet.size();
  return true;
}

void MediaPath::RemoveReceiveSsrc(uint32_t ssrc) {
  if (inbound_ != nullptr) inbound_->RemoveSsrc(ssrc);
}

void MediaPath::RemoveSendSsrc(uint32_t ssrc) {
  if (outbound_ != nullptr) outbound_->RemoveSsrc(ssrc);
}

}  // namespace pcd::transport
