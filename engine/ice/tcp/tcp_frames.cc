#include "engine/ice/tcp/tcp_frames.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pcd::ice {

std::array<uint8_t, kTcpFrameHeader> TcpFrameHeader(size_t size) {
  std::array<uint8_t, kTcpFrameHeader> header;
  StoreU16(header.data(), static_cast<uint16_t>(size));
  return header;
}

PacketPtr TcpFrameReader::Next(ByteSpan& bytes) {
  while (!bytes.empty()) {
    if (missing_ == 0) {
      ReadLength(bytes[0]);
      bytes = bytes.subspan(1);
      continue;
    }
    const size_t taken = std::min(missing_, bytes.size());
    if (packet_ != nullptr) {
      std::memcpy(packet_->data() + packet_->size(), bytes.data(), taken);
      packet_->set_size(packet_->size() + taken);
    }
    bytes = bytes.subspan(taken);
    missing_ -= taken;
    if (missing_ == 0 && packet_ != nullptr) return std::move(packet_);
  }
  return nullptr;
}

void TcpFrameReader::ReadLength(uint8_t byte) {
  if (!have_high_) {
    high_ = byte;
    have_high_ = true;
    return;
  }
  have_high_ = false;
  missing_ = static_cast<size_t>(high_) << 8 | byte;
  if (missing_ > Packet::kMaxPayload) {
    ++oversized_;
  } else if (missing_ > 0) {
    packet_ = pool_.Get();
    packet_->set_size(0);
  }
}

}  // namespace pcd::ice
