#include "engine/sdp/parser.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/sdp/writer.h"

namespace pcd::sdp {
namespace {

constexpr char kHead[] = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";  // Lines 1-4.
constexpr char kVideo[] = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n";  // 5-6.

std::string WithVideo(const std::string& line) { return std::string(kHead) + kVideo + line; }

MediaSection Video(const std::string& lines) {
  auto description = Parse(WithVideo(lines), {});
  EXPECT_TRUE(description.ok()) << description.status();
  return description.ok() ? description->media.at(0) : MediaSection{};
}

void ExpectError(const std::string& text, ErrorReason reason, int line) {
  const auto description = Parse(text, {});
  ASSERT_FALSE(description.ok()) << text;
  EXPECT_EQ(description.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorReason(description.status()), reason) << text;
  EXPECT_EQ(GetErrorDetail(description.status()).sdp_line, line) << text;
  EXPECT_EQ(GetErrorDetail(description.status()).dom_exception,
            reason == ErrorReason::INVALID_SDP ? "RTCError" : "OperationError");
  EXPECT_EQ(GetErrorDetail(description.status()).rule.empty(), reason != ErrorReason::INVALID_SDP);
}

struct BadText {
  const char* text;
  int line;
};

TEST(ParserTest, NamesTheLineOfAStructuralError) {
  const BadText kCases[] = {
      {"", 0},
      {"\r\n\r\n", 2},
      {"hello", 1},
      {"o=- 1 2 IN IP4 127.0.0.1\r\n", 1},
      {"v=1\r\n", 1},
      {"v=0\r\nx\r\n", 2},
      {"v=0\r\nA=b\r\n", 2},
      {"v=0\r\n", 1},
      {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n", 2},
      {"v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 3},
      {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 3},
      {"v=0\r\no=- 1 2 IN IP4\r\n", 2},
      {"v=0\r\nv=0\r\n", 2},
      {"v=0\r\ns=-\r\ns=-\r\n", 3},
      {"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\no=- 1 2 IN IP4 127.0.0.1\r\n", 3},
  };
  for (const BadText& bad : kCases) ExpectError(bad.text, ErrorReason::INVALID_SDP, bad.line);
}

TEST(ParserTest, NamesTheLineOfABadMediaLine) {
  for (const char* line :
       {"m=video", "m=video 9", "m=video x RTP/SAVPF 96", "m=video 65536 RTP/SAVPF 96",
        "m=video 9/0 RTP/SAVPF 96", "m=video 9/x RTP/SAVPF 96", "m=video 9 RTP/SAVPF 128",
        "m=video 9 RTP/SAVPF x", "m=video 9 RTP/SAVPF -1"}) {
    ExpectError(std::string(kHead) + line + "\r\n", ErrorReason::INVALID_SDP, 5);
  }
}

TEST(ParserTest, NamesTheLineOfABadAttribute) {
  for (const char* line : {"a=",
                           "a=:x",
                           "v=0",
                           "o=- 1 2 IN IP4 127.0.0.1",
                           "a=ice-ufrag:abc",
                           "a=ice-ufrag:ab cd",
                           "a=ice-pwd:tooshort",
                           "a=fingerprint:sha-256",
                           "a=fingerprint:sha-256 00:11",
                           "a=fingerprint:sha-999 0G",
                           "a=fingerprint:sha-999 00:1",
                           "a=setup:holdconn",
                           "a=setup:",
                           "a=extmap:x uri",
                           "a=extmap:0 uri",
                           "a=extmap:1",
                           "a=extmap:1/up uri",
                           "a=extmap:65536 uri",
                           "a=rtpmap:96",
                           "a=rtpmap:96 VP8",
                           "a=rtpmap:96 VP8/x",
                           "a=rtpmap:96 VP8/0",
                           "a=rtpmap:96 /90000",
                           "a=rtpmap:96 a/1/x",
                           "a=rtpmap:96 a/1/2/3",
                           "a=rtpmap:x VP8/90000",
                           "a=rtcp-fb:96",
                           "a=mid:",
                           "a=mid:a b",
                           "a=ssrc:x cname:y",
                           "a=ssrc:4294967296 cname:y",
                           "a=ssrc:1 :y",
                           "a=ssrc-group:",
                           "a=ssrc-group:FID x",
                           "a=candidate:1 1 udp",
                           "a=sctp-port:65536",
                           "a=sctpmap:x y",
                           "a=sctpmap:5000",
                           "a=sctpmap:5000 a b",
                           "a=max-message-size:-1",
                           "a=sendrecv\r\na=sendonly",
                           "a=mid:a\r\na=mid:b",
                           "a=ice-ufrag:aaaa\r\na=ice-ufrag:bbbb",
                           "a=setup:active\r\na=setup:passive",
                           "a=rtpmap:96 VP8/90000\r\na=rtpmap:96 VP9/90000",
                           "a=sctpmap:1 a\r\na=sctpmap:2 a",
                           "a=sctp-port:1\r\na=sctp-port:2"}) {
    const bool second = std::string(line).find('\n') != std::string::npos;
    ExpectError(WithVideo(line), ErrorReason::INVALID_SDP, second ? 8 : 7);
  }
}

TEST(ParserTest, RefusesAZeroByte) {
  ExpectError(WithVideo("a=x") + std::string("\0y", 2), ErrorReason::INVALID_SDP, 0);
}

TEST(ParserTest, CapsBytesAndSections) {
  const std::string text = WithVideo("");
  EXPECT_TRUE(Parse(text, {.max_sdp_bytes = text.size()}).ok());
  const auto long_text = Parse(text, {.max_sdp_bytes = text.size() - 1});
  EXPECT_EQ(GetErrorReason(long_text.status()), ErrorReason::SDP_TOO_LARGE);
  const Limits two_sections{.max_media_sections = 2};
  EXPECT_TRUE(Parse(std::string(kHead) + kVideo + kVideo, two_sections).ok());
  const auto many = Parse(std::string(kHead) + kVideo + kVideo + kVideo, two_sections);
  EXPECT_EQ(GetErrorReason(many.status()), ErrorReason::SDP_TOO_LARGE);
  EXPECT_EQ(GetErrorDetail(many.status()).sdp_line, 9);
}

TEST(ParserTest, AcceptsTheSameLineTwice) {
  const MediaSection video = Video(
      "a=mid:a\r\na=mid:a\r\na=ice-ufrag:aaaa\r\na=ice-ufrag:aaaa\r\na=setup:active\r\n"
      "a=setup:active\r\na=sendonly\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n"
      "a=rtpmap:96 VP8/90000\r\na=rtcp-mux\r\na=rtcp-mux\r\n");
  EXPECT_EQ(video.mid, "a");
  EXPECT_EQ(video.codecs[0].name, "VP8");
}

TEST(ParserTest, KeepsWhatItDoesNotKnowInOrder) {
  const MediaSection video = Video(
      "a=x-two:b c\r\na=x-one\r\na=rtpmap:120 H264/90000\r\na=fmtp:120 x=y\r\n"
      "a=rtcp-fb:120 nack\r\na=rid:1 both\r\na=simulcast: send rid=1;2\r\na=ptime:2.5\r\n"
      "a=ice-lite\r\na=group:LS a\r\na=x-empty:\r\n");
  const std::vector<Attribute> kept = {{"x-two", "b c", true},
                                       {"x-one", "", false},
                                       {"rtpmap", "120 H264/90000", true},
                                       {"fmtp", "120 x=y", true},
                                       {"rtcp-fb", "120 nack", true},
                                       {"rid", "1 both", true},
                                       {"simulcast", "send rid=1;2", true},
                                       {"ptime", "2.5", true},
                                       {"ice-lite", "", false},
                                       {"group", "LS a", true},
                                       {"x-empty", "", true}};
  EXPECT_EQ(video.attributes, kept);
}

TEST(ParserTest, ReadsTheFormatsOfExtendedReports) {
  const auto description = Parse(
      WithVideo("a=rtcp-xr:rcvr-rtt=all:100  stat-summary=loss\r\na=rtcp-xr:\r\na=rtcp-xr:x\r\n"),
      {});
  ASSERT_TRUE(description.ok());
  const MediaSection& video = description->media.at(0);
  EXPECT_EQ(video.rtcp_xr,
            (std::vector<std::string>{"rcvr-rtt=all:100", "stat-summary=loss", "x"}));
  EXPECT_EQ(video.attributes, (std::vector<Attribute>{{"rtcp-xr", "", true}}));
  EXPECT_NE(Write(*description).find("a=rtcp-xr:rcvr-rtt=all:100 stat-summary=loss x\r\n"),
            std::string::npos);
}

TEST(ParserTest, ReadsFmtpInItsManyForms) {
  const MediaSection video =
      Video("a=fmtp:96 a=1; b=2 ;c; d==;;\r\na=fmtp:96 e=5\r\na=fmtp:97 0-16\r\n");
  EXPECT_EQ(video.codecs[0].FmtpText(), "a=1;b=2;c;d==;e=5");
  EXPECT_EQ(video.codecs[1].FmtpText(), "0-16");
}

TEST(ParserTest, ReadsSimulcastInBothDirectionsWithPausedAlternatives) {
  const MediaSection video = Video("a=simulcast:recv r send a,~b;~c\r\n");
  ASSERT_TRUE(video.simulcast.has_value());
  EXPECT_EQ(video.simulcast->send, (SimulcastStreams{{{"a", false}, {"b", true}}, {{"c", true}}}));
  EXPECT_EQ(video.simulcast->recv, (SimulcastStreams{{{"r", false}}}));
}

TEST(ParserTest, ReadsEveryFormOfMsid) {
  const MediaSection video = Video("a=msid:s t\r\na=msid:- t\r\na=msid:s\r\na=msid:a b c\r\n");
  EXPECT_EQ(video.msids, (std::vector<Msid>{{"s", "t"}, {"-", "t"}, {"s", ""}}));
  EXPECT_EQ(video.attributes.size(), 1u);
  EXPECT_EQ(EffectiveMsids(Video("a=ssrc:1 cname:c\r\na=ssrc:1 msid:s t\r\n")),
            (std::vector<Msid>{{"s", "t"}}));
  EXPECT_EQ(EffectiveMsids(Video("a=ssrc:1 msid:s\r\n")), (std::vector<Msid>{{"s", ""}}));
  EXPECT_TRUE(EffectiveMsids(Video("a=ssrc:1 cname:c\r\n")).empty());
}

TEST(ParserTest, ListsSourcesWithTheirRetransmissionOnce) {
  const MediaSection video = Video(
      "a=ssrc-group:FID 1 2\r\na=ssrc-group:FEC-FR 1 3\r\na=ssrc-group:SIM 1 4\r\n"
      "a=ssrc:1 cname:c\r\na=ssrc:1 msid:s t\r\na=ssrc:2 cname:c\r\na=ssrc:3 cname:c\r\n"
      "a=ssrc:4 cname:d\r\n");
  EXPECT_EQ(SignaledSsrcs(video, 64),
            (std::vector<SignaledSsrc>{{.ssrc = 1, .rtx_ssrc = 2, .cname = "c"},
                                       {.ssrc = 4, .cname = "d"}}));
  EXPECT_EQ(SignaledSsrcs(video, 1).size(), 1u);
}

TEST(MsidTest, AnIdHasUpTo64TokenCharacters) {
  for (const std::string& good : {std::string("a"), std::string("-"), std::string(64, 'x'),
                                  std::string("{3d8bb1a5-4f9b}"), std::string("!#$%&'*+.^_`|~")}) {
    EXPECT_TRUE(IsMsidId(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a\r\na=x"),
        std::string("a\n"), std::string("a\0", 2), std::string("\x7f"), std::string("\xc3\xa4")}) {
    EXPECT_FALSE(IsMsidId(bad)) << bad;
  }
  for (const char c : std::string("\"(),/:;<=>?@[\\]")) EXPECT_FALSE(IsMsidId({&c, 1})) << c;
}

// Whoever fills in a value may have it from a caller.
TEST(WriterTest, NoValueEndsItsLine) {
  const std::string evil = "x\r\na=evil:1\nm=evil\r";
  Description description;
  description.media.push_back(Video(""));
  description.name = evil;
  description.attributes.push_back({.name = "n", .value = evil, .has_value = true});
  MediaSection& media = description.media[0];
  media.mid = evil;
  media.msids.push_back({.stream_id = evil, .track_id = evil + std::string(1, '\0')});
  media.ice_ufrag = evil;
  media.candidates.push_back({.foundation = evil, .address = evil});
  const std::string text = Write(description);
  EXPECT_EQ(text.find("\r\na=evil"), std::string::npos);
  EXPECT_EQ(text.find("\nm=evil"), std::string::npos);
  EXPECT_EQ(text.find('\0'), std::string::npos);
  EXPECT_NE(text.find("\r\ns=xa=evil:1m=evil\r\n"), std::string::npos);
  EXPECT_NE(text.find("\r\na=mid:xa=evil:1m=evil\r\n"), std::string::npos);
  for (size_t i = 0; i < text.size(); ++i) {
    EXPECT_EQ(text[i] == '\r', i + 1 < text.size() && text[i + 1] == '\n') << i;
  }
  EXPECT_EQ(AppendToSection("m=a 9 x\r\n", 0, "a=n\r\na=evil"), "m=a 9 x\r\na=na=evil\r\n");
}

TEST(WriterTest, AppendsToTheRightSection) {
  const std::string text = "v=0\r\nm=audio 9 x 1\r\na=a\r\nm=video 9 x 1\r\na=b\r\n";
  EXPECT_EQ(AppendToSection(text, 0, "a=new"),
            "v=0\r\nm=audio 9 x 1\r\na=a\r\na=new\r\nm=video 9 x 1\r\na=b\r\n");
  EXPECT_EQ(AppendToSection(text, 1, "a=new"), text + "a=new\r\n");
  EXPECT_EQ(AppendToSection(text, 2, "a=new"), text);
  EXPECT_EQ(AppendToSection("m=a 9 x\nm=b 9 x", 0, "a=n"), "m=a 9 x\na=n\r\nm=b 9 x");
  EXPECT_EQ(AppendToSection("m=a 9 x", 0, "a=n"), "m=a 9 x\r\na=n\r\n");
  EXPECT_EQ(AppendToSection("", 0, "a=n"), "");
}

}  // namespace
}  // namespace pcd::sdp
