// The samples of parser_corpus/: what each peer's description means to us, and that no line
// of it is lost. All are synthesised in the shape of what the named peer sends.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/sdp/parser.h"
#include "engine/sdp/text.h"
#include "engine/sdp/writer.h"

namespace pcd::sdp {
namespace {

constexpr char kFolder[] = "engine/sdp/parser_corpus";

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Description Sample(const std::string& name) {
  auto description = Parse(ReadText(std::filesystem::path(kFolder) / name), {});
  EXPECT_TRUE(description.ok()) << name << ": " << description.status();
  return description.ok() ? *std::move(description) : Description{};
}

// Lines as this room normalises them: no white space at ends or behind the attribute's colon,
// fingerprints in upper case.
std::vector<std::string> SortedLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string raw; std::getline(in, raw);) {
    std::replace(raw.begin(), raw.end(), '\r', ' ');
    std::string line(Trim(raw));
    if (const size_t colon = line.find(": "); line.starts_with("a=") && colon < line.find(' ')) {
      line.erase(colon + 1, 1);
    }
    if (line.starts_with("a=fingerprint:")) {
      const size_t space = line.find(' ');
      line = line.substr(0, space) + ToUpper(line.substr(space));
    }
    if (!line.empty()) lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(SampleTest, EveryLineOfEverySampleSurvives) {
  int samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".sdp") continue;
    SCOPED_TRACE(entry.path().filename().string());
    ++samples;
    const std::string text = ReadText(entry.path());
    const auto description = Parse(text, {});
    ASSERT_TRUE(description.ok()) << description.status();
    const std::string written = Write(*description);
    const auto again = Parse(written, {});
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, *description);
    EXPECT_EQ(Write(*again), written);
    const std::vector<std::string> before = SortedLines(text);
    const std::vector<std::string> after = SortedLines(written);
    std::vector<std::string> lost;
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(lost));
    EXPECT_TRUE(lost.empty()) << "lost: " << lost.front();
  }
  EXPECT_GE(samples, 15);
}

TEST(SampleTest, LineEndsMakeNoDifference) {
  const std::string crlf = ReadText(std::string(kFolder) + "/chromium_offer.sdp");
  std::string lf;
  std::copy_if(crlf.begin(), crlf.end(), std::back_inserter(lf), [](char c) { return c != '\r'; });
  std::string cr = lf;
  std::replace(cr.begin(), cr.end(), '\n', '\r');
  std::string indented = "\n";
  for (char c : lf) indented += c == '\n' ? "  \n\n  " : std::string(1, c);
  EXPECT_EQ(*Parse(crlf, {}), *Parse(lf, {}));
  EXPECT_EQ(*Parse(crlf, {}), *Parse(cr, {}));
  EXPECT_EQ(*Parse(crlf, {}), *Parse(indented, {}));
}

TEST(SampleTest, ReadsAChromiumOffer) {
  const Description d = Sample("chromium_offer.sdp");
  EXPECT_TRUE(d.extmap_allow_mixed);
  EXPECT_EQ(d.origin.session_id, "4611731400430051336");
  ASSERT_EQ(d.groups.size(), 1u);
  EXPECT_EQ(d.groups[0].mids, (std::vector<std::string>{"0", "1", "2"}));
  ASSERT_EQ(d.media.size(), 3u);
  const MediaSection& audio = d.media[0];
  EXPECT_EQ(audio.line.number, 8);
  EXPECT_EQ(audio.mid, "0");
  EXPECT_EQ(audio.ice_ufrag, "Zt4a");
  EXPECT_EQ(audio.ice_options, std::vector<std::string>{"trickle"});
  EXPECT_EQ(audio.setup, DtlsSetup::kActpass);
  EXPECT_EQ(audio.direction, Direction::kSendRecv);
  EXPECT_TRUE(audio.rtcp_mux && audio.rtcp_rsize);
  ASSERT_EQ(audio.codecs.size(), 8u);
  EXPECT_EQ(audio.codecs[0], (Codec{.payload_type = 111,
                                    .name = "opus",
                                    .clock_rate = 48000,
                                    .channels = 2,
                                    .fmtp = {{"minptime", "10"}, {"useinbandfec", "1"}},
                                    .rtcp_feedback = {"transport-cc"}}));
  EXPECT_EQ(audio.codecs[1].FmtpText(), "111/111");
  const MediaSection& video = d.media[1];
  EXPECT_EQ(*video.FindCodec(97)->FindFmtp("apt"), "96");
  EXPECT_TRUE(video.FindCodec(96)->HasFeedback("nack pli"));
  EXPECT_EQ(SignaledSsrcs(video, 64),
            (std::vector<SignaledSsrc>{
                {.ssrc = 3570614608, .rtx_ssrc = 1160834421, .cname = "tIYAqTvlJT4mYhZ0"}}));
  EXPECT_EQ(d.media[2].sctp_port, 5000);
  EXPECT_EQ(d.media[2].max_message_size, 262144u);
  EXPECT_EQ(d.media[2].formats, std::vector<std::string>{"webrtc-datachannel"});
}

TEST(SampleTest, BundleOnlyWithPortZeroIsNotRejected) {
  for (const char* name : {"chromium_max_bundle_offer.sdp", "firefox_max_bundle_offer.sdp"}) {
    const Description d = Sample(name);
    ASSERT_EQ(d.media.size(), 3u);
    EXPECT_EQ(d.media[1].port, 0);
    EXPECT_FALSE(d.media[1].IsRejected());
    EXPECT_FALSE(d.media[2].IsRejected());
  }
}

TEST(SampleTest, ReadsAFirefoxOffer) {
  const Description d = Sample("firefox_offer.sdp");
  EXPECT_EQ(d.fingerprints.size(), 1u);  // At session level.
  EXPECT_EQ(d.ice_options, std::vector<std::string>{"trickle"});
  const MediaSection& video = d.media.at(1);
  const auto rid = std::find_if(video.extmaps.begin(), video.extmaps.end(), [](const ExtMap& e) {
    return e.extension.uri == kRidExtensionUri;
  });
  ASSERT_NE(rid, video.extmaps.end());
  EXPECT_EQ(rid->extension.direction, Direction::kSendOnly);
  EXPECT_EQ(EffectiveMsids(video)[0].stream_id, "{3d8bb1a5-4f9b-4a0e-a1f5-1d3c7ad2a1c2}");
}

TEST(SampleTest, ReadsSimulcast) {
  const Description d = Sample("chromium_simulcast_offer.sdp");
  const MediaSection& video = d.media.at(0);
  ASSERT_EQ(video.rids.size(), 3u);
  EXPECT_EQ(video.rids[0].id, "q");
  ASSERT_TRUE(video.simulcast.has_value());
  ASSERT_EQ(video.simulcast->send.size(), 3u);
  EXPECT_EQ(video.simulcast->send[2][0].rid, "f");
  EXPECT_TRUE(video.simulcast->recv.empty());
}

TEST(SampleTest, ReadsGatheredCandidates) {
  const MediaSection audio = Sample("chromium_gathered_offer.sdp").media.at(0);
  EXPECT_EQ(audio.port, 36768);
  EXPECT_EQ(audio.connection, "IN IP4 47.61.61.61");
  ASSERT_EQ(audio.candidates.size(), 5u);
  EXPECT_EQ(audio.candidates[1].tcp_type, "active");
  EXPECT_TRUE(audio.end_of_candidates);
}

TEST(SampleTest, ReadsOldDataSections) {
  for (const char* name : {"legacy_sctpmap_offer.sdp", "aiortc_offer.sdp"}) {
    const Description d = Sample(name);
    const MediaSection& data = d.media.back();
    EXPECT_EQ(data.proto, "DTLS/SCTP");
    EXPECT_EQ(data.formats, std::vector<std::string>{"5000"});
    ASSERT_TRUE(data.sctpmap.has_value());
    EXPECT_EQ(data.sctpmap->port, 5000);
    EXPECT_EQ(data.sctpmap->app, "webrtc-datachannel");
  }
}

TEST(SampleTest, ReadsStreamAndTrackFromSsrcLines) {
  const MediaSection video = Sample("gstreamer_offer.sdp").media.at(0);
  EXPECT_EQ(EffectiveMsids(video), (std::vector<Msid>{{.stream_id = "user3061820@host-8f3c",
                                                       .track_id = "webrtctransceiver0"}}));
}

TEST(SampleTest, ReadsWildcardFeedbackAndStaticPayloads) {
  const Description d = Sample("unbundled_sip_offer.sdp");
  const MediaSection& audio = d.media.at(0);
  EXPECT_EQ(audio.codecs.at(0).name, "PCMU");
  EXPECT_TRUE(HasFeedback(audio, audio.codecs[1], "transport-cc"));
  EXPECT_FALSE(HasFeedback(audio, audio.codecs[1], "nack"));
  EXPECT_EQ(audio.ptime, 20u);
  EXPECT_TRUE(audio.mid.empty());
  EXPECT_TRUE(d.media.at(2).IsRejected());
  EXPECT_EQ(d.lines.size(), 6u);
}

}  // namespace
}  // namespace pcd::sdp
