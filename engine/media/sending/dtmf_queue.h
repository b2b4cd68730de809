#ifndef ENGINE_MEDIA_SENDING_DTMF_QUEUE_H_
#define ENGINE_MEDIA_SENDING_DTMF_QUEUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace pcd::media {

// 0-9, A-D, * and #, and "," for a pause (W3C insertDTMF); no others.
bool AreTones(std::string_view tones);

// The tones that one sender has to play, and when which packet of them is due (RFC 4733; W3C
// RTCDTMFSender's playout). A core. Threading: its owner's.
class DtmfQueue {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(20);  // Between packets.
  static constexpr Duration kComma = std::chrono::seconds(2);
  // The last packet of a tone goes out so often, at once (RFC 4733 section 2.5.1.4).
  static constexpr int kEndPackets = 3;

  // One telephone-event packet.
  struct Packet {
    uint8_t event = 0;  // RFC 4733 section 3.2.
    bool first = false;
    bool end = false;
    uint32_t timestamp_offset = 0;  // From the beginning of the tone.
    uint16_t duration = 0;          // From there; both in units of the clock.
  };
  struct Step {
    // A tone begins; '\0': all have been played.
    std::optional<char> change{};
    std::optional<Packet> packet{};
  };

  // Replaces what waits; a tone that sounds goes on, with the gap that it began with. `tones`
  // passes AreTones.
  void Insert(std::string_view tones, Duration duration, Duration gap, Timestamp now);
  void Clear() { *this = {}; }

  // What is due; call until nullopt. `clock_rate` above 0.
  std::optional<Step> Poll(uint32_t clock_rate, Timestamp now);
  Timestamp NextDeadline() const { return next_; }
  // The packets of a tone take the place of the sound.
  bool sounds() const { return state_ == State::kTone; }
  Timestamp tone_began() const { return began_; }

 private:
  enum class State { kIdle, kBetween, kTone };

  Step BeginTone(Timestamp now);
  Packet NextPacket(uint32_t clock_rate);

  std::string waiting_{};
  Duration duration_{};
  Duration gap_{};
  State state_ = State::kIdle;
  Timestamp next_ = kNever;

  // Of the tone that sounds.
  uint8_t event_ = 0;
  Duration length_{};
  Duration pause_{};  // Behind it.
  Timestamp began_{};
  uint32_t segment_ = 0;  // Where the segment begins, in units from the tone's beginning.
  bool sent_any_ = false;
  int ends_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_DTMF_QUEUE_H_
