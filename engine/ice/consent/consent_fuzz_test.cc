// Whatever comes, nothing is read beyond it, and only an authenticated answer is consent.
#include <cstdint>
#include <cstdlib>

#include "engine/ice/consent/consent.h"
#include "engine/ice/stun_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string password = "peers-password-22-chars";
  const pcd::ByteSpan whole(data, size);
  const pcd::ByteSpan inner = pcd::ice::RelayedData(whole);
  if (!inner.empty() && (inner.data() < data || inner.data() + inner.size() > data + size)) {
    std::abort();
  }
  pcd::ice::Consent consent;
  consent.SetPassword(password);
  for (const pcd::ByteSpan message : {whole, inner}) {
    if (!consent.OnMessage(message)) continue;
    const auto parsed = pcd::ice::stun::Parse(message);
    if (!parsed || !parsed->VerifyIntegrity(password)) std::abort();
    if (consent.OnMessage(message)) std::abort();
  }
  return 0;
}
