#include "engine/sctp/fake_sctp_packet.h"

#include <algorithm>

namespace pcd::sctp::fake {
namespace {

constexpr uint32_t kMagic = 0x5046414b;  // "PFAK"
enum Type : uint8_t { kHello = 1, kFragment, kReset, kFin, kAck, kPing, kGoodbye };
enum Flags : uint8_t { kOrdered = 1, kGone = 2 };
constexpr size_t kMaxReason = 200;

struct Writer {
  ByteWriter& out;

  void operator()(const Hello& hello) const {
    out.U8(kHello);
    out.U16(hello.max_streams);
    out.U64(hello.credit);
    out.U8(hello.answered ? 1 : 0);
  }
  void operator()(const Sequenced& frame) const {
    if (const auto* fragment = std::get_if<Fragment>(&frame.body)) {
      WriteFragment(frame.sequence, *fragment);
    } else if (const auto* reset = std::get_if<Reset>(&frame.body)) {
      out.U8(kReset);
      out.U32(frame.sequence);
      out.U16(reset->stream_id);
    } else {
      out.U8(kFin);
      out.U32(frame.sequence);
    }
  }
  void operator()(const Ack& ack) const {
    out.U8(kAck);
    out.U32(ack.next_expected);
    out.U64(ack.credit);
    const size_t count = std::min(ack.received.size(), kMaxAckedExtra);
    out.U8(static_cast<uint8_t>(count));
    for (size_t i = 0; i < count; ++i) out.U32(ack.received[i]);
  }
  void operator()(const Ping&) const { out.U8(kPing); }
  void operator()(const Goodbye& goodbye) const {
    out.U8(kGoodbye);
    const size_t length = std::min(goodbye.reason.size(), kMaxReason);
    out.Bytes({reinterpret_cast<const uint8_t*>(goodbye.reason.data()), length});
  }

 private:
  void WriteFragment(uint32_t sequence, const Fragment& fragment) const {
    out.U8(kFragment);
    out.U32(sequence);
    out.U8(static_cast<uint8_t>((fragment.ordered ? kOrdered : 0) | (fragment.gone ? kGone : 0)));
    out.U16(fragment.stream_id);
    out.U32(fragment.message_number);
    out.U32(fragment.ppid);
    out.U32(fragment.first_sequence);
    out.U32(fragment.count);
    if (fragment.gone) {
      out.U32(fragment.gone_bytes);
    } else {
      out.Bytes(fragment.payload);
    }
  }
};

Frame ParseFragment(ByteReader& in) {
  Sequenced frame;
  Fragment fragment;
  frame.sequence = in.U32();
  const uint8_t flags = in.U8();
  fragment.ordered = (flags & kOrdered) != 0;
  fragment.gone = (flags & kGone) != 0;
  fragment.stream_id = in.U16();
  fragment.message_number = in.U32();
  fragment.ppid = in.U32();
  fragment.first_sequence = in.U32();
  fragment.count = in.U32();
  if (fragment.gone) {
    fragment.gone_bytes = in.U32();
  } else {
    const ByteSpan payload = in.Bytes(in.remaining());
    fragment.payload.assign(payload.begin(), payload.end());
  }
  frame.body = std::move(fragment);
  return frame;
}

Frame ParseAck(ByteReader& in) {
  Ack ack;
  ack.next_expected = in.U32();
  ack.credit = in.U64();
  const size_t count = std::min<size_t>(in.U8(), kMaxAckedExtra);
  for (size_t i = 0; i < count && in.ok(); ++i) ack.received.push_back(in.U32());
  return ack;
}

Frame ParseHello(ByteReader& in) {
  Hello hello;
  hello.max_streams = in.U16();
  hello.credit = in.U64();
  hello.answered = in.U8() != 0;
  return hello;
}

Frame ParseReset(ByteReader& in) {
  const uint32_t sequence = in.U32();
  return Sequenced{.sequence = sequence, .body = Reset{.stream_id = in.U16()}};
}

Frame ParseGoodbye(ByteReader& in) {
  const ByteSpan reason = in.Bytes(std::min(in.remaining(), kMaxReason));
  return Goodbye{.reason = std::string(reason.begin(), reason.end())};
}

std::optional<Frame> ParseBody(uint8_t type, ByteReader& in) {
  switch (type) {
    case kHello:
      return ParseHello(in);
    case kFragment:
      return ParseFragment(in);
    case kReset:
      return ParseReset(in);
    case kFin:
      return Sequenced{.sequence = in.U32(), .body = Fin{}};
    case kAck:
      return ParseAck(in);
    case kPing:
      return Ping{};
    case kGoodbye:
      return ParseGoodbye(in);
    default:
      return std::nullopt;
  }
}

size_t LargestSize(const Frame& frame) {
  size_t size = kFragmentOverhead + 4 * kMaxAckedExtra + kMaxReason;
  if (const auto* sequenced = std::get_if<Sequenced>(&frame)) {
    if (const auto* fragment = std::get_if<Fragment>(&sequenced->body)) {
      size += fragment->payload.size();
    }
  }
  return size;
}

}  // namespace

std::vector<uint8_t> Write(const Frame& frame) {
  std::vector<uint8_t> packet(LargestSize(frame));
  ByteWriter out(packet);
  out.U32(kMagic);
  std::visit(Writer{out}, frame);
  packet.resize(out.size());
  return packet;
}

std::optional<Frame> Parse(ByteSpan packet) {
  ByteReader in(packet);
  if (in.U32() != kMagic) return std::nullopt;
  const uint8_t type = in.U8();
  if (!in.ok()) return std::nullopt;
  std::optional<Frame> frame = ParseBody(type, in);
  if (!in.ok()) return std::nullopt;
  return frame;
}

}  // namespace pcd::sctp::fake
