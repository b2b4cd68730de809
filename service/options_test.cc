#include "service/options.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

TEST(Options, EveryLimitHasAFlagWithItsDefault) {
  Options options;
  FlagSet flags;
  AddFlags(flags, options);
  const std::string help = flags.Help();
  const Limits limits;
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, size_t>>{
           {"max-peer-connections", limits.max_peer_connections},
           {"max-sdp-bytes", limits.max_sdp_bytes},
           {"max-media-sections", limits.max_media_sections},
           {"max-transports", limits.max_transports},
           {"max-certificates", limits.max_certificates},
           {"max-candidates", limits.max_candidates},
           {"max-candidate-pairs", limits.max_candidate_pairs},
           {"max-data-channels", limits.max_data_channels},
           {"max-label-bytes", limits.max_label_bytes},
           {"max-message-bytes", limits.max_message_bytes},
           {"max-data-buffered-bytes", limits.max_data_buffered_bytes},
           {"max-data-received-bytes", limits.max_data_received_bytes},
           {"max-sinks", limits.max_sinks},
           {"max-local-tracks", limits.max_local_tracks},
           {"max-ssrcs", limits.max_ssrcs},
           {"max-unsignalled-ssrcs", limits.max_unsignalled_ssrcs},
           {"max-events", limits.max_events},
           {"max-event-bytes", limits.max_event_bytes}}) {
    EXPECT_NE(help.find("--" + std::string(name) + "=" + std::to_string(value) + "\n"),
              std::string::npos)
        << name;
  }
  for (const char* flag :
       {"dtls-handshake-timeout=30s", "never-connected-timeout=60s", "disconnected-timeout=60s"}) {
    EXPECT_NE(help.find("--" + std::string(flag) + "\n"), std::string::npos) << flag;
  }
}

TEST(Options, FlagsReachTheirMembers) {
  Options options;
  FlagSet flags;
  AddFlags(flags, options);
  EXPECT_FALSE(options.ice_tcp);
  ASSERT_TRUE(
      flags
          .Parse({"--listen=0.0.0.0:1", "--insecure", "--max-sinks=3", "--sink-allow=10.0.0.0/8",
                  "--no-ice-loopback", "--media-loops=2", "--dscp=46", "--ice-tcp",
                  "--media-port=5000", "--udp-ports=40000-49999", "--ice-address=192.0.2.1",
                  "--ice-interface=eth*", "--ice-interface=wg0", "--ice-exclude-interface=docker*",
                  "--ice-network=10.0.0.0/8", "--announce=203.0.113.7", "--announce=+2001:db8::7",
                  "--ice-server-allow=192.0.2.0/24:3478", "--ice-backend=full"})
          .ok());
  EXPECT_EQ(options.server.listen_address, "0.0.0.0:1");
  EXPECT_TRUE(options.server.security.allow_insecure);
  EXPECT_EQ(options.limits.max_sinks, 3u);
  EXPECT_EQ(options.sink_allow, std::vector<std::string>{"10.0.0.0/8"});
  EXPECT_FALSE(options.ice_loopback);
  EXPECT_EQ(options.media_loops, 2);
  EXPECT_EQ(options.dscp, 46);
  EXPECT_TRUE(options.ice_tcp);
  EXPECT_EQ(options.media_port, 5000);
  EXPECT_EQ(options.udp_ports, "40000-49999");
  using Texts = std::vector<std::string>;
  EXPECT_EQ(options.ice_addresses, Texts{"192.0.2.1"});
  EXPECT_EQ(options.ice_interfaces, (Texts{"eth*", "wg0"}));
  EXPECT_EQ(options.ice_excluded_interfaces, Texts{"docker*"});
  EXPECT_EQ(options.ice_networks, Texts{"10.0.0.0/8"});
  EXPECT_EQ(options.announce, (Texts{"203.0.113.7", "+2001:db8::7"}));
  EXPECT_EQ(options.ice_server_allow, Texts{"192.0.2.0/24:3478"});
  EXPECT_EQ(options.ice_backend, "full");
}

absl::Status CheckFlags(const std::vector<std::string>& arguments) {
  Options options;
  FlagSet flags;
  AddFlags(flags, options);
  PCD_RETURN_IF_ERROR(flags.Parse(arguments));
  return CheckOptions(options);
}

TEST(Options, TheLongestMessageMustPassEveryOtherLimit) {
  EXPECT_TRUE(CheckFlags({}).ok());
  const std::vector<std::string> fitting = {
      "--max-message-bytes=2000000", "--grpc-max-receive-bytes=2004096",
      "--grpc-max-send-bytes=6004096", "--max-data-buffered-bytes=2004096",
      "--max-data-received-bytes=2004096"};
  EXPECT_TRUE(CheckFlags(fitting).ok()) << CheckFlags(fitting).ToString();
  for (const auto& [flag, least] : std::initializer_list<std::pair<std::string, std::string>>{
           {"--grpc-max-receive-bytes=", "2004096"},
           {"--grpc-max-send-bytes=", "6004096"},
           {"--max-data-buffered-bytes=", "2004096"},
           {"--max-data-received-bytes=", "2004096"}}) {
    std::vector<std::string> arguments = fitting;
    arguments.push_back(flag + std::to_string(std::stoi(least) - 1));
    const absl::Status status = CheckFlags(arguments);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << flag;
    for (const std::string& text : {std::string("--max-message-bytes=2000000"), flag + least}) {
      EXPECT_NE(std::string(status.message()).find(text), std::string::npos) << status.ToString();
    }
  }
}

TEST(Options, TheLongestMessageThatAFlagAllowsCanBeReached) {
  EXPECT_TRUE(CheckFlags({"--max-message-bytes=16777216", "--grpc-max-receive-bytes=67108864",
                          "--grpc-max-send-bytes=67108864", "--max-data-buffered-bytes=67108864",
                          "--max-data-received-bytes=67108864"})
                  .ok());
}

absl::StatusOr<std::vector<SrtpProfile>> ProfilesOf(const std::vector<std::string>& arguments) {
  Options options;
  FlagSet flags;
  AddFlags(flags, options);
  PCD_RETURN_IF_ERROR(flags.Parse(arguments));
  return ParseSrtpProfiles(options.srtp_profiles);
}

TEST(Options, SrtpProfilesAreNamedInOrderOfPreference) {
  using enum SrtpProfile;
  const auto standard = ProfilesOf({});
  ASSERT_TRUE(standard.ok());
  EXPECT_EQ(*standard, (std::vector{kAeadAes128Gcm, kAeadAes256Gcm, kAes128CmSha1_80}));
  const auto chosen =
      ProfilesOf({"--srtp-profiles=SRTP_AES128_CM_HMAC_SHA1_32,SRTP_AES128_CM_HMAC_SHA1_80",
                  "--srtp-profiles=SRTP_AEAD_AES_256_GCM"});
  ASSERT_TRUE(chosen.ok());
  EXPECT_EQ(*chosen, (std::vector{kAes128CmSha1_32, kAes128CmSha1_80, kAeadAes256Gcm}));
  for (const char* bad : {"", ",", "SRTP_NULL_SHA1_80", "srtp_aead_aes_128_gcm",
                          "SRTP_AEAD_AES_128_GCM,SRTP_AEAD_AES_256_GCM,SRTP_AEAD_AES_128_GCM"}) {
    const auto refused = ProfilesOf({"--srtp-profiles=" + std::string(bad)});
    EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << bad;
    EXPECT_NE(std::string(refused.status().message()).find("--srtp-profiles"), std::string::npos);
  }
}

TEST(Options, PortRangesAreReadAndChecked) {
  uint16_t first = 1;
  uint16_t last = 1;
  EXPECT_TRUE(ParsePortRange("", &first, &last).ok());
  EXPECT_EQ(first, 0);
  EXPECT_EQ(last, 0);
  EXPECT_TRUE(ParsePortRange("40000-49999", &first, &last).ok());
  EXPECT_EQ(first, 40000);
  EXPECT_EQ(last, 49999);
  EXPECT_TRUE(ParsePortRange("7", &first, &last).ok());
  EXPECT_EQ(last, 7);
  for (const char* bad : {"0", "65536", "9-8", "1-", "-1", "a-b", "1-2-3"}) {
    EXPECT_FALSE(ParsePortRange(bad, &first, &last).ok()) << bad;
  }
}

}  // namespace
}  // namespace pcd::service
