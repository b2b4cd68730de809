#include "tests/bench/floor_load.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <sstream>

#include "engine/base/bytes.h"
#include "tests/bench/floor_keys.h"
#include "tests/bench/pacer.h"
#include "tests/bench/packet_counter.h"

namespace pcd::bench {
namespace {

constexpr size_t kWireBytes = 1100;
constexpr size_t kGcmTag = 16;

}  // namespace

FloorLoad::FloorLoad(const std::string& ports, SrtpProfile profile) {
  std::istringstream in(ports);
  for (int port = 0; in >> port;) {
    uint16_t own = 0;
    Stream stream{.fd = BindLoopback(own),
                  .session = FloorSession(srtp::SrtpDirection::kOutbound, profile)};
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<uint16_t>(port));
    connect(stream.fd, reinterpret_cast<sockaddr*>(&to), sizeof(to));
    streams_.push_back(std::move(stream));
  }
}

FloorLoad::~FloorLoad() {
  for (const Stream& stream : streams_) close(stream.fd);
}

bool FloorLoad::SendOne(Stream& stream) {
  PacketPtr packet = pool_.Get();
  packet->set_size(kWireBytes - kGcmTag);
  std::fill_n(packet->data(), packet->size(), uint8_t{0});
  packet->data()[0] = 0x80;
  packet->data()[1] = 96;
  StoreU16(packet->data() + 2, stream.sequence++);
  StoreU32(packet->data() + 8, 7);
  StoreU64(packet->data() + packet->size() - sizeof(uint64_t), StampNow());
  if (stream.session->ProtectRtp(*packet) != srtp::SrtpResult::kOk) return false;
  return send(stream.fd, packet->data(), packet->size(), MSG_DONTWAIT) > 0;
}

uint64_t FloorLoad::Send(double rate, double seconds) {
  using Clock = std::chrono::steady_clock;
  Pacer pacer(streams_.size(), rate);
  uint64_t sent = 0;
  const auto start = Clock::now();
  for (double elapsed = 0; elapsed < seconds;) {
    usleep(1000);
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    pacer.Advance(std::min(elapsed, seconds),
                  [&](size_t stream) { sent += SendOne(streams_[stream]); });
  }
  return sent;
}

}  // namespace pcd::bench
