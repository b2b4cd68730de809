#include "engine/ice/server_log.h"

#include <algorithm>
#include <optional>

#include "engine/ice/stun_attributes.h"
#include "engine/ice/stun_message.h"

namespace pcd::ice {
namespace {

constexpr int kTryAlternate = 300;
constexpr int kNoAnswer = 701;
// Of one server. It gives one to each of our sockets, of which libnice has fewer than 64.
constexpr size_t kMaxRelayed = 64;

struct Answer {
  bool success = false;
  int error_code = 0;                      // 0: none.
  std::optional<SocketAddress> relayed{};  // Of an Allocate request.
};

// libnice follows all of these to the ALTERNATE-SERVER.
bool PointsElsewhere(int error_code) { return error_code / 100 == kTryAlternate / 100; }

// The first one of this type; nullopt: none before the message ends or is cut short.
std::optional<ByteSpan> FindAttribute(ByteSpan message, uint16_t wanted) {
  ByteReader reader(message);
  reader.Skip(stun::kHeaderSize);
  while (reader.remaining() > 0) {
    const uint16_t type = reader.U16();
    const size_t size = reader.U16();
    const ByteSpan value = reader.Bytes(size);
    reader.Skip((4 - size % 4) % 4);
    if (!reader.ok()) break;
    if (type == wanted) return value;
  }
  return std::nullopt;
}

std::optional<SocketAddress> ReadRelayed(ByteSpan message) {
  constexpr uint16_t kAllocateSuccess = 0x0100 | stun::kAllocate;
  if (LoadU16(message.data()) != kAllocateSuccess) return std::nullopt;
  if (LoadU32(message.data() + 4) != stun::kMagicCookie) return std::nullopt;
  const auto value = FindAttribute(message, stun::kXorRelayedAddress);
  if (!value.has_value()) return std::nullopt;
  return stun::ReadXorAddress(*value, message.subspan(8, stun::kTransactionIdSize));
}

// libnice asks STUN servers as RFC 3489 says, so the answers have no magic cookie, and stun::Parse,
// which is about checks, would not take them. nullopt: not a response.
std::optional<Answer> ReadAnswer(ByteSpan message) {
  constexpr uint16_t kClassBits = 0x0110;
  constexpr uint16_t kSuccess = 0x0100;
  constexpr uint16_t kError = 0x0110;
  if (message.size() < stun::kHeaderSize || message[0] > 3) return std::nullopt;
  const uint16_t type = LoadU16(message.data());
  const size_t length = LoadU16(message.data() + 2);
  if (length + stun::kHeaderSize != message.size()) return std::nullopt;
  if ((type & kClassBits) == kSuccess) {
    return Answer{.success = true, .relayed = ReadRelayed(message)};
  }
  if ((type & kClassBits) != kError) return std::nullopt;
  const auto value = FindAttribute(message, stun::kErrorCode);
  if (!value.has_value() || value->size() < 4) return Answer{.error_code = kNoAnswer};
  return Answer{.error_code = ((*value)[2] & 7) * 100 + (*value)[3]};
}

std::string Explain(int error_code, bool turn) {
  if (PointsElsewhere(error_code)) return "the server points to another one, which is not followed";
  switch (error_code) {
    case kNoAnswer:
      return turn ? "the TURN server gave no address and no reason in time"
                  : "the STUN server did not answer";
    case 401:
      return "the TURN server refuses the user name or the credential";
    case 403:
      return "the TURN server forbids it";
    case 437:
      return "the TURN server knows another allocation of this address";
    case 440:
      return "the TURN server gives no address of IPv4, and of IPv6 it is not asked for one";
    case 486:
      return "the TURN server's quota of this user is used up";
    case 508:
      return "the TURN server has no more addresses";
    default:
      return "the server answered with STUN error " + std::to_string(error_code);
  }
}

}  // namespace

void ServerLog::SetServers(const std::vector<ResolvedServer>& servers) {
  entries_.clear();
  for (const ResolvedServer& server : servers) entries_.push_back({.server = server});
}

bool ServerLog::OnMessage(const SocketAddress& source, ByteSpan message) {
  const auto answer = ReadAnswer(message);
  if (!answer.has_value()) return true;
  bool pass = true;
  for (Entry& entry : entries_) {
    if (!entry.IsAskedAt(source)) continue;
    if (answer->success) {
      entry.answered = true;
      if (entry.server.turn && answer->relayed.has_value()) NoteRelayed(entry, *answer->relayed);
    } else {
      entry.error_code = answer->error_code;
      pass = !PointsElsewhere(answer->error_code);
    }
  }
  return pass;
}

void ServerLog::NoteRelayed(Entry& entry, const SocketAddress& relayed) {
  entry.relay = true;
  // It answers again when its first answer was late.
  if (std::ranges::find(entry.relayed, relayed) != entry.relayed.end()) return;
  if (entry.relayed.size() < kMaxRelayed) entry.relayed.push_back(relayed);
}

void ServerLog::OnRelay(const std::string& url) {
  for (Entry& entry : entries_) entry.relay |= entry.server.turn && entry.server.url == url;
}

bool ServerLog::IsRelay(const SocketAddress& source) const {
  return std::ranges::any_of(
      entries_, [&](const Entry& entry) { return entry.server.turn && entry.IsAskedAt(source); });
}

bool ServerLog::IsServer(const SocketAddress& source) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) { return entry.IsAskedAt(source); });
}

std::string ServerLog::UrlOfStun(const SocketAddress& server) const {
  for (const Entry& entry : entries_) {
    if (!entry.server.turn && entry.server.address == server) return entry.server.url;
  }
  return {};
}

std::string ServerLog::UrlOfRelay(const SocketAddress& relayed,
                                  std::optional<size_t> position) const {
  std::vector<std::string> givers, all;  // Each URL once.
  const auto add = [](std::vector<std::string>& urls, const std::string& url) {
    if (std::ranges::find(urls, url) == urls.end()) urls.push_back(url);
  };
  std::string at_position;
  size_t count = 0;
  for (const Entry& entry : entries_) {
    if (!entry.server.turn || !entry.server.unreachable.empty()) continue;
    if (count++ == position) at_position = entry.server.url;
    add(all, entry.server.url);
    const bool gave = std::ranges::find(entry.relayed, relayed) != entry.relayed.end();
    if (gave) add(givers, entry.server.url);
  }
  if (givers.size() == 1) return givers.front();
  if (!at_position.empty()) return at_position;
  return all.size() == 1 ? all.front() : std::string();
}

std::vector<CandidateError> ServerLog::Failures() const {
  std::vector<CandidateError> failures;
  std::vector<std::string> seen;
  for (const Entry& entry : entries_) {
    const std::string& url = entry.server.url;
    if (std::ranges::find(seen, url) != seen.end()) continue;
    seen.push_back(url);
    bool worked = false;
    int code = kNoAnswer;
    std::string unreachable;
    for (const Entry& other : entries_) {
      if (other.server.url != url) continue;
      worked |= other.server.turn ? other.relay : other.answered;
      if (other.error_code != 0) code = other.error_code;
      if (!other.server.unreachable.empty()) unreachable = other.server.unreachable;
    }
    if (worked) continue;
    const bool no_connection = code == kNoAnswer && !unreachable.empty();
    failures.push_back(
        {.url = url,
         .error_code = code,
         .error_text = no_connection ? unreachable : Explain(code, entry.server.turn)});
  }
  return failures;
}

}  // namespace pcd::ice
