#include "engine/ice/turn/turn_answers_testing.h"

#include <openssl/md5.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/ice/stun_attributes.h"
#include "engine/ice/stun_writer.h"

namespace pcd::ice {
namespace {

constexpr std::string_view kRealm = "test";
constexpr std::string_view kNonce = "nonce";
constexpr size_t kMaxAnswer = 256;

constexpr uint16_t kRefresh = 4;
constexpr uint16_t kCreatePermission = 8;
constexpr uint16_t kChannelBind = 9;
constexpr uint16_t kMappedAddress = 0x0001;
constexpr uint16_t kLifetime = 0x000D;
constexpr uint16_t kRealmType = 0x0014;
constexpr uint16_t kNonceType = 0x0015;

ByteSpan AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// RFC 8489 section 9.2.2.
std::string LongTermKey() {
  const std::string text = "user:" + std::string(kRealm) + ":secret";
  std::array<uint8_t, MD5_DIGEST_LENGTH> digest;
  MD5(AsBytes(text).data(), text.size(), digest.data());
  return {digest.begin(), digest.end()};
}

void AddU32(stun::Writer& writer, uint16_t type, uint32_t value) {
  std::array<uint8_t, 4> bytes;
  StoreU32(bytes.data(), value);
  writer.Add(type, bytes);
}

}  // namespace

std::vector<uint8_t> TurnAnswers::Answer(ByteSpan request, const SocketAddress& source) {
  if (request.size() < stun::kHeaderSize) return {};
  client_ = source;
  if (LoadU16(request.data()) == stun::kBinding) return AnswerBinding(request, source);
  const auto message = stun::Parse(request);
  if (!message.has_value() || message->message_class != stun::Class::kRequest) return {};
  return message->username == "user" && message->VerifyIntegrity(LongTermKey())
             ? Grant(*message, source)
             : Refuse(*message);
}

bool TurnAnswers::GivesAnAddress(ByteSpan answer) {
  return answer.size() > 2 && LoadU16(answer.data()) == (0x0100 | stun::kAllocate);
}

// The client may ask as RFC 3489 says: the answer repeats all 16 bytes behind the length, and the
// address is not masked.
std::vector<uint8_t> TurnAnswers::AnswerBinding(ByteSpan request,
                                                const SocketAddress& source) const {
  const SocketAddress seen = mapped.value_or(source);
  std::array<uint8_t, 20> value{0, static_cast<uint8_t>(seen.ip.is_v6() ? 2 : 1)};
  StoreU16(value.data() + 2, seen.port);
  const size_t size = seen.ip.is_v6() ? 16 : 4;
  std::copy_n(seen.ip.bytes().begin(), size, value.begin() + 4);
  std::vector<uint8_t> answer(kMaxAnswer);
  stun::Writer writer(answer, stun::Class::kSuccess, request.subspan(8, stun::kTransactionIdSize));
  writer.Add(kMappedAddress, ByteSpan(value).first(4 + size));
  answer.resize(writer.size());
  std::copy_n(request.begin() + 4, 4, answer.begin() + 4);
  return answer;
}

std::vector<uint8_t> TurnAnswers::Refuse(const stun::Message& request) {
  ++refused_;
  std::vector<uint8_t> answer(kMaxAnswer);
  stun::Writer writer(answer, stun::Class::kError, request.transaction_id, request.method);
  writer.AddErrorCode(stun::kUnauthorized);
  writer.Add(kRealmType, AsBytes(kRealm));
  writer.Add(kNonceType, AsBytes(kNonce));
  answer.resize(writer.size());
  return answer;
}

std::vector<uint8_t> TurnAnswers::Grant(const stun::Message& request, const SocketAddress& source) {
  std::vector<uint8_t> answer(kMaxAnswer);
  stun::Writer writer(answer, stun::Class::kSuccess, request.transaction_id, request.method);
  switch (request.method) {
    case stun::kAllocate:
      writer.AddXorAddress(stun::kXorRelayedAddress, relayed_);
      writer.AddXorMappedAddress(mapped.value_or(source));
      AddU32(writer, kLifetime, 600);
      break;
    case kRefresh:
      ++refreshes_;
      AddU32(writer, kLifetime, 0);  // No test lives long enough for another kind.
      break;
    case kCreatePermission:
    case kChannelBind:
      break;
    default:
      return {};
  }
  writer.AddIntegrity(LongTermKey());
  answer.resize(writer.size());
  return answer;
}

}  // namespace pcd::ice
