// CPU time to protect and to unprotect one packet of 1,100 bytes (header included), in place.
#include <benchmark/benchmark.h>

#include <vector>

#include "engine/base/packet.h"
#include "engine/srtp/srtp_session.h"
#include "engine/srtp/srtp_testing.h"

namespace pcd::srtp {
namespace {

constexpr size_t kPayload = 1100 - 12;

SrtpProfile ProfileOf(const benchmark::State& state) {
  return static_cast<SrtpProfile>(state.range(0));
}

void Protect(benchmark::State& state) {
  auto session = MakeSession(SrtpDirection::kOutbound, ProfileOf(state));
  PacketPool pool;
  PacketPtr packet = pool.CopyOf(MakeRtp(5, 0, kPayload));
  uint16_t sequence = 0;
  for (auto _ : state) {
    StoreU16(packet->data() + 2, sequence++);
    packet->set_size(12 + kPayload);
    if (session->ProtectRtp(*packet) != SrtpResult::kOk) state.SkipWithError("protect failed");
  }
}

void Unprotect(benchmark::State& state) {
  constexpr size_t kBatch = 4096;
  auto sender = MakeSession(SrtpDirection::kOutbound, ProfileOf(state));
  auto receiver = MakeSession(SrtpDirection::kInbound, ProfileOf(state));
  PacketPool pool;
  std::vector<PacketPtr> packets(kBatch);
  uint16_t sequence = 0;
  size_t next = kBatch;
  for (auto _ : state) {
    if (next == kBatch) {
      state.PauseTiming();
      for (PacketPtr& packet : packets) {
        packet = pool.CopyOf(MakeRtp(5, sequence++, kPayload));
        sender->ProtectRtp(*packet);
      }
      next = 0;
      state.ResumeTiming();
    }
    if (receiver->UnprotectRtp(*packets[next++]) != SrtpResult::kOk) {
      state.SkipWithError("unprotect failed");
    }
  }
}

void Profiles(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("profile");
  for (SrtpProfile profile :
       {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_80}) {
    benchmark->Arg(static_cast<int>(profile));
  }
}

BENCHMARK(Protect)->Apply(Profiles);
BENCHMARK(Unprotect)->Apply(Profiles);

}  // namespace
}  // namespace pcd::srtp

BENCHMARK_MAIN();
