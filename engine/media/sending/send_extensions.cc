#include "engine/media/sending/send_extensions.h"

#include <algorithm>
#include <cstring>

#include "engine/base/bytes.h"
#include "engine/rtp/header_extension.h"

namespace pcd::media {
namespace {

constexpr size_t kHeadBytes = 4;
// What the one-byte form can name and hold (RFC 8285 section 4.2).
constexpr uint16_t kMaxOneByteId = 14;
constexpr size_t kMaxOneByteLength = 16;

uint16_t IdOf(const std::vector<HeaderExtension>& negotiated, const char* uri) {
  for (const HeaderExtension& extension : negotiated) {
    const bool usable = extension.id > 0 && extension.id < 256 && extension.id != 15;
    if (extension.uri == uri && usable && Sends(extension.direction)) return extension.id;
  }
  return 0;
}

}  // namespace

size_t SendExtensions::Add(bool two_byte, uint16_t id, size_t length) {
  if (two_byte) {
    layout_.push_back(static_cast<uint8_t>(id));
    layout_.push_back(static_cast<uint8_t>(length));
  } else {
    layout_.push_back(static_cast<uint8_t>(id << 4 | (length - 1)));
  }
  const size_t at = layout_.size();
  layout_.resize(at + length);
  return at;
}

// Id 0: nobody reads it, but it takes its place.
void SendExtensions::AddText(bool two_byte, uint16_t id, const std::string& text) {
  if (id == 0) {
    layout_.resize(layout_.size() + (two_byte ? 2 : 1) + text.size());
    return;
  }
  const size_t at = Add(two_byte, id, text.size());
  std::memcpy(layout_.data() + at, text.data(), text.size());
}

void SendExtensions::Set(const std::vector<HeaderExtension>& negotiated, const std::string& mid,
                         const std::string& rid, bool repairs) {
  layout_.clear();
  abs_send_time_at_ = transport_sequence_at_ = 0;
  const bool mid_fits = !mid.empty() && mid.size() <= kMaxMidBytes;
  const uint16_t mid_id = mid_fits ? IdOf(negotiated, kMidExtensionUri) : 0;
  const uint16_t time_id = IdOf(negotiated, kAbsSendTimeExtensionUri);
  const uint16_t transport_id = IdOf(negotiated, kTransportCcExtensionUri);
  const bool rid_fits = !rid.empty() && rid.size() <= kMaxMidBytes;
  const uint16_t rid_id = rid_fits ? IdOf(negotiated, kRidExtensionUri) : 0;
  const uint16_t repaired_id = rid_id != 0 ? IdOf(negotiated, kRepairedRidExtensionUri) : 0;
  if (mid_id == 0 && time_id == 0 && transport_id == 0 && rid_id == 0) return;

  const bool two_byte =
      std::max({mid_id, time_id, transport_id, rid_id, repaired_id}) > kMaxOneByteId ||
      (mid_id != 0 && mid.size() > kMaxOneByteLength) ||
      (rid_id != 0 && rid.size() > kMaxOneByteLength);
  layout_.resize(kHeadBytes);
  StoreU16(layout_.data(),
           two_byte ? rtp::kTwoByteExtensionProfile : rtp::kOneByteExtensionProfile);
  if (time_id != 0) abs_send_time_at_ = Add(two_byte, time_id, 3);
  if (transport_id != 0) transport_sequence_at_ = Add(two_byte, transport_id, 2);
  if (mid_id != 0) AddText(two_byte, mid_id, mid);
  if (rid_id != 0) AddText(two_byte, repairs ? repaired_id : rid_id, rid);
  layout_.resize((layout_.size() + 3) / 4 * 4);  // Zero bytes are padding.
  StoreU16(layout_.data() + 2, static_cast<uint16_t>(layout_.size() / 4 - 1));
}

void SendExtensions::Write(uint8_t* out, const SendExtensionValues& values) const {
  if (layout_.empty()) return;
  std::memcpy(out, layout_.data(), layout_.size());
  if (abs_send_time_at_ != 0) StoreU24(out + abs_send_time_at_, values.abs_send_time & 0xFFFFFF);
  if (transport_sequence_at_ != 0) {
    StoreU16(out + transport_sequence_at_, values.transport_sequence);
  }
}

}  // namespace pcd::media
