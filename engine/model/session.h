// Session-level values: descriptions, fingerprints, configuration, data channel options.
#ifndef ENGINE_MODEL_SESSION_H_
#define ENGINE_MODEL_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/rtp_parameters.h"

namespace pcd {

// RTCSessionDescription.
struct SessionDescription {
  SdpType type = SdpType::kOffer;
  std::string sdp{};
  friend bool operator==(const SessionDescription&, const SessionDescription&) = default;
};

// Shared, because the same text is kept and shown in many places. Null where W3C says null.
using DescriptionPtr = std::shared_ptr<const SessionDescription>;

// a=fingerprint (RFC 8122). `algorithm` is lower case ("sha-256"); `value` is upper-case hex
// with colons.
struct Fingerprint {
  std::string algorithm{};
  std::string value{};
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// Kind of key of a certificate.
enum class KeyAlgorithm { kEcdsaP256, kRsa2048, kRsa3072 };

// A certificate that a caller names: by `id`, or with its own PEM texts.
struct CertificateSource {
  std::string id{};  // Of a generated one; empty: the texts count.
  std::string certificate_pem{};
  std::string private_key_pem{};  // Never returned and never logged.
};

// RTCConfiguration, as far as the engine acts on it; its certificates go their own way, since
// they have secrets.
struct Configuration {
  std::vector<IceServer> ice_servers{};
  IceTransportPolicy ice_transport_policy = IceTransportPolicy::kAll;
  BundlePolicy bundle_policy = BundlePolicy::kBalanced;  // W3C's default.
  IceBackend ice_backend = IceBackend::kAuto;
  // Kept for who asks. Gathering begins with the description, whatever it is.
  uint8_t ice_candidate_pool_size = 0;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

// Why a DTLS association failed, beside the words.
struct DtlsFailure {
  bool fingerprint = false;  // The peer's certificate is not one that was announced.
  // Fatal ones (RFC 8446 section 6); absent: none.
  std::optional<uint8_t> sent_alert{}, received_alert{};
  friend bool operator==(const DtlsFailure&, const DtlsFailure&) = default;
};

// RTCPriorityType of a data channel (RFC 8831 section 6.4: below normal, normal, high, extra high).
enum class DataChannelPriority { kVeryLow, kLow, kMedium, kHigh };

// RTCDataChannelInit plus the label.
struct DataChannelInit {
  std::string label{};
  bool ordered = true;
  std::optional<uint16_t> max_packet_life_time{};  // Milliseconds; excludes max_retransmits.
  std::optional<uint16_t> max_retransmits{};
  std::string protocol{};
  bool negotiated = false;
  std::optional<uint16_t> id{};  // Required when negotiated; 0..65534.
  // Not with negotiated: the id to take if it is free and one of ours.
  std::optional<uint16_t> preferred_id{};
  DataChannelPriority priority = DataChannelPriority::kLow;
  friend bool operator==(const DataChannelInit&, const DataChannelInit&) = default;
};

// RTCRtpTransceiverInit, and the ids that a caller may choose.
struct TransceiverInit {
  Direction direction = Direction::kSendRecv;
  std::vector<std::string> stream_ids{};
  std::string track_id{};                      // The local track to send; empty: none yet.
  std::string sender_id{};                     // Empty: one is made.
  std::string receiver_id{};                   // Empty: one is made.
  std::vector<SendEncoding> send_encodings{};  // Empty: one with defaults.
};

// Ids of the sender and the receiver of a new transceiver; empty: they are made.
struct EndIds {
  std::string sender_id{};
  std::string receiver_id{};
};

}  // namespace pcd

#endif  // ENGINE_MODEL_SESSION_H_
