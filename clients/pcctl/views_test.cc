#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "clients/pcctl/connection_view.h"
#include "clients/pcctl/event_details.h"
#include "clients/pcctl/event_line.h"
#include "clients/pcctl/stats_view.h"

namespace pcd::pcctl {
namespace {

constexpr int64_t kNow = 1769860800;

api::Event EventAt(uint64_t sequence) {
  api::Event event;
  event.set_peer_connection_id("abc");
  event.set_sequence(sequence);
  event.mutable_time()->set_seconds(kNow);
  return event;
}

TEST(ConnectionViewTest, ShowsTransportsAndDescriptions) {
  api::PeerConnection connection;
  connection.set_peer_connection_id("abc");
  connection.mutable_create_time()->set_seconds(kNow - 60);
  connection.set_revision(3);
  connection.set_last_event_sequence(12);
  connection.set_connection_state(api::PEER_CONNECTION_STATE_CONNECTED);
  connection.set_signaling_state(api::SIGNALING_STATE_STABLE);
  connection.set_negotiation_needed(true);
  connection.set_ice_connection_state(api::ICE_CONNECTION_STATE_COMPLETED);
  connection.set_ice_gathering_state(api::ICE_GATHERING_STATE_COMPLETE);
  connection.set_can_trickle_ice_candidates(api::CAN_TRICKLE_ICE_CANDIDATES_SUPPORTED);
  connection.set_ice_backend(api::ICE_BACKEND_FULL);
  auto* ice = connection.add_ice_transports();
  ice->set_transport_id("t0");
  ice->set_state(api::ICE_CONNECTION_STATE_COMPLETED);
  ice->set_role(api::ICE_ROLE_CONTROLLED);
  auto* local = ice->mutable_selected_candidate_pair()->mutable_local();
  local->set_type(api::ICE_CANDIDATE_TYPE_HOST);
  local->set_protocol(api::ICE_PROTOCOL_UDP);
  local->set_address("127.0.0.1");
  local->set_port(1000);
  auto* remote = ice->mutable_selected_candidate_pair()->mutable_remote();
  *remote = *local;
  remote->set_address("::1");
  auto* dtls = connection.add_dtls_transports();
  dtls->set_transport_id("t0");
  dtls->set_state(api::DTLS_TRANSPORT_STATE_CONNECTED);
  dtls->set_role(api::DTLS_ROLE_SERVER);
  connection.mutable_sctp()->set_state(api::SCTP_TRANSPORT_STATE_CONNECTED);
  connection.mutable_sctp()->set_max_message_size(262144);
  connection.mutable_local_description()->set_type(api::SDP_TYPE_ANSWER);
  connection.mutable_local_description()->set_sdp("v=0\r\nm=audio\r\na=x\r\nm=video\r\n");
  std::ostringstream out;
  PrintConnection(connection, std::chrono::system_clock::time_point(std::chrono::seconds(kNow)),
                  out);
  EXPECT_EQ(out.str(),
            "ID                 abc\n"
            "Labels             -\n"
            "Created            2026-01-31T11:59:00.000Z (60s ago)\n"
            "Revision           3\n"
            "Last event         12\n"
            "Connection         connected\n"
            "Signaling          stable, negotiation needed\n"
            "ICE                completed\n"
            "ICE gathering      complete\n"
            "Remote trickles    supported\n"
            "ICE backend        full\n"
            "ICE transport t0   completed, controlled, host udp 127.0.0.1:1000 to host udp "
            "[::1]:1000\n"
            "DTLS transport t0  connected, server\n"
            "SCTP transport     connected, messages up to 262144 bytes\n"
            "Local description  answer, 2 sections\n");
}

TEST(ConnectionViewTest, SaysWhyItWasClosed) {
  api::PeerConnection connection;
  connection.set_close_reason(api::CLOSE_REASON_NEVER_CONNECTED);
  connection.set_close_message("60 s passed");
  std::ostringstream out;
  PrintConnection(connection, {}, out);
  EXPECT_NE(out.str().find("never-connected: 60 s passed\n"), std::string::npos);
}

TEST(EventLineTest, NamesAndDescribesEvents) {
  api::WatchEventsResponse response;
  *response.mutable_event() = EventAt(4);
  response.mutable_event()->mutable_connection_state_change()->set_connection_state(
      api::PEER_CONNECTION_STATE_CONNECTED);
  const auto line = ToEventLine(response);
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->time, "2026-01-31T12:00:00.000Z");
  EXPECT_EQ(line->id, "abc");
  EXPECT_EQ(line->sequence, "4");
  EXPECT_EQ(line->event, "connection-state-change");
  EXPECT_EQ(line->details, "connected");
}

TEST(EventLineTest, KeepsHeartbeatsAndStatisticsForPrograms) {
  api::WatchEventsResponse response;
  response.mutable_heartbeat();
  EXPECT_FALSE(ToEventLine(response).has_value());
  response.mutable_stats_sample();
  EXPECT_FALSE(ToEventLine(response).has_value());
}

TEST(EventLineTest, ShowsAnEventOfAnotherVersionAsUnknown) {
  api::WatchEventsResponse response;
  *response.mutable_event() = EventAt(9);
  EXPECT_EQ(ToEventLine(response)->event, "unknown");
}

TEST(EventLineTest, TellsGapsDrainsAndLostNodes) {
  api::WatchEventsResponse response;
  response.mutable_gap()->set_peer_connection_id("abc");
  response.mutable_gap()->set_first_missing_sequence(5);
  EXPECT_EQ(ToEventLine(response)->details, "missing 5 to ?");
  response.mutable_gap()->set_last_missing_sequence(9);
  response.mutable_gap()->set_gone(true);
  EXPECT_EQ(ToEventLine(response)->details, "missing 5 to 9, connection is gone");
  response.mutable_drain_notice()->set_node_id("n");
  EXPECT_EQ(ToEventLine(response)->details, "node n no longer drains");
  response.mutable_drain_notice()->set_draining(true);
  response.mutable_drain_notice()->mutable_deadline()->set_seconds(kNow);
  EXPECT_EQ(ToEventLine(response)->details, "node n closes at 2026-01-31T12:00:00.000Z");
  response.mutable_replica_lost()->set_node_id("n");
  EXPECT_EQ(ToEventLine(response)->event, "replica-lost");
}

TEST(EventLineTest, PrintsOneHeaderAndEscapes) {
  std::ostringstream out;
  EventLinePrinter printer(&out);
  printer.Print({.id = "abc", .sequence = "1", .event = "created", .details = "x\ny"});
  printer.Print({.event = "synced"});
  EXPECT_EQ(out.str(),
            "TIME                      ID   SEQ    EVENT                        DETAILS\n"
            "-                         abc  1      created                      x\\x0ay\n"
            "-                         -    -      synced\n");
}

// Every event of the contract either says something or is in the list of those whose name is all.
TEST(EventDetailsTest, KnowsEveryEventOfTheContract) {
  const std::set<std::string> name_says_all = {"negotiation_needed", "configuration_change"};
  const auto* oneof = api::Event::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    const auto* field = oneof->field(i);
    api::Event event = EventAt(1);
    auto* message = event.GetReflection()->MutableMessage(&event, field);
    // Those whose text is nothing but one id need the id.
    for (const char* name : {"track_id", "sink_id", "data_channel_id", "sender_id"}) {
      const auto* id = message->GetDescriptor()->FindFieldByName(name);
      if (id != nullptr) message->GetReflection()->SetString(message, id, "x");
    }
    EXPECT_EQ(EventDetails(event).empty(), name_says_all.contains(field->name())) << field->name();
  }
}

TEST(EventDetailsTest, TellsCandidatesFromTheirEnd) {
  api::Event event = EventAt(1);
  event.mutable_ice_candidate();
  EXPECT_EQ(EventDetails(event), "end of all candidates");
  auto* candidate = event.mutable_ice_candidate()->mutable_candidate();
  candidate->set_sdp_mid("0");
  EXPECT_EQ(EventDetails(event), "end of candidates mid=0");
  candidate->set_candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host");
  candidate->set_type(api::ICE_CANDIDATE_TYPE_HOST);
  candidate->set_protocol(api::ICE_PROTOCOL_UDP);
  candidate->set_address("127.0.0.1");
  candidate->set_port(9);
  EXPECT_EQ(EventDetails(event), "host udp 127.0.0.1:9 mid=0");
}

TEST(EventDetailsTest, DescribesTracksLayersSinksAndChannels) {
  api::Event event = EventAt(1);
  auto* track = event.mutable_track()->mutable_track();
  track->set_track_id("t");
  track->set_kind(api::MEDIA_KIND_VIDEO);
  track->set_mid("1");
  track->set_state(api::TRACK_STATE_LIVE);
  EXPECT_EQ(EventDetails(event), "t video mid=1 live");

  auto* first = event.mutable_first_packet();
  first->set_track_id("t");
  first->mutable_layer()->set_ssrc(7);
  first->mutable_layer()->set_payload_type(96);
  first->mutable_layer()->set_active(true);
  EXPECT_EQ(EventDetails(event), "t ssrc=7 payload-type=96 active");

  auto* sink = event.mutable_sink_change()->mutable_sink();
  sink->set_sink_id("video");
  sink->set_state(api::SINK_STATE_ACTIVE);
  sink->mutable_spec()->mutable_destination()->set_host("127.0.0.1");
  sink->mutable_spec()->mutable_destination()->set_port(5004);
  sink->mutable_codec()->mutable_codec()->set_mime_type("video/VP8");
  EXPECT_EQ(EventDetails(event), "video active to 127.0.0.1:5004 video/VP8");

  auto* channel = event.mutable_data_channel_open()->mutable_data_channel();
  channel->set_data_channel_id("d");
  channel->set_ready_state(api::DATA_CHANNEL_STATE_OPEN);
  channel->set_label("chat");
  channel->set_id(0);
  EXPECT_EQ(EventDetails(event), "d open label=chat stream=0");
}

TEST(StatsViewTest, PutsEntriesOfATypeSideBySide) {
  api::StatsReport report;
  for (const char* id : {"B", "A"}) {
    api::Stats& stats = (*report.mutable_stats())[id];
    stats.set_id(id);
    stats.set_type(api::STATS_TYPE_INBOUND_RTP);
    stats.mutable_inbound_rtp()->set_ssrc(id[0]);
    stats.mutable_inbound_rtp()->set_kind(api::MEDIA_KIND_VIDEO);
  }
  auto* a = (*report.mutable_stats())["A"].mutable_inbound_rtp();
  a->set_packets_lost(-1);
  a->set_jitter(0.0125);
  a->mutable_last_packet_received_timestamp()->set_seconds(kNow);
  api::Stats& certificate = (*report.mutable_stats())["C"];
  certificate.set_id("C");
  certificate.set_type(api::STATS_TYPE_CERTIFICATE);
  certificate.mutable_certificate()->set_base64_certificate(std::string(100, 'x'));
  std::ostringstream out;
  PrintStats(report, out);
  EXPECT_EQ(out.str(),
            "inbound-rtp                    A                         B\n"
            "  ssrc                         65                        66\n"
            "  kind                         video                     video\n"
            "  packetsLost                  -1                        -\n"
            "  jitter                       0.0125                    -\n"
            "  lastPacketReceivedTimestamp  2026-01-31T12:00:00.000Z  -\n"
            "\n"
            "certificate          C\n"
            "  base64Certificate  " +
                std::string(32, 'x') + "...\n");
}

TEST(StatsViewTest, StartsAnotherTableAfterThreeEntriesAndSkipsUnknownOnes) {
  api::StatsReport report;
  for (const char* id : {"1", "2", "3", "4"}) {
    api::Stats& stats = (*report.mutable_stats())[id];
    stats.set_id(id);
    stats.set_type(api::STATS_TYPE_CODEC);
    stats.mutable_codec()->set_payload_type(96);
  }
  (*report.mutable_stats())["5"].set_type(static_cast<api::StatsType>(4711));
  std::ostringstream out;
  PrintStats(report, out);
  EXPECT_EQ(out.str(),
            "codec          1   2   3\n"
            "  payloadType  96  96  96\n"
            "\n"
            "codec          4\n"
            "  payloadType  96\n");
}

}  // namespace
}  // namespace pcd::pcctl
