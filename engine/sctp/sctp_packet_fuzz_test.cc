#include <cstdint>

#include "engine/sctp/crc32c.h"
#include "engine/sctp/fake_sctp_packet.h"
#include "engine/sctp/sctp_packet_check.h"
#include "engine/sctp/usrsctp_reset_gate.h"

// Everything here that reads a peer's packets before a library does.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pcd::ByteSpan;
  const ByteSpan packet(data, size);
  pcd::sctp::UsrsctpResetGate gate;
  gate.OnOutput(packet);
  gate.OnInput(packet);
  gate.OnOutput(packet);
  gate.TakeReleased();
  if (pcd::sctp::IsPlausibleSctpPacket(packet)) pcd::sctp::HasSctpChecksum(packet);
  if (const auto frame = pcd::sctp::fake::Parse(packet)) pcd::sctp::fake::Write(*frame);
  return 0;
}
