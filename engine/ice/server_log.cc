#include "engine/ice/server_log.h"

#include <algorithm>
#include <optional>

#include "engine/ice/stun_attributes.h"

namespace pcd::ice {
namespace {

constexpr int kTryAlternate = 300;
constexpr int kNoAnswer = 701;

struct Answer {
  bool success = false;
  int error_code = 0;  // 0: none.
};

// libnice asks STUN servers as RFC 3489 says, so the answers have no magic cookie, and stun::Parse,
// which is about checks, would not take them. nullopt: not a response.
std::optional<Answer> ReadAnswer(ByteSpan message) {
  constexpr uint16_t kClassBits = 0x0110;
  constexpr uint16_t kSuccess = 0x0100;
  constexpr uint16_t kError = 0x0110;
  if (message.size() < stun::kHeaderSize || message[0] > 3) return std::nullopt;
  ByteReader reader(message);
  const uint16_t type = reader.U16();
  const size_t length = reader.U16();
  if (length + stun::kHeaderSize != message.size()) return std::nullopt;
  if ((type & kClassBits) == kSuccess) return Answer{.success = true};
  if ((type & kClassBits) != kError) return std::nullopt;
  reader.Skip(stun::kHeaderSize - 4);
  while (reader.remaining() > 0) {
    const uint16_t attribute = reader.U16();
    const size_t size = reader.U16();
    const ByteSpan value = reader.Bytes(size);
    reader.Skip((4 - size % 4) % 4);
    if (!reader.ok()) break;
    if (attribute != stun::kErrorCode || value.size() < 4) continue;
    return Answer{.error_code = (value[2] & 7) * 100 + value[3]};
  }
  return Answer{.error_code = kNoAnswer};
}

std::string Explain(int error_code, bool turn) {
  switch (error_code) {
    case kNoAnswer:
      return turn ? "the TURN server gave no address and no reason in time"
                  : "the STUN server did not answer";
    case kTryAlternate:
      return "the server points to another one, which is not followed";
    case 401:
      return "the TURN server refuses the user name or the credential";
    case 403:
      return "the TURN server forbids it";
    case 437:
      return "the TURN server knows another allocation of this address";
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

bool ServerLog::OnMessage(const SocketAddress& source, bool tcp, ByteSpan message) {
  const auto answer = ReadAnswer(message);
  if (!answer.has_value()) return true;
  bool pass = true;
  for (Entry& entry : entries_) {
    if (entry.server.address != source || entry.server.tcp != tcp) continue;
    if (answer->success) {
      entry.answered = true;
    } else {
      entry.error_code = answer->error_code;
      pass = answer->error_code != kTryAlternate;
    }
  }
  return pass;
}

void ServerLog::OnRelay(const SocketAddress& server, bool tcp) {
  for (Entry& entry : entries_) {
    if (entry.server.turn && entry.server.address == server && entry.server.tcp == tcp) {
      entry.relay = true;
    }
  }
}

bool ServerLog::IsRelay(const SocketAddress& source) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.server.turn && !entry.server.tcp && entry.server.address == source;
  });
}

bool ServerLog::IsServer(const SocketAddress& source) const {
  return std::ranges::any_of(entries_,
                             [&](const Entry& entry) { return entry.server.address == source; });
}

std::string ServerLog::UrlOf(const SocketAddress& server, bool turn, bool tcp) const {
  for (const Entry& entry : entries_) {
    const ResolvedServer& known = entry.server;
    if (known.turn == turn && known.tcp == tcp && known.address == server) return known.url;
  }
  return {};
}

std::string ServerLog::OnlyUdpRelayUrl() const {
  std::string url;
  for (const Entry& entry : entries_) {
    if (!entry.server.turn || entry.server.tcp || entry.server.url == url) continue;
    if (!url.empty()) return {};
    url = entry.server.url;
  }
  return url;
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
    for (const Entry& other : entries_) {
      if (other.server.url != url) continue;
      worked |= other.server.turn ? other.relay : other.answered;
      if (other.error_code != 0) code = other.error_code;
    }
    if (worked) continue;
    failures.push_back(
        {.url = url, .error_code = code, .error_text = Explain(code, entry.server.turn)});
  }
  return failures;
}

}  // namespace pcd::ice
