#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/random.h"
#include "engine/jsep/session.h"
#include "engine/sdp/parser.h"

namespace pcd::jsep {
namespace {

IceParameters Ice(const TransportRequest& request) {
  return {
      .ufrag = (request.ice_restart ? "abce" : "abcd") + std::to_string(request.transport_index),
      .pwd = "abcdefghijklmnopqrstuvwx",
      .options = {"trickle"}};
}

Options MakeOptions(BundlePolicy policy) {
  Options options;
  options.config.bundle_policy = policy;
  options.local_fingerprints = {{.algorithm = "x-test", .value = "AA:BB"}};
  return options;
}

// Whatever is accepted must be answered, and the answer must parse. The part behind the first
// zero byte is a second offer, and a candidate before
// and after the first.
void AnswerIt(BundlePolicy policy, std::string_view first, std::string_view second) {
  SeededRandom random(1);
  Session session(MakeOptions(policy), random);
  session.AddRemoteCandidate({.candidate = std::string(second), .sdp_mid = "0"})
      .status()
      .IgnoreError();
  for (std::string_view text : {first, second}) {
    if (!session.SetRemoteDescription({.type = SdpType::kOffer, .sdp = std::string(text)}).ok()) {
      return;
    }
    session.AddRemoteCandidate({.candidate = std::string(second), .sdp_mline_index = 0})
        .status()
        .IgnoreError();
    const auto result = session.SetLocalDescription(std::nullopt, Ice);
    if (!result.ok()) std::abort();
    const std::string answer = session.local_description()->sdp;
    if (!sdp::Parse(answer, {.max_sdp_bytes = SIZE_MAX}).ok()) std::abort();
    if (!session.CreateOffer({}, Ice).ok()) std::abort();
  }
}

void TakeAsAnswer(BundlePolicy policy, std::string_view text) {
  SeededRandom random(1);
  Session session(MakeOptions(policy), random);
  session.AddTransceiver(MediaKind::kAudio, {}).status().IgnoreError();
  session.AddTransceiver(MediaKind::kVideo, {}).status().IgnoreError();
  session.AddDataSection().IgnoreError();
  if (!session.SetLocalDescription(std::nullopt, Ice).ok()) std::abort();
  const auto result =
      session.SetRemoteDescription({.type = SdpType::kAnswer, .sdp = std::string(text)});
  if (result.ok() != (session.signaling_state() == SignalingState::kStable)) std::abort();
  if (result.ok() && !session.SetLocalDescription(std::nullopt, Ice).ok()) std::abort();
}

}  // namespace
}  // namespace pcd::jsep

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t zero = text.find('\0');
  const std::string_view first = text.substr(0, zero);
  const std::string_view second = zero == std::string_view::npos ? first : text.substr(zero + 1);
  for (const pcd::BundlePolicy policy :
       {pcd::BundlePolicy::kMaxBundle, pcd::BundlePolicy::kBalanced,
        pcd::BundlePolicy::kMaxCompat}) {
    pcd::jsep::AnswerIt(policy, first, second);
    pcd::jsep::TakeAsAnswer(policy, first);
  }
  return 0;
}
