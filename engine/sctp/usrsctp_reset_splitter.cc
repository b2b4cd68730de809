#include "engine/sctp/usrsctp_reset_splitter.h"

#include <algorithm>
#include <utility>

#include "engine/sctp/sctp_chunks.h"

namespace pcd::sctp {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kTagOffset = 4;        // In the common header.
constexpr size_t kNumberOffset = 4;     // In requests and responses.
constexpr size_t kResultOffset = 8;     // In responses.
constexpr size_t kAnsweredOffset = 8;   // In outgoing reset requests: the number of the other
                                        // side's last request.
constexpr size_t kListOffset = 16;      // In outgoing reset requests.
constexpr size_t kShortestRequest = 8;  // Its header and its number.
constexpr size_t kShortestResponse = 12;
constexpr size_t kPieceBytes = UsrsctpResetSplitter::kMostStreams * sizeof(uint16_t);

// Results (RFC 6525 section 4.4).
constexpr uint32_t kNothingToDo = 0;
constexpr uint32_t kPerformed = 1;
constexpr uint32_t kInProgress = 6;

// Requests are numbered in serial number arithmetic, like TSNs.
bool IsBefore(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }

uint16_t TypeOf(ByteSpan parameter) { return LoadU16(parameter.data()); }

bool IsRequest(ByteSpan parameter) {
  switch (TypeOf(parameter)) {
    case kOutgoingResetRequest:
    case kIncomingResetRequest:
    case kTsnResetRequest:
    case kAddOutgoingStreamsRequest:
    case kAddIncomingStreamsRequest:
      return parameter.size() >= kShortestRequest;
    default:
      return false;
  }
}

bool IsOutgoingReset(ByteSpan parameter) {
  return TypeOf(parameter) == kOutgoingResetRequest && parameter.size() >= kListOffset;
}
bool IsLarge(ByteSpan parameter) {
  return IsOutgoingReset(parameter) && parameter.size() >= kListOffset + kPieceBytes + 2;
}
// Of an outgoing reset request; whole numbers only.
ByteSpan ListOf(ByteSpan request) {
  const ByteSpan list = request.subspan(kListOffset);
  return list.first(list.size() & ~size_t{1});
}

bool HasLargeRequest(ByteSpan packet) {
  bool found = false;
  ForEachSctpChunk(packet, [&](size_t, ByteSpan chunk) {
    if (chunk[0] != kReConfigChunk) return;
    ForEachSctpParameter(chunk.subspan(kSctpChunkHeader),
                         [&](ByteSpan parameter) { found = found || IsLarge(parameter); });
  });
  return found;
}

void Append(ByteSpan bytes, Bytes& out) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void Pad(Bytes& out) { out.resize((out.size() + 3) & ~size_t{3}); }

void AppendWithNumber(ByteSpan parameter, uint32_t number, Bytes& out) {
  const size_t at = out.size();
  Append(parameter, out);
  StoreU32(out.data() + at + kNumberOffset, number);
}

// An outgoing reset request with as much of the list as usrsctp takes.
void AppendReset(ByteSpan fixed_part, ByteSpan list, uint32_t number, Bytes& out) {
  const size_t at = out.size();
  AppendWithNumber(fixed_part, number, out);
  Append(list.first(std::min(list.size(), kPieceBytes)), out);
  StoreU16(out.data() + at + 2, static_cast<uint16_t>(out.size() - at));
}

// Begins a RE-CONFIG chunk; FinishChunk writes the length to it, or takes it back when nothing
// has come.
size_t BeginChunk(Bytes& out) {
  const size_t at = out.size();
  out.insert(out.end(), {kReConfigChunk, 0, 0, 0});
  return at;
}
void FinishChunk(size_t at, Bytes& out) {
  if (out.size() == at + kSctpChunkHeader) {
    out.resize(at);
    return;
  }
  StoreU16(out.data() + at + 2, static_cast<uint16_t>(out.size() - at));
  Pad(out);
}

// A copy of the packet in which rewrite(parameter, out) has written what stands for each
// parameter of its RE-CONFIG chunks; empty when no chunk is left.
template <typename Rewrite>
Bytes RewriteReConfigs(ByteSpan packet, Rewrite&& rewrite) {
  Bytes out;
  out.reserve(packet.size() + kSctpChunkHeader);
  Append(packet.first(kSctpCommonHeader), out);
  ForEachSctpChunk(packet, [&](size_t, ByteSpan chunk) {
    if (chunk[0] != kReConfigChunk) {
      Append(chunk, out);
      Pad(out);
      return;
    }
    const size_t at = BeginChunk(out);
    ForEachSctpParameter(chunk.subspan(kSctpChunkHeader), [&](ByteSpan parameter) {
      Pad(out);
      rewrite(parameter, out);
    });
    FinishChunk(at, out);
  });
  if (out.size() == kSctpCommonHeader) out.clear();
  return out;
}

}  // namespace

std::optional<std::vector<uint8_t>> UsrsctpResetSplitter::OnInput(ByteSpan packet) {
  if (packet.size() < kSctpCommonHeader) return std::nullopt;
  const uint32_t tag = LoadU32(packet.data() + kTagOffset);
  if (tag != tag_) {
    // Another association: the peer has started anew.
    tag_ = tag;
    shift_ = 0;
    split_.reset();
  }
  if (!split_ && shift_ == 0 && !HasLargeRequest(packet)) return std::nullopt;
  return RewriteReConfigs(
      packet, [&](ByteSpan parameter, Bytes& out) { RewriteIncoming(packet, parameter, out); });
}

void UsrsctpResetSplitter::RewriteIncoming(ByteSpan packet, ByteSpan parameter, Bytes& out) {
  if (IsRequest(parameter)) {
    RewriteRequest(packet, parameter, out);
  } else {
    Append(parameter, out);  // A response: to a request of usrsctp's own numbering.
  }
}

void UsrsctpResetSplitter::RewriteRequest(ByteSpan packet, ByteSpan parameter, Bytes& out) {
  const uint32_t number = LoadU32(parameter.data() + kNumberOffset);
  if (IsLarge(parameter)) {
    if (IsNew(number)) Begin(packet, parameter);
    if (Unanswered() && number == split_->number) {
      AppendPiece(out);
      return;
    }
  }
  const std::optional<uint32_t> mapped = ToUsrsctp(number);
  if (!mapped) return;
  if (IsOutgoingReset(parameter)) {
    // A large one is no new one: usrsctp repeats what it said and does not look at the list.
    AppendReset(parameter.first(kListOffset), ListOf(parameter), *mapped, out);
  } else {
    AppendWithNumber(parameter, *mapped, out);
  }
}

bool UsrsctpResetSplitter::IsNew(uint32_t number) const {
  return !split_ || (!Unanswered() && IsBefore(split_->number, number));
}

std::optional<uint32_t> UsrsctpResetSplitter::ToUsrsctp(uint32_t number) const {
  if (split_ && IsBefore(number, split_->number)) return number + split_->shift_before;
  if (Unanswered()) return std::nullopt;
  return number + shift_;
}

std::optional<uint32_t> UsrsctpResetSplitter::ToPeer(uint32_t number) const {
  const uint32_t mapped = number - shift_;
  if (!split_ || !IsBefore(mapped, split_->number)) return mapped;
  const uint32_t before = number - split_->shift_before;
  if (IsBefore(before, split_->number)) return before;
  return std::nullopt;
}

void UsrsctpResetSplitter::Begin(ByteSpan packet, ByteSpan request) {
  const ByteSpan header = packet.first(kSctpCommonHeader);
  const ByteSpan fixed_part = request.first(kListOffset);
  const ByteSpan list = ListOf(request);
  split_.emplace(Split{.number = LoadU32(request.data() + kNumberOffset),
                       .shift_before = shift_,
                       .header = Bytes(header.begin(), header.end()),
                       .fixed_part = Bytes(fixed_part.begin(), fixed_part.end()),
                       .streams = Bytes(list.begin(), list.end())});
}

// Of the same number until usrsctp has answered: repeated, it is known to usrsctp as the same.
void UsrsctpResetSplitter::AppendPiece(Bytes& out) const {
  AppendReset(split_->fixed_part, split_->streams, split_->number + shift_, out);
}

std::optional<std::vector<uint8_t>> UsrsctpResetSplitter::TakeNext() {
  if (!split_ || !std::exchange(split_->next_due, false)) return std::nullopt;
  Bytes packet = split_->header;
  const size_t at = BeginChunk(packet);
  AppendPiece(packet);
  FinishChunk(at, packet);
  return packet;
}

bool UsrsctpResetSplitter::OnOutput(std::vector<uint8_t>& packet) {
  // Nearly always; and most associations never come any further.
  if (!split_ && shift_ == 0) return true;
  if (packet.size() < kSctpCommonHeader || !HasReConfigChunk(packet)) return true;
  packet = RewriteReConfigs(
      packet, [&](ByteSpan parameter, Bytes& out) { RewriteOutgoing(parameter, out); });
  return !packet.empty();
}

void UsrsctpResetSplitter::RewriteOutgoing(ByteSpan parameter, Bytes& out) {
  if (TypeOf(parameter) == kResetResponse && parameter.size() >= kShortestResponse) {
    const auto number = ToPeer(LoadU32(parameter.data() + kNumberOffset));
    if (!number || !OnResponse(*number, LoadU32(parameter.data() + kResultOffset))) return;
    AppendWithNumber(parameter, *number, out);
    return;
  }
  const size_t at = out.size();
  Append(parameter, out);
  if (!IsOutgoingReset(parameter)) return;
  // Some peers take a request of their own for performed when they see its number here.
  const auto answered = ToPeer(LoadU32(parameter.data() + kAnsweredOffset));
  const bool too_early = !answered || (Unanswered() && *answered == split_->number);
  StoreU32(out.data() + at + kAnsweredOffset, too_early ? split_->number - 1 : *answered);
}

bool UsrsctpResetSplitter::OnResponse(uint32_t number, uint32_t result) {
  if (!split_) return true;
  if (!Unanswered() || number != split_->number) {
    // Nobody asks for what came before it any more.
    constexpr uint32_t kRepeated = 2;
    if (!Unanswered() && !IsBefore(number, split_->number + kRepeated)) split_.reset();
    return true;
  }
  switch (result) {
    case kNothingToDo:
    case kPerformed:
      return OnPieceDone();
    case kInProgress:
      return true;
    default:
      split_->streams = {};
      split_->next_due = false;
      // usrsctp may not even have counted it.
      if (shift_ == split_->shift_before) split_.reset();
      return true;
  }
}

bool UsrsctpResetSplitter::OnPieceDone() {
  Bytes& streams = split_->streams;
  if (streams.size() <= kPieceBytes) {
    streams = {};
    return true;
  }
  streams.erase(streams.begin(), streams.begin() + kPieceBytes);
  ++shift_;
  split_->next_due = true;
  return false;
}

}  // namespace pcd::sctp
