#include "service/event_mapping.h"

#include <gtest/gtest.h>

#include <utility>

namespace pcd::service {
namespace {

namespace pc = ::pcd::peerconnection;

v1::Event Map(pc::EventPayload payload) {
  return ToProto("pc", pc::Event{.payload = std::move(payload)});
}

TEST(EventMapping, AChannelsErrorSaysWhetherSctpFailedAndWhy) {
  const auto own = Map(pc::DataChannelErrorEvent{.channel_id = "c", .error_text = "why"});
  EXPECT_EQ(own.data_channel_error().error_detail(), "data-channel-failure");
  EXPECT_FALSE(own.data_channel_error().has_sctp_cause_code());
  const auto lost = Map(pc::DataChannelErrorEvent{.channel_id = "c", .sctp_failure = true});
  EXPECT_EQ(lost.data_channel_error().error_detail(), "sctp-failure");
  EXPECT_FALSE(lost.data_channel_error().has_sctp_cause_code());
  const auto aborted = Map(
      pc::DataChannelErrorEvent{.channel_id = "c", .sctp_failure = true, .sctp_cause_code = 12});
  EXPECT_EQ(aborted.data_channel_error().error_detail(), "sctp-failure");
  EXPECT_EQ(aborted.data_channel_error().sctp_cause_code(), 12u);
}

TEST(EventMapping, ARequestForAKeyFrameNamesTrackSenderAndLayer) {
  const auto asked =
      Map(pc::KeyFrameRequestedEvent{.track_id = "cam", .sender_id = "s", .rid = "hi"});
  EXPECT_EQ(asked.key_frame_requested().track_id(), "cam");
  EXPECT_EQ(asked.key_frame_requested().sender_id(), "s");
  EXPECT_EQ(asked.key_frame_requested().rid(), "hi");
}

TEST(EventMapping, AFailureOfDtlsSaysWhatFailedAndNamesTheAlerts) {
  const auto ours = Map(pc::DtlsTransportChangeEvent{
      .error_text = "why", .failure = {.fingerprint = true, .sent_alert = 42}});
  EXPECT_EQ(ours.dtls_transport_change().error_detail(), "fingerprint-failure");
  EXPECT_EQ(ours.dtls_transport_change().sent_alert(), 42u);
  EXPECT_FALSE(ours.dtls_transport_change().has_received_alert());
  const auto theirs =
      Map(pc::DtlsTransportChangeEvent{.error_text = "why", .failure = {.received_alert = 40}});
  EXPECT_EQ(theirs.dtls_transport_change().error_detail(), "dtls-failure");
  EXPECT_EQ(theirs.dtls_transport_change().received_alert(), 40u);
  EXPECT_FALSE(theirs.dtls_transport_change().has_sent_alert());
  const auto none = Map(pc::DtlsTransportChangeEvent{});
  EXPECT_EQ(none.dtls_transport_change().error_detail(), "");
}

}  // namespace
}  // namespace pcd::service
