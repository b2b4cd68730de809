// Whatever comes, nothing is read beyond it, and only an authenticated answer is consent.
#include <algorithm>
#include <array>
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
  for (const pcd::ByteSpan message : {whole, inner}) {
    pcd::ice::Consent consent;
    consent.SetPassword(password);
    const auto parsed = pcd::ice::stun::Parse(message);
    pcd::ice::Consent::TransactionId id{};
    if (parsed) std::ranges::copy(parsed->transaction_id, id.begin());
    std::array<uint8_t, pcd::ice::Consent::kMaxCheckSize> check;
    if (consent.WriteCheck({.remote_ufrag = "p", .local_ufrag = "o"}, id, {}, check) == 0) {
      std::abort();
    }
    if (!consent.OnMessage(message, {})) continue;
    if (!parsed || !parsed->VerifyIntegrity(password)) std::abort();
    if (consent.OnMessage(message, {})) std::abort();
  }
  return 0;
}
