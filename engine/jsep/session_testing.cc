#include "engine/jsep/session_testing.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "engine/base/status.h"
#include "engine/sdp/parser.h"

namespace pcd::jsep {
namespace {

Fingerprint FingerprintOf(char name) {
  const std::string byte = std::string("A") + static_cast<char>('0' + name % 10);
  std::string value = byte;
  for (int i = 1; i < 32; ++i) value += ":" + byte;
  return {.algorithm = "sha-256", .value = value};
}

}  // namespace

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ReadSample(const std::string& name) {
  return ReadFile("engine/sdp/parser_corpus/" + name);
}

Peer::Peer(char name, Options options, BundlePolicy bundle_policy)
    : name(name), random(static_cast<uint64_t>(name)) {
  options.config.bundle_policy = bundle_policy;
  if (options.local_fingerprints.empty()) options.local_fingerprints = {FingerprintOf(name)};
  session = std::make_unique<Session>(std::move(options), random);
  transport_info = [this](const TransportRequest& request) {
    EXPECT_EQ(request.ice_restart, !transports.insert(request.transport_index).second);
    const std::string generation = std::to_string(generations++);
    return IceParameters{.ufrag = std::string(3, this->name) + generation,
                         .pwd = std::string(23, this->name) + generation,
                         .options = {"trickle"}};
  };
}

std::string Peer::CreateOffer(bool ice_restart) {
  auto offer = session->CreateOffer({.ice_restart = ice_restart}, transport_info);
  EXPECT_TRUE(offer.ok()) << offer.status();
  return offer.ok() ? offer->sdp : "";
}

std::string Peer::CreateAnswer() {
  auto answer = session->CreateAnswer({}, transport_info);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? answer->sdp : "";
}

ApplyResult Peer::SetLocal(SdpType type, const std::string& sdp) {
  auto result =
      session->SetLocalDescription(SessionDescription{.type = type, .sdp = sdp}, transport_info);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? Act(*std::move(result)) : ApplyResult{};
}

ApplyResult Peer::SetRemote(SdpType type, const std::string& sdp) {
  auto result = session->SetRemoteDescription({.type = type, .sdp = sdp});
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? Act(*std::move(result)) : ApplyResult{};
}

ApplyResult Peer::Act(ApplyResult result) {
  for (const size_t index : result.closed_transports) EXPECT_EQ(transports.erase(index), 1u);
  return result;
}

ApplyResult Peer::Answer(const std::string& offer) {
  SetRemote(SdpType::kOffer, offer);
  return SetLocal(SdpType::kAnswer);
}

std::string Peer::LocalSdp() const {
  const auto description = session->local_description();
  return description ? description->sdp : "";
}

Negotiated Negotiate(Peer& offerer, Peer& answerer) {
  Negotiated results;
  offerer.SetLocal(SdpType::kOffer);
  results.answerer = answerer.Answer(offerer.LocalSdp());
  results.offerer = offerer.SetRemote(SdpType::kAnswer, answerer.LocalSdp());
  return results;
}

sdp::Description MustParse(const std::string& text) {
  auto description = sdp::Parse(text, {});
  EXPECT_TRUE(description.ok()) << description.status() << "\n" << text;
  return description.ok() ? *std::move(description) : sdp::Description{};
}

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

void ExpectError(const absl::Status& status, ErrorReason reason, const std::string& dom_exception,
                 int line, const std::string& rule) {
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(ErrorReasonName(GetErrorReason(status)), ErrorReasonName(reason)) << status;
  EXPECT_EQ(GetErrorDetail(status).dom_exception, dom_exception) << status;
  EXPECT_EQ(GetErrorDetail(status).sdp_line, line) << status;
  const bool of_description =
      reason == ErrorReason::INVALID_SDP || reason == ErrorReason::SDP_SEMANTICS ||
      reason == ErrorReason::UNSUPPORTED_SDP || reason == ErrorReason::SDP_MODIFIED;
  EXPECT_EQ(GetErrorDetail(status).rule.empty(), !of_description) << status;
  if (!rule.empty()) {
    EXPECT_EQ(GetErrorDetail(status).rule, rule) << status;
  }
}

Candidate HostCandidate(const std::string& address, uint16_t port) {
  return {.foundation = "1", .priority = 2130706431, .address = address, .port = port};
}

}  // namespace pcd::jsep
