#include "engine/rtp/rtcp/extended_report.h"

namespace pcd::rtp {
namespace {

constexpr uint8_t kReferenceTime = 4;
constexpr uint8_t kDelays = 5;
constexpr size_t kBlockHeaderBytes = 4;
constexpr size_t kReferenceTimeBytes = 8;
constexpr size_t kSsrcBytes = 4;

void WriteBlockHeader(ByteWriter& out, uint32_t sender_ssrc, uint8_t type, size_t bytes) {
  WriteRtcpHeader(out, kRtcpExtendedReport, 0, kSsrcBytes + kBlockHeaderBytes + bytes);
  out.U32(sender_ssrc);
  out.U8(type);
  out.U8(0);
  out.U16(static_cast<uint16_t>(bytes / 4));
}

}  // namespace

XrBlockReader::XrBlockReader(const RtcpPacketView& packet) {
  if (packet.type != kRtcpExtendedReport || packet.body.size() < kSsrcBytes) return;
  sender_ssrc_ = LoadU32(packet.body.data());
  rest_ = packet.body.subspan(kSsrcBytes);
}

bool XrBlockReader::Next(XrBlock& block) {
  if (rest_.size() < kBlockHeaderBytes) return false;
  const size_t size = size_t{4} * LoadU16(rest_.data() + 2);
  if (size > rest_.size() - kBlockHeaderBytes) {
    rest_ = {};
    return false;
  }
  block = {.type = rest_[0], .body = rest_.subspan(kBlockHeaderBytes, size)};
  rest_ = rest_.subspan(kBlockHeaderBytes + size);
  return true;
}

std::optional<NtpTime> ParseReferenceTime(const XrBlock& block) {
  if (block.type != kReferenceTime || block.body.size() != kReferenceTimeBytes) {
    return std::nullopt;
  }
  ByteReader in(block.body);
  return NtpTime{in.U64()};
}

ByteSpan ParseDelays(const XrBlock& block) {
  if (block.type != kDelays || block.body.size() % kDelaySinceLastRrBytes != 0) return {};
  return block.body;
}

DelaySinceLastRr LoadDelay(ByteSpan delays, size_t index) {
  ByteReader in(delays.subspan(index * kDelaySinceLastRrBytes));
  DelaySinceLastRr delay;
  delay.ssrc = in.U32();
  delay.last_rr = in.U32();
  delay.delay = in.U32();
  return delay;
}

void WriteReferenceTime(ByteWriter& out, uint32_t sender_ssrc, NtpTime now) {
  WriteBlockHeader(out, sender_ssrc, kReferenceTime, kReferenceTimeBytes);
  out.U64(now.value);
}

void WriteDelays(ByteWriter& out, uint32_t sender_ssrc, std::span<const DelaySinceLastRr> delays) {
  WriteBlockHeader(out, sender_ssrc, kDelays, delays.size() * kDelaySinceLastRrBytes);
  for (const DelaySinceLastRr& delay : delays) {
    out.U32(delay.ssrc);
    out.U32(delay.last_rr);
    out.U32(delay.delay);
  }
}

}  // namespace pcd::rtp
