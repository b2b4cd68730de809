// Input: a byte for the role and the state to start from, then datagrams, each with a two-byte
// length in front. Some bytes stand for time passing.
#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/dtls/certificate.h"
#include "engine/dtls/dtls_transport.h"

namespace {

const std::shared_ptr<const pcd::dtls::Certificate>& TestCertificate() {
  static const auto certificate = pcd::dtls::Certificate::Generate(1'700'000'000'000'000).value();
  return certificate;
}

void Drain(pcd::dtls::DtlsTransport& dtls) {
  while (dtls.PollOutput()) {
  }
  while (auto event = dtls.PollEvent()) {
    // Nobody with our certificate's fingerprint is on the other side.
    if (std::holds_alternative<pcd::dtls::Connected>(*event)) __builtin_trap();
    if (std::holds_alternative<pcd::dtls::DataReceived>(*event)) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pcd::ByteReader reader(pcd::ByteSpan(data, size));
  const uint8_t options = reader.U8();
  pcd::dtls::DtlsTransport dtls(pcd::dtls::Config{.certificate = TestCertificate()});
  pcd::Timestamp now{};
  if ((options & 2) != 0) dtls.SetRemoteFingerprints({TestCertificate()->fingerprint()}, now);
  const auto role = (options & 1) != 0 ? pcd::DtlsRole::kClient : pcd::DtlsRole::kServer;
  if ((options & 4) == 0) dtls.Start(role, now);
  while (reader.remaining() >= 2) {
    const uint16_t length = reader.U16();
    if ((length & 0x8000) != 0) {
      now += std::chrono::milliseconds(length & 0x7fff);
      dtls.HandleTimeout(now);
    } else {
      dtls.HandleDatagram(reader.Bytes(std::min<size_t>(length, reader.remaining())), now);
    }
    Drain(dtls);
  }
  if ((options & 4) != 0) dtls.Start(role, now);
  dtls.Close();
  Drain(dtls);
  return 0;
}
