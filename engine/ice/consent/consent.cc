#include "engine/ice/consent/consent.h"

#include <algorithm>

#include "engine/ice/stun_message.h"
#include "engine/ice/stun_writer.h"

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

size_t Consent::WriteCheck(const ConsentCheck& check, const TransactionId& id, Timestamp now,
                           MutableByteSpan out) {
  std::string username;
  username.reserve(check.remote_ufrag.size() + 1 + check.local_ufrag.size());
  username.append(check.remote_ufrag).append(1, ':').append(check.local_ufrag);
  stun::Writer writer(out, stun::Class::kRequest, id);
  writer.Add(stun::kUsername, {reinterpret_cast<const uint8_t*>(username.data()), username.size()});
  std::array<uint8_t, 8> value{};
  StoreU32(value.data(), check.priority);
  writer.Add(stun::kPriority, ByteSpan(value).first(4));
  StoreU64(value.data(), check.tie_breaker);
  writer.Add(check.controlling ? stun::kIceControlling : stun::kIceControlled, value);
  writer.AddIntegrity(password_);
  writer.AddFingerprint();
  if (writer.size() > 0) sent_[next_++ % kAwaited] = Sent{id, now};
  return writer.size();
}

std::optional<Duration> Consent::OnMessage(ByteSpan message, Timestamp now) {
  if (password_.empty() || !LooksLikeAnswer(message)) return std::nullopt;
  const std::optional<stun::Message> answer = stun::Parse(message);
  if (!answer) return std::nullopt;
  for (std::optional<Sent>& sent : sent_) {
    if (!sent || !std::ranges::equal(sent->id, answer->transaction_id)) continue;
    if (!answer->VerifyIntegrity(password_)) return std::nullopt;
    const Duration took = now - sent->at;
    sent.reset();
    return took;
  }
  return std::nullopt;
}

}  // namespace pcd::ice
