// Whatever arrives is read without harm, and answered by no more than a lite end may: without
// the password there is no path, and a refusal is not signed.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "engine/ice/lite_agent.h"
#include "engine/ice/stun_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pcd::ice::LiteAgent;
  const auto message = pcd::ice::stun::Parse({data, size});
  if (!message.has_value()) return 0;
  // The RFC 5769 password, so that the corpus has messages that pass.
  LiteAgent agent({.ufrag = "evtj", .pwd = "VOkJxbRl1RmTxUk/WvJxBt", .lite = true}, {});
  const pcd::Timestamp now(std::chrono::seconds(1));
  const pcd::ice::PathAddress from{0, {pcd::IpAddress::V4({192, 0, 2, 1}), 4000}};
  const LiteAgent::Verdict verdict = agent.Judge(*message, from);
  if (verdict.accepted() && !verdict.authenticated) std::abort();
  if (verdict.accepted()) agent.HandleCheck(*message, verdict, from, 1, now);
  if (agent.paths().empty() == verdict.accepted()) std::abort();
  std::array<uint8_t, 512> out;
  const size_t written = agent.WriteReply(*message, verdict, from, out);
  const auto reply = pcd::ice::stun::Parse({out.data(), written});
  if (!reply.has_value() || reply->error_code != verdict.error) std::abort();
  if ((reply->integrity_offset != 0) != verdict.authenticated) std::abort();
  // The same bytes again: from there they add nothing, from elsewhere they are no check.
  if (verdict.accepted()) {
    if (!agent.Judge(*message, from).repeated) std::abort();
    if (agent.Judge(*message, {1, from.remote}).accepted()) std::abort();
  }
  return 0;
}
