#include "engine/srtp/srtp_session.h"

#include <srtp2/srtp.h>
#include <strings.h>

#include <algorithm>
#include <bit>

#include "engine/base/status.h"
#include "engine/srtp/boringssl_srtp_crypto.h"

namespace pcd::srtp {
namespace {

// Reordering and retransmission within this many packets are accepted.
constexpr unsigned long kReplayWindow = 1024;
constexpr size_t kRtpHeader = 12;
constexpr size_t kRtcpHeader = 8;

struct ProfileInfo {
  SrtpProfile profile;
  srtp_profile_t native;
  size_t key_length;
  size_t salt_length;
};

constexpr std::array<ProfileInfo, 4> kProfiles = {{
    {SrtpProfile::kAes128CmSha1_80, srtp_profile_aes128_cm_sha1_80, 16, 14},
    {SrtpProfile::kAes128CmSha1_32, srtp_profile_aes128_cm_sha1_32, 16, 14},
    {SrtpProfile::kAeadAes128Gcm, srtp_profile_aead_aes_128_gcm, 16, 12},
    {SrtpProfile::kAeadAes256Gcm, srtp_profile_aead_aes_256_gcm, 32, 12},
}};

const ProfileInfo* Find(SrtpProfile profile) {
  const auto* found = std::ranges::find(kProfiles, profile, &ProfileInfo::profile);
  return found == kProfiles.end() ? nullptr : found;
}

SrtpResult ToResult(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_ok:
      return SrtpResult::kOk;
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:
      return SrtpResult::kAuthFailed;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
    case srtp_err_status_key_expired:
      return SrtpResult::kReplayed;
    default:
      return SrtpResult::kMalformed;
  }
}

}  // namespace

std::string_view ToString(SrtpResult result) {
  switch (result) {
    case SrtpResult::kOk:
      return "ok";
    case SrtpResult::kAuthFailed:
      return "auth_failed";
    case SrtpResult::kReplayed:
      return "replayed";
    case SrtpResult::kMalformed:
      return "malformed";
    case SrtpResult::kNoRoom:
      return "no_room";
  }
  return "";
}

size_t MasterKeyLength(SrtpProfile profile) {
  const ProfileInfo* info = Find(profile);
  return info != nullptr ? info->key_length : 0;
}

size_t MasterSaltLength(SrtpProfile profile) {
  const ProfileInfo* info = Find(profile);
  return info != nullptr ? info->salt_length : 0;
}

absl::StatusOr<std::unique_ptr<SrtpSession>> SrtpSession::Create(SrtpDirection direction,
                                                                 SrtpProfile profile, ByteSpan key,
                                                                 ByteSpan salt, size_t max_ssrcs) {
  PCD_RETURN_IF_ERROR(InitializeSrtp());
  const ProfileInfo* info = Find(profile);
  if (info == nullptr) return InvalidArgument("unknown SRTP profile");
  if (key.size() != info->key_length || salt.size() != info->salt_length) {
    return InvalidArgument("the SRTP key or salt has the wrong length");
  }
  Master master{};
  std::ranges::copy(salt, std::ranges::copy(key, master.begin()).out);
  std::unique_ptr<SrtpSession> session(new SrtpSession(direction, profile, master, max_ssrcs));
  explicit_bzero(master.data(), master.size());
  return session;
}

SrtpSession::SrtpSession(SrtpDirection direction, SrtpProfile profile, const Master& master,
                         size_t max_ssrcs)
    : direction_(direction),
      profile_(profile),
      master_(master),
      max_ssrcs_(std::max<size_t>(max_ssrcs, 1)) {}

SrtpSession::~SrtpSession() {
  if (context_ != nullptr) srtp_dealloc(context_);
  explicit_bzero(master_.data(), master_.size());
}

// False only when libsrtp has no memory: key and salt were checked.
bool SrtpSession::EnsureContext() {
  if (context_ != nullptr) return true;
  const ProfileInfo* info = Find(profile_);
  srtp_policy_t policy{};
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, info->native);
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, info->native);
  policy.ssrc.type = direction_ == SrtpDirection::kInbound ? ssrc_any_inbound : ssrc_any_outbound;
  policy.key = master_.data();
  policy.window_size = kReplayWindow;
  // A sequence number sent twice with another header extension would reuse a GCM nonce.
  policy.allow_repeat_tx = 0;
  if (srtp_create(&context_, &policy) != srtp_err_status_ok) {
    context_ = nullptr;
    return false;
  }
  explicit_bzero(master_.data(), master_.size());
  return true;
}

bool SrtpSession::Admit(uint32_t ssrc) const {
  if (last_ != nullptr && last_->ssrc == ssrc) return true;
  if (sources_.size() < max_ssrcs_ || sources_.contains(ssrc)) return true;
  return direction_ == SrtpDirection::kInbound &&
         packets_ - SilentLongest().newest_packet > kInUsePackets;
}

// Only for authenticated packets: a forged one must not take another's place.
void SrtpSession::Remember(uint32_t ssrc) {
  if (last_ == nullptr || last_->ssrc != ssrc) {
    if (sources_.size() >= max_ssrcs_ && !sources_.contains(ssrc)) {
      RemoveSsrc(SilentLongest().ssrc);
    }
    last_ = &sources_[ssrc];
    last_->ssrc = ssrc;
  }
  last_->newest_packet = packets_;
}

const SrtpSession::Source& SrtpSession::SilentLongest() const {
  const auto older = [](const auto& a, const auto& b) {
    return a.second.newest_packet < b.second.newest_packet;
  };
  return std::ranges::min_element(sources_, older)->second;
}

template <typename Function>
SrtpResult SrtpSession::Apply(Packet& packet, uint32_t ssrc, Function function) {
  ++packets_;
  if (!Admit(ssrc) || !EnsureContext()) return SrtpResult::kNoRoom;
  int length = static_cast<int>(packet.size());
  const srtp_err_status_t status = function(context_, packet.data(), &length);
  if (status != srtp_err_status_ok) return ToResult(status);
  packet.set_size(static_cast<size_t>(length));
  Remember(ssrc);
  return SrtpResult::kOk;
}

SrtpResult SrtpSession::ProtectRtp(Packet& packet) {
  if (packet.size() < kRtpHeader) return SrtpResult::kMalformed;
  if (packet.size() > Packet::kMaxPayload) return SrtpResult::kNoRoom;
  return Apply(packet, LoadU32(packet.data() + 8), srtp_protect);
}

SrtpResult SrtpSession::ProtectRtcp(Packet& packet) {
  if (packet.size() < kRtcpHeader) return SrtpResult::kMalformed;
  if (packet.size() > Packet::kMaxPayload) return SrtpResult::kNoRoom;
  return Apply(packet, LoadU32(packet.data() + 4), srtp_protect_rtcp);
}

SrtpResult SrtpSession::UnprotectRtp(Packet& packet) {
  if (packet.size() < kRtpHeader) return SrtpResult::kMalformed;
  return Apply(packet, LoadU32(packet.data() + 8), srtp_unprotect);
}

SrtpResult SrtpSession::UnprotectRtcp(Packet& packet) {
  if (packet.size() < kRtcpHeader) return SrtpResult::kMalformed;
  return Apply(packet, LoadU32(packet.data() + 4), srtp_unprotect_rtcp);
}

void SrtpSession::RemoveSsrc(uint32_t ssrc) {
  if (last_ != nullptr && last_->ssrc == ssrc) last_ = nullptr;
  if (sources_.erase(ssrc) == 0) return;
  // libsrtp 2.5 compares with the SSRC as it stands in a packet.
  std::array<uint8_t, 4> network_order;
  StoreU32(network_order.data(), ssrc);
  srtp_remove_stream(context_, std::bit_cast<uint32_t>(network_order));
}

}  // namespace pcd::srtp
