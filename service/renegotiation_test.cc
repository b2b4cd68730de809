// Negotiation after the first one, through the API: ICE restart, perfect negotiation,
// transceivers, codec preferences, capabilities, the revision guard.
#include <string>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;

class RenegotiationTest : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  Response Must(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    Response response;
    const grpc::Status status = Try(method, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  template <typename Request, typename Response>
  grpc::Status Try(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response* response) {
    return ServiceHarness::Call(method, *service_.connections, request, response);
  }
  template <typename Request>
  Request For(const std::string& id) {
    Request request;
    request.set_peer_connection_id(id);
    return request;
  }
  v1::RtpTransceiver AddVideo(const std::string& id, const std::string& transceiver_id) {
    auto request = For<v1::AddTransceiverRequest>(id);
    request.set_kind(v1::MEDIA_KIND_VIDEO);
    request.set_transceiver_id(transceiver_id);
    request.set_sender_id(transceiver_id + "-sender");
    request.set_receiver_id(transceiver_id + "-receiver");
    return Must(&Stub::AddTransceiver, request).transceiver();
  }
  static std::string Ufrag(const std::string& sdp) {
    const size_t at = sdp.find("a=ice-ufrag:");
    return sdp.substr(at, sdp.find('\r', at) - at);
  }

  ServiceHarness service_;
  const std::string a_ = service_.Create("a");
  const std::string b_ = service_.Create("b");
};

TEST_F(RenegotiationTest, RestartIceRenewsTheCredentialsOfBothSides) {
  AddVideo(a_, "v");
  service_.Negotiate(a_, b_);
  const std::string before_a = Ufrag(service_.Get(a_).local_description().sdp());
  const std::string before_b = Ufrag(service_.Get(b_).local_description().sdp());
  EXPECT_FALSE(service_.Get(a_).negotiation_needed());
  EXPECT_TRUE(Must(&Stub::RestartIce, For<v1::RestartIceRequest>(a_))
                  .peer_connection()
                  .negotiation_needed());
  service_.Negotiate(a_, b_);
  EXPECT_NE(Ufrag(service_.Get(a_).local_description().sdp()), before_a);
  EXPECT_NE(Ufrag(service_.Get(b_).local_description().sdp()), before_b);
  EXPECT_FALSE(service_.Get(a_).negotiation_needed());
  auto request = For<v1::CreateOfferRequest>(a_);
  const std::string same = Must(&Stub::CreateOffer, request).description().sdp();
  request.set_ice_restart(true);
  EXPECT_NE(Ufrag(Must(&Stub::CreateOffer, request).description().sdp()), Ufrag(same));
}

TEST_F(RenegotiationTest, NegotiateConnectsInThreeCalls) {
  AddVideo(a_, "v");
  const auto offered = Must(&Stub::Negotiate, For<v1::NegotiateRequest>(a_));
  EXPECT_TRUE(offered.gathering_complete());
  EXPECT_EQ(offered.description().type(), v1::SDP_TYPE_OFFER);
  EXPECT_NE(offered.description().sdp().find("a=end-of-candidates"), std::string::npos);
  auto answer = For<v1::NegotiateRequest>(b_);
  *answer.mutable_description() = offered.description();
  const auto answered = Must(&Stub::Negotiate, answer);
  EXPECT_EQ(answered.description().type(), v1::SDP_TYPE_ANSWER);
  EXPECT_EQ(answered.transceivers_size(), 1);
  auto last = For<v1::NegotiateRequest>(a_);
  *last.mutable_description() = answered.description();
  const auto done = Must(&Stub::Negotiate, last);
  EXPECT_FALSE(done.has_description());
  EXPECT_EQ(done.peer_connection().signaling_state(), v1::SIGNALING_STATE_STABLE);
}

TEST_F(RenegotiationTest, GlareGoesByTheRole) {
  for (const std::string& id : {a_, b_}) {
    AddVideo(id, "v");
    auto request = For<v1::NegotiateRequest>(id);
    request.set_gathering(v1::GATHERING_MODE_TRICKLE);
    Must(&Stub::Negotiate, request);
  }
  auto to_impolite = For<v1::NegotiateRequest>(a_);
  to_impolite.set_glare_role(v1::GLARE_ROLE_IMPOLITE);
  *to_impolite.mutable_description() = service_.Get(b_).local_description();
  const auto ignored = Must(&Stub::Negotiate, to_impolite);
  EXPECT_TRUE(ignored.offer_ignored());
  EXPECT_FALSE(ignored.has_description());
  auto to_polite = For<v1::NegotiateRequest>(b_);
  *to_polite.mutable_description() = service_.Get(a_).local_description();
  const auto answered = Must(&Stub::Negotiate, to_polite);
  EXPECT_FALSE(answered.offer_ignored());
  EXPECT_EQ(answered.description().type(), v1::SDP_TYPE_ANSWER);
  EXPECT_TRUE(answered.peer_connection().negotiation_needed());
  *to_impolite.mutable_description() = answered.description();
  Must(&Stub::Negotiate, to_impolite);
  EXPECT_EQ(service_.Get(a_).signaling_state(), v1::SIGNALING_STATE_STABLE);
}

TEST_F(RenegotiationTest, NegotiateRefusesWhatMakesNoSense) {
  auto request = For<v1::NegotiateRequest>(a_);
  v1::NegotiateResponse response;
  request.mutable_description()->set_type(v1::SDP_TYPE_ROLLBACK);
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, request, &response)), "INVALID_ARGUMENT");
  request.mutable_description()->set_type(v1::SDP_TYPE_OFFER);
  request.set_ice_restart(true);
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, request, &response)), "INVALID_ARGUMENT");
  request.set_ice_restart(false);
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, request, &response)), "INVALID_SDP");
  request = For<v1::NegotiateRequest>(a_);
  request.set_gathering(v1::GATHERING_MODE_TRICKLE);
  request.mutable_gathering_timeout()->set_seconds(1);
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, request, &response)), "INVALID_ARGUMENT");
  request.clear_gathering_timeout();
  request.set_glare_role(static_cast<v1::GlareRole>(9));
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, request, &response)), "INVALID_ARGUMENT");
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, For<v1::NegotiateRequest>("none"), &response)),
            "PEER_CONNECTION_NOT_FOUND");
}

TEST_F(RenegotiationTest, AStaleRevisionIsRefusedAndNamesTheCurrentOne) {
  const uint64_t revision = service_.Get(a_).revision();
  auto request = For<v1::AddTransceiverRequest>(a_);
  request.set_kind(v1::MEDIA_KIND_AUDIO);
  request.set_revision(revision);
  v1::AddTransceiverResponse response;
  ASSERT_TRUE(Try(&Stub::AddTransceiver, request, &response).ok());
  const grpc::Status stale = Try(&Stub::AddTransceiver, request, &response);
  EXPECT_EQ(stale.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(Reason(stale), "STALE_REVISION");
  EXPECT_EQ(InfoOf(stale).metadata().at("revision"), std::to_string(service_.Get(a_).revision()));
  auto negotiate = For<v1::NegotiateRequest>(a_);
  negotiate.set_revision(revision);
  v1::NegotiateResponse negotiated;
  EXPECT_EQ(Reason(Try(&Stub::Negotiate, negotiate, &negotiated)), "STALE_REVISION");
  auto local = For<v1::SetLocalDescriptionRequest>(a_);
  local.set_revision(service_.Get(a_).revision());
  Must(&Stub::SetLocalDescription, local);
}

TEST_F(RenegotiationTest, TransceiversTurnAndStop) {
  EXPECT_EQ(AddVideo(a_, "v").sender().sender_id(), "v-sender");
  service_.Negotiate(a_, b_);
  auto turn = For<v1::SetTransceiverDirectionRequest>(a_);
  turn.set_transceiver_id("v");
  v1::SetTransceiverDirectionResponse turned;
  EXPECT_EQ(Reason(Try(&Stub::SetTransceiverDirection, turn, &turned)), "INVALID_ARGUMENT");
  turn.set_direction(v1::RTP_TRANSCEIVER_DIRECTION_STOPPED);
  EXPECT_EQ(Reason(Try(&Stub::SetTransceiverDirection, turn, &turned)), "INVALID_ARGUMENT");
  turn.set_direction(v1::RTP_TRANSCEIVER_DIRECTION_INACTIVE);
  EXPECT_EQ(Must(&Stub::SetTransceiverDirection, turn).transceiver().direction(),
            v1::RTP_TRANSCEIVER_DIRECTION_INACTIVE);
  EXPECT_TRUE(service_.Get(a_).negotiation_needed());
  EXPECT_EQ(Must(&Stub::ListSenders, For<v1::ListSendersRequest>(a_)).senders(0).sender_id(),
            "v-sender");
  EXPECT_EQ(
      Must(&Stub::ListReceivers, For<v1::ListReceiversRequest>(a_)).receivers(0).receiver_id(),
      "v-receiver");
  auto stop = For<v1::StopTransceiverRequest>(a_);
  stop.set_transceiver_id("v");
  const auto stopped = Must(&Stub::StopTransceiver, stop).transceiver();
  EXPECT_TRUE(stopped.stopping());
  EXPECT_EQ(stopped.direction(), v1::RTP_TRANSCEIVER_DIRECTION_STOPPED);
  EXPECT_EQ(Reason(Try(&Stub::SetTransceiverDirection, turn, &turned)), "TRANSCEIVER_STOPPED");
  service_.Negotiate(a_, b_);
  EXPECT_EQ(Must(&Stub::ListTransceivers, For<v1::ListTransceiversRequest>(b_)).transceivers_size(),
            0);
}

TEST_F(RenegotiationTest, SendersAreToldTheirStreams) {
  AddVideo(a_, "v");
  auto streams = For<v1::SetSenderStreamsRequest>(a_);
  streams.set_sender_id("v-sender");
  streams.add_stream_ids("s");
  EXPECT_EQ(Must(&Stub::SetSenderStreams, streams).transceiver().sender().stream_ids(0), "s");
  auto remove = For<v1::RemoveTrackRequest>(a_);
  remove.set_sender_id("other");
  v1::RemoveTrackResponse removed;
  EXPECT_EQ(Reason(Try(&Stub::RemoveTrack, remove, &removed)), "SENDER_NOT_FOUND");
  remove.set_sender_id("v-sender");
  // Without a track there is nothing to do.
  EXPECT_EQ(Must(&Stub::RemoveTrack, remove).transceiver().direction(),
            v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
}

TEST_F(RenegotiationTest, CodecPreferencesAreTakenFromTheCapabilities) {
  v1::GetCapabilitiesRequest ask;
  ask.set_kind(v1::MEDIA_KIND_VIDEO);
  const auto capabilities = Must(&Stub::GetCapabilities, ask).receiver();
  ASSERT_GT(capabilities.codecs_size(), 0);
  EXPECT_GT(capabilities.header_extensions_size(), 0);
  const v1::RtpTransceiver video = AddVideo(a_, "v");
  auto request = For<v1::SetCodecPreferencesRequest>(a_);
  request.set_transceiver_id("v");
  for (const v1::RtpCodec& codec : capabilities.codecs()) {
    if (codec.mime_type() == "video/VP8") *request.add_codecs() = codec;
  }
  ASSERT_EQ(request.codecs_size(), 1);
  const auto set = Must(&Stub::SetCodecPreferences, request).transceiver();
  ASSERT_EQ(set.codec_preferences_size(), 1);
  EXPECT_EQ(set.codec_preferences(0).mime_type(), "video/VP8");
  v1::SetCodecPreferencesResponse response;
  request.mutable_codecs(0)->set_mime_type("audio/opus");
  grpc::Status refused = Try(&Stub::SetCodecPreferences, request, &response);
  EXPECT_EQ(Reason(refused), "INVALID_CODEC");
  EXPECT_EQ(InfoOf(refused).metadata().at("field"), "codecs[0].mime_type");
  request.mutable_codecs(0)->set_mime_type("video/none");
  EXPECT_EQ(Reason(Try(&Stub::SetCodecPreferences, request, &response)), "INVALID_CODEC");
  request.clear_codecs();
  EXPECT_EQ(Must(&Stub::SetCodecPreferences, request).transceiver().codec_preferences_size(), 0);
}

TEST_F(RenegotiationTest, LegacyOfferOptionsMakeReceivers) {
  auto request = For<v1::CreateOfferRequest>(a_);
  request.set_offer_to_receive_audio(true);
  const std::string sdp = Must(&Stub::CreateOffer, request).description().sdp();
  EXPECT_NE(sdp.find("m=audio"), std::string::npos);
  EXPECT_NE(sdp.find("a=recvonly"), std::string::npos);
  EXPECT_EQ(Must(&Stub::ListTransceivers, For<v1::ListTransceiversRequest>(a_)).transceivers_size(),
            1);
}

TEST_F(RenegotiationTest, TheConfigurationIsReadAndSet) {
  const auto got = Must(&Stub::GetConfiguration, For<v1::GetConfigurationRequest>(a_));
  EXPECT_EQ(got.configuration().bundle_policy(), v1::BUNDLE_POLICY_MAX_BUNDLE);
  EXPECT_EQ(got.configuration().rtcp_mux_policy(), v1::RTCP_MUX_POLICY_REQUIRE);
  auto request = For<v1::SetConfigurationRequest>(a_);
  v1::SetConfigurationResponse response;
  EXPECT_EQ(Reason(Try(&Stub::SetConfiguration, request, &response)), "INVALID_ARGUMENT");
  request.mutable_configuration()->set_ice_transport_policy(v1::ICE_TRANSPORT_POLICY_ALL);
  const uint64_t revision = service_.Get(a_).revision();
  EXPECT_GT(Must(&Stub::SetConfiguration, request).peer_connection().revision(), revision);
  request.mutable_configuration()->set_rtcp_mux_policy(v1::RTCP_MUX_POLICY_NEGOTIATE);
  EXPECT_EQ(Reason(Try(&Stub::SetConfiguration, request, &response)), "INVALID_ARGUMENT");
  request.mutable_configuration()->clear_rtcp_mux_policy();
  request.mutable_configuration()->set_ice_candidate_pool_size(256);
  EXPECT_EQ(Reason(Try(&Stub::SetConfiguration, request, &response)), "INVALID_ARGUMENT");
}

// W3C 4.4.1.6.
TEST_F(RenegotiationTest, TheSizeOfTheCandidatePoolMayChangeUntilTheFirstLocalDescription) {
  auto request = For<v1::SetConfigurationRequest>(a_);
  request.mutable_configuration()->set_ice_candidate_pool_size(255);
  Must(&Stub::SetConfiguration, request);
  const auto got = Must(&Stub::GetConfiguration, For<v1::GetConfigurationRequest>(a_));
  EXPECT_EQ(got.configuration().ice_candidate_pool_size(), 255u);
  Must(&Stub::SetLocalDescription, For<v1::SetLocalDescriptionRequest>(a_));
  Must(&Stub::SetConfiguration, request);
  request.mutable_configuration()->set_ice_candidate_pool_size(0);
  v1::SetConfigurationResponse response;
  const grpc::Status status = Try(&Stub::SetConfiguration, request, &response);
  EXPECT_EQ(Reason(status), "CONFIGURATION_CHANGE_REFUSED");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidModificationError");
}

}  // namespace
}  // namespace pcd::service
