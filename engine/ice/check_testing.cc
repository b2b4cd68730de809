#include "engine/ice/check_testing.h"

#include <array>
#include <atomic>

#include "engine/base/bytes.h"
#include "engine/ice/stun_writer.h"

namespace pcd::ice {
namespace {

uint32_t NextTransaction() {
  static std::atomic<uint32_t> last{1 << 16};
  return ++last;
}

}  // namespace

CheckToMake CheckFor(const IceParameters& ours, const IceParameters& peers, bool use_candidate) {
  return {.username = ours.ufrag + ":" + peers.ufrag,
          .password = ours.pwd,
          .use_candidate = use_candidate};
}

std::vector<uint8_t> MakeCheck(const CheckToMake& check) {
  std::vector<uint8_t> bytes(1200);
  std::array<uint8_t, stun::kTransactionIdSize> transaction;
  transaction.fill(0x5A);
  StoreU32(transaction.data(), check.transaction.value_or(NextTransaction()));
  stun::Writer writer(bytes, stun::Class::kRequest, transaction);
  if (!check.username.empty()) {
    writer.Add(stun::kUsername,
               {reinterpret_cast<const uint8_t*>(check.username.data()), check.username.size()});
  }
  const auto add_u64 = [&writer](uint16_t type, uint64_t value) {
    std::array<uint8_t, 8> out;
    StoreU64(out.data(), value);
    writer.Add(type, out);
  };
  const std::array<uint8_t, 4> zeros{};
  for (const uint16_t type : check.unknown) {
    writer.Add(type, ByteSpan(zeros).first(check.unknown_size));
  }
  if (check.controlling) add_u64(stun::kIceControlling, *check.controlling);
  if (check.controlled) add_u64(stun::kIceControlled, *check.controlled);
  if (check.priority) {
    std::array<uint8_t, 4> out;
    StoreU32(out.data(), *check.priority);
    writer.Add(stun::kPriority, out);
  }
  if (check.use_candidate) writer.Add(stun::kUseCandidate, {});
  if (!check.password.empty()) writer.AddIntegrity(check.password);
  if (check.fingerprint) writer.AddFingerprint();
  bytes.resize(writer.size());
  return bytes;
}

}  // namespace pcd::ice
