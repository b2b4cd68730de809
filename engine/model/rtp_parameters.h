// Negotiated RTP parameters, shared by jsep (which negotiates) and media (which acts).
#ifndef ENGINE_MODEL_RTP_PARAMETERS_H_
#define ENGINE_MODEL_RTP_PARAMETERS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/enums.h"

namespace pcd {

// A list whose copies share their memory until one of them is edited; else a value like a vector.
// Threading: a value; the shared memory may be read anywhere.
template <typename T>
class SharedList {
 public:
  using value_type = T;
  using size_type = size_t;
  using const_reference = const T&;
  using const_iterator = typename std::vector<T>::const_iterator;
  using iterator = const_iterator;

  SharedList() = default;
  SharedList(std::vector<T> items)  // NOLINT(google-explicit-constructor): it is one.
      : items_(items.empty() ? nullptr : std::make_shared<std::vector<T>>(std::move(items))) {}
  SharedList(std::initializer_list<T> items) : SharedList(std::vector<T>(items)) {}

  const std::vector<T>& get() const {
    static const std::vector<T> none;
    return items_ == nullptr ? none : *items_;
  }
  operator const std::vector<T>&() const { return get(); }  // NOLINT(google-explicit-constructor)
  const_iterator begin() const { return get().begin(); }
  const_iterator end() const { return get().end(); }
  size_t size() const { return get().size(); }
  bool empty() const { return get().empty(); }
  const T& operator[](size_t index) const { return get()[index]; }
  const T& at(size_t index) const { return get().at(index); }
  const T& front() const { return get().front(); }
  const T& back() const { return get().back(); }

  // Of its own from now on.
  std::vector<T>& Edit() {
    if (!IsUnshared()) items_ = std::make_shared<std::vector<T>>(get());
    return *items_;
  }
  // Not empty, and no other list shares its memory.
  bool IsUnshared() const { return items_.use_count() == 1; }

  friend bool operator==(const SharedList& a, const SharedList& b) {
    return a.items_ == b.items_ || a.get() == b.get();
  }

 private:
  std::shared_ptr<std::vector<T>> items_{};  // Null: empty.
};

// One payload type (RTCRtpCodecParameters). `name` keeps the encoding name as written in
// SDP; it compares without case.
struct Codec {
  uint8_t payload_type = 0;
  std::string name{};                                       // "VP8", "opus", "rtx".
  uint32_t clock_rate = 0;                                  // Hz.
  uint16_t channels = 0;                                    // 0 for video.
  std::vector<std::pair<std::string, std::string>> fmtp{};  // In order; value may be empty.
  std::vector<std::string> rtcp_feedback{};                 // "nack pli", "transport-cc", ...

  bool NameIs(const char* other) const;                // Without case.
  const std::string* FindFmtp(const char* key) const;  // Null when absent.
  bool HasFeedback(const char* value) const;
  std::string FmtpText() const;  // "a=1;b=2"; bare values kept.
  friend bool operator==(const Codec&, const Codec&) = default;
};

// a=extmap (RFC 8285).
struct HeaderExtension {
  uint16_t id = 0;
  std::string uri{};
  Direction direction = Direction::kSendRecv;
  friend bool operator==(const HeaderExtension&, const HeaderExtension&) = default;
};

// In their order.
using CodecList = SharedList<Codec>;
using ExtensionList = SharedList<HeaderExtension>;

inline constexpr char kMidExtensionUri[] = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr char kRidExtensionUri[] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
inline constexpr char kRepairedRidExtensionUri[] =
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
inline constexpr char kTransportCcExtensionUri[] =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr char kAbsSendTimeExtensionUri[] =
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr char kAudioLevelExtensionUri[] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

// One a=ssrc source the remote announced, with its retransmission source if a FID group says so.
struct SignaledSsrc {
  uint32_t ssrc = 0;
  std::optional<uint32_t> rtx_ssrc{};
  std::string cname{};
  friend bool operator==(const SignaledSsrc&, const SignaledSsrc&) = default;
};

// What one negotiated media section means for receiving: everything `media` needs to route
// and answer packets of this section.
struct ReceiveParameters {
  std::string mid{};
  size_t transport_index = 0;  // Of the transport that carries the section.
  MediaKind kind = MediaKind::kAudio;
  bool receiving = false;             // False: packets of the section are dropped.
  CodecList codecs{};                 // Negotiated, preferred first, incl. rtx.
  ExtensionList extensions{};         // Negotiated ids.
  std::vector<SignaledSsrc> ssrcs{};  // May be empty: learnt by mid or payload type.
  std::vector<std::string> rids{};    // Simulcast layers in a=simulcast order.
  bool reduced_size_rtcp = false;     // a=rtcp-rsize agreed.
  // Receivers of media tell their time and are told round trips (RFC 3611): a=rtcp-xr:rcvr-rtt=all
  // agreed.
  bool receiver_reference_time = false;
  // What the remote says of its packets (RFC 8866 sections 6.4 and 6.5), in milliseconds; 0:
  // nothing.
  uint32_t ptime = 0, maxptime = 0;
  friend bool operator==(const ReceiveParameters&, const ReceiveParameters&) = default;
};

// RTCRtpEncodingParameters, as the application set it. Nothing is encoded here: beside `rid` and
// `active` it is kept for whoever drives the encoder of the source.
struct SendEncoding {
  std::string rid{};  // RFC 8851; empty: none.
  bool active = true;
  std::optional<uint32_t> max_bitrate{};             // Bits per second.
  std::optional<double> max_framerate{};             // Frames per second, at least 0; video.
  std::optional<double> scale_resolution_down_by{};  // At least 1; video.
  friend bool operator==(const SendEncoding&, const SendEncoding&) = default;
};

// What one negotiated media section means for sending.
struct SendParameters {
  std::string mid{};
  size_t transport_index = 0;  // Of the transport that carries the section.
  std::string transceiver_id{};
  std::string sender_id{};
  MediaKind kind = MediaKind::kAudio;
  bool sending = false;  // False: nothing may be sent, whether the sender has a track or not.
  // Announced; 0: none, the sender chooses.
  uint32_t ssrc = 0, rtx_ssrc = 0;
  // Payload types and parameters as the remote wants to receive them, preferred first, incl. rtx;
  // feedback that both sides named.
  CodecList codecs{};
  ExtensionList extensions{};  // Ids to send with.
  // Of each of the sender's encodings, in their order; empty: no simulcast is negotiated.
  std::vector<std::string> rids{};
  bool reduced_size_rtcp = false;        // a=rtcp-rsize agreed.
  bool receiver_reference_time = false;  // As in ReceiveParameters.
  friend bool operator==(const SendParameters&, const SendParameters&) = default;
};

}  // namespace pcd

#endif  // ENGINE_MODEL_RTP_PARAMETERS_H_
