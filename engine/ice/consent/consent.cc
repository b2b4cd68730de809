#include "engine/ice/consent/consent.h"

#include <algorithm>
#include <optional>

#include "engine/ice/stun_message.h"

namespace pcd::ice {
namespace {

constexpr uint16_t kBindingSuccess = 0x0101;
constexpr uint16_t kDataIndication = 0x0017;
constexpr uint16_t kDataAttribute = 0x0013;
constexpr size_t kHeader = 4;  // Of ChannelData and of an attribute.

bool IsChannel(uint16_t number) { return number >= 0x4000 && number <= 0x4FFF; }

ByteSpan DataOf(ByteSpan indication) {
  ByteReader in(indication.subspan(stun::kHeaderSize));
  while (in.remaining() >= kHeader) {
    const uint16_t type = in.U16();
    const size_t length = in.U16();
    if (length > in.remaining()) return {};
    const ByteSpan value = in.Bytes(length);
    if (type == kDataAttribute) return value;
    in.Skip(std::min((4 - length % 4) % 4, in.remaining()));
  }
  return {};
}

}  // namespace

ByteSpan RelayedData(ByteSpan message) {
  if (message.size() < kHeader) return {};
  const uint16_t type = LoadU16(message.data());
  if (IsChannel(type)) {
    const size_t length = LoadU16(message.data() + 2);
    return length <= message.size() - kHeader ? message.subspan(kHeader, length) : ByteSpan();
  }
  if (type == kDataIndication && message.size() >= stun::kHeaderSize) return DataOf(message);
  return {};
}

bool LooksLikeAnswer(ByteSpan datagram) {
  return datagram.size() >= 2 && LoadU16(datagram.data()) == kBindingSuccess;
}

bool Consent::OnMessage(ByteSpan message) {
  if (password_.empty() || !LooksLikeAnswer(message)) return false;
  const std::optional<stun::Message> answer = stun::Parse(message);
  if (!answer || !answer->VerifyIntegrity(password_)) return false;
  TransactionId id;
  std::ranges::copy(answer->transaction_id, id.begin());
  if (std::ranges::find(seen_, id) != seen_.end()) return false;
  seen_[next_++ % kRemembered] = id;
  return true;
}

}  // namespace pcd::ice
