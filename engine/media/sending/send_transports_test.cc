// Senders on transports of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "engine/media/sending/send_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

constexpr size_t kFirst = 0, kSecond = 2;

// One camera, sent by two senders: "left" on one transport and "right" on another.
class SendTransportsTest : public ::testing::Test {
 protected:
  SendTransportsTest() {
    EXPECT_THAT(bench_.AddUdpTrack("cam", MediaKind::kVideo), IsOk());
    feeder_ = std::make_unique<Feeder>(bench_, "cam", 7000);
    Bind(kFirst, kSecond);
  }
  static SenderBinding Binding(const std::string& id, const std::string& mid,
                               size_t transport_index) {
    SendParameters parameters = VideoSender(id);
    parameters.mid = mid;
    parameters.transport_index = transport_index;
    return {.parameters = parameters, .track_id = "cam"};
  }
  void Bind(size_t left, size_t right) {
    bench_.Bind({Binding("left", "0", left), Binding("right", "1", right)});
  }
  void Frame(uint16_t sequence, bool key = false) {
    feeder_->Rtp({.ssrc = 5,
                  .payload_type = 120,
                  .sequence = sequence,
                  .timestamp = 3000u * sequence,
                  .marker = true,
                  .payload = key ? kKeyFrame : RtpSpec{}.payload});
  }
  uint32_t Ssrc(const std::string& id) const { return bench_.session->SsrcOf(id); }
  OutboundRtpStats Outbound(const std::string& mid) const {
    for (const OutboundRtpStats& stats : bench_.session->GetStats().outbound) {
      if (stats.mid == mid) return stats;
    }
    ADD_FAILURE() << "nothing was sent of " << mid;
    return {};
  }

  SendBench bench_;
  std::unique_ptr<Feeder> feeder_;
};

TEST_F(SendTransportsTest, EachSendsOnItsOwnWithItsOwnTransportWideNumbers) {
  for (uint16_t i = 0; i < 4; ++i) Frame(i, i == 0);
  for (const auto& [transport, id, mid] :
       {std::tuple(kFirst, "left", "0"), {kSecond, "right", "1"}}) {
    const std::vector<SentRtp> sent = bench_.output.On(transport);
    ASSERT_THAT(sent, SizeIs(4));
    for (size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(sent[i].ssrc, Ssrc(id));
      EXPECT_EQ(sent[i].mid, mid);
      EXPECT_EQ(static_cast<uint16_t>(*sent[i].transport_sequence - *sent[0].transport_sequence), i)
          << "without gaps";
    }
  }
  EXPECT_EQ(Outbound("0").transport_id, "T0");
  EXPECT_EQ(Outbound("1").transport_id, "T2");
  EXPECT_NE(Outbound("0").codec_id, Outbound("1").codec_id);
}

TEST_F(SendTransportsTest, OneThatIsShutHoldsUpNobodyElse) {
  bench_.output.shut = {kSecond};
  Frame(1, true);
  Frame(2);
  EXPECT_THAT(bench_.output.On(kFirst), SizeIs(2));
  EXPECT_THAT(bench_.output.On(kSecond), IsEmpty());
  bench_.output.shut = {kFirst};
  Frame(3);
  EXPECT_THAT(bench_.output.rtp, SizeIs(2)) << "the second begins at a key frame";
  bench_.output.shut = {};
  Frame(4, true);
  EXPECT_THAT(bench_.output.On(kFirst), SizeIs(3));
  EXPECT_THAT(bench_.output.On(kSecond), SizeIs(1));
}

TEST_F(SendTransportsTest, ReportsGoWhereTheMediaGoes) {
  Frame(1, true);
  bench_.Run(seconds(3));
  ASSERT_FALSE(bench_.output.reports.empty());
  ASSERT_EQ(bench_.output.reports.size(), bench_.output.rtcp_transports.size());
  size_t right = 0;
  for (size_t i = 0; i < bench_.output.reports.size(); ++i) {
    const bool on_second = bench_.output.rtcp_transports[i] == kSecond;
    right += on_second ? 1 : 0;
    EXPECT_EQ(bench_.output.reports[i].report.sender_ssrc, Ssrc(on_second ? "right" : "left"));
    EXPECT_EQ(bench_.output.reports[i].cname, "ours");
  }
  EXPECT_EQ(right * 2, bench_.output.reports.size());
}

TEST_F(SendTransportsTest, FeedbackConcernsWhatIsSentOnItsTransport) {
  Frame(1, true);
  const uint16_t number = bench_.output.On(kSecond)[0].sequence;
  bench_.Run(seconds(1));
  const size_t before = bench_.output.rtp.size();
  bench_.Rtcp(MakePli(Ssrc("right")), kFirst);
  bench_.Rtcp(MakeNack(Ssrc("right"), {number}), kFirst);
  bench_.Rtcp(MakeReceiverReport({.ssrc = Ssrc("right"), .cumulative_lost = 7}), kFirst);
  EXPECT_THAT(bench_.TakeEventsOf<KeyFrameWantedEvent>(), IsEmpty());
  EXPECT_THAT(bench_.output.rtp, SizeIs(before));
  EXPECT_THAT(bench_.session->GetStats().remote_inbound, IsEmpty());

  bench_.Rtcp(MakePli(Ssrc("right")), kSecond);
  bench_.Rtcp(MakeNack(Ssrc("right"), {number}), kSecond);
  bench_.Rtcp(MakeReceiverReport({.ssrc = Ssrc("right"), .cumulative_lost = 7}), kSecond);
  const auto wanted = bench_.TakeEventsOf<KeyFrameWantedEvent>();
  ASSERT_THAT(wanted, SizeIs(1));
  EXPECT_EQ(wanted[0].sender_id, "right");
  ASSERT_THAT(bench_.output.rtp, SizeIs(before + 1));
  EXPECT_EQ(bench_.output.rtp.back().transport_index, kSecond);
  const auto reported = bench_.session->GetStats().remote_inbound;
  ASSERT_THAT(reported, SizeIs(1));
  EXPECT_EQ(reported[0].packets_lost, 7);
  EXPECT_EQ(reported[0].transport_id, "T2");
  EXPECT_EQ(reported[0].local_id, Outbound("1").id);
}

// Bundled by a later answer.
TEST_F(SendTransportsTest, ASenderThatMovesGoesOn) {
  Frame(1, true);
  Frame(2);
  const OutboundRtpStats before = Outbound("1");
  Bind(kFirst, kFirst);
  EXPECT_THAT(bench_.output.byes, IsEmpty());
  EXPECT_THAT(bench_.output.forgotten, IsEmpty()) << "its numbers would begin anew";
  Frame(3);
  const std::vector<SentRtp> moved = bench_.output.On(kSecond);
  const std::vector<SentRtp> bundled = bench_.output.On(kFirst);
  ASSERT_THAT(moved, SizeIs(2));
  ASSERT_THAT(bundled, SizeIs(4));
  EXPECT_EQ(bundled[3].ssrc, Ssrc("right"));
  EXPECT_EQ(bundled[3].sequence, static_cast<uint16_t>(moved[1].sequence + 1));
  EXPECT_EQ(static_cast<uint16_t>(*bundled[3].transport_sequence - *bundled[2].transport_sequence),
            1)
      << "one sequence in a bundle";
  EXPECT_EQ(Outbound("1").id, before.id);
  EXPECT_EQ(Outbound("1").transport_id, "T0");
  EXPECT_EQ(Outbound("1").packets_sent, before.packets_sent + 1);
  // What was sent on the old one is missed on the new one.
  bench_.Run(seconds(1));
  const size_t sent = bench_.output.rtp.size();
  bench_.Rtcp(MakeNack(Ssrc("right"), {moved[1].sequence}), kFirst);
  ASSERT_THAT(bench_.output.rtp, SizeIs(sent + 1));
  EXPECT_EQ(bench_.output.rtp.back().transport_index, kFirst);
}

TEST_F(SendTransportsTest, AGoodbyeGoesWhereTheMediaWent) {
  Frame(1, true);
  const uint32_t right = Ssrc("right");
  bench_.Bind({Binding("left", "0", kFirst)});
  EXPECT_THAT(bench_.output.byes, ElementsAre(right));
  EXPECT_EQ(bench_.output.rtcp_transports.back(), kSecond);
  EXPECT_THAT(bench_.output.forgotten, SizeIs(2));
  EXPECT_THAT(bench_.output.forgotten_on, Each(kSecond));
}

}  // namespace
}  // namespace pcd::media
