// Packets and key material for tests of this room.
#ifndef ENGINE_SRTP_SRTP_TESTING_H_
#define ENGINE_SRTP_SRTP_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/packet.h"
#include "engine/srtp/srtp_session.h"

namespace pcd::srtp {

// The master key of RFC 3711 appendix B.3, followed by 00 01 .. 0f where 32 octets are wanted.
inline std::vector<uint8_t> TestKey(SrtpProfile profile) {
  std::vector<uint8_t> key = {0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0,
                              0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39};
  for (uint8_t i = 0; key.size() < MasterKeyLength(profile); ++i) key.push_back(i);
  return key;
}

// The master salt of RFC 3711 appendix B.3, cut to the profile's length.
inline std::vector<uint8_t> TestSalt(SrtpProfile profile) {
  std::vector<uint8_t> salt = {0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe,
                               0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6};
  salt.resize(MasterSaltLength(profile));
  return salt;
}

inline std::unique_ptr<SrtpSession> MakeSession(SrtpDirection direction, SrtpProfile profile,
                                                size_t max_ssrcs = 8) {
  return SrtpSession::Create(direction, profile, TestKey(profile), TestSalt(profile), max_ssrcs)
      .value();
}

inline std::vector<uint8_t> FromHex(std::string_view hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// An RTP packet without extensions.
inline std::vector<uint8_t> MakeRtp(uint32_t ssrc, uint16_t sequence, size_t payload = 100) {
  std::vector<uint8_t> bytes(12 + payload, 0x5a);
  bytes[0] = 0x80;
  bytes[1] = 96;
  StoreU16(&bytes[2], sequence);
  StoreU32(&bytes[4], 1000);
  StoreU32(&bytes[8], ssrc);
  return bytes;
}

// A receiver report without blocks, plus padding so that there is something to encrypt.
inline std::vector<uint8_t> MakeRtcp(uint32_t ssrc) {
  std::vector<uint8_t> bytes(32, 0x11);
  bytes[0] = 0x80;
  bytes[1] = 201;
  StoreU16(&bytes[2], 7);
  StoreU32(&bytes[4], ssrc);
  return bytes;
}

}  // namespace pcd::srtp

#endif  // ENGINE_SRTP_SRTP_TESTING_H_
