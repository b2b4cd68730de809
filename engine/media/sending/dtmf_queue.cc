#include "engine/media/sending/dtmf_queue.h"

#include <algorithm>

#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {
namespace {

constexpr std::string_view kEvents = "0123456789*#ABCD";  // By number.
constexpr char kPause = ',';
constexpr uint32_t kMaxDuration = 0xFFFF;

}  // namespace

bool AreTones(std::string_view tones) {
  return std::all_of(tones.begin(), tones.end(), [](char tone) {
    return tone == kPause || kEvents.find(tone) != std::string_view::npos;
  });
}

void DtmfQueue::Insert(std::string_view tones, Duration duration, Duration gap, Timestamp now) {
  waiting_ = tones;
  duration_ = duration;
  gap_ = gap;
  if (state_ != State::kIdle || waiting_.empty()) return;
  state_ = State::kBetween;
  next_ = now;
}

std::optional<DtmfQueue::Step> DtmfQueue::Poll(uint32_t clock_rate, Timestamp now) {
  if (now < next_) return std::nullopt;
  if (state_ == State::kBetween) return BeginTone(now);
  const Packet packet = NextPacket(clock_rate);
  if (ends_ == kEndPackets) {
    state_ = State::kBetween;
    next_ = began_ + length_ + pause_;
  } else if (ends_ == 0 && packet.duration != kMaxDuration) {
    next_ = std::min(next_ + kInterval, began_ + length_);
  }
  return Step{.packet = packet};
}

DtmfQueue::Step DtmfQueue::BeginTone(Timestamp now) {
  if (waiting_.empty()) {
    Clear();
    return {.change = '\0'};
  }
  const char tone = waiting_.front();
  waiting_.erase(waiting_.begin());
  if (tone == kPause) {
    next_ = now + kComma;
    return {.change = tone};
  }
  state_ = State::kTone;
  event_ = static_cast<uint8_t>(kEvents.find(tone));
  length_ = duration_;
  pause_ = gap_;
  began_ = now;
  next_ = now + std::min(kInterval, length_);
  segment_ = 0;
  sent_any_ = false;
  ends_ = 0;
  return {.change = tone};
}

// A tone that is too long for the field goes on in another segment (RFC 4733 section 2.5.1.3).
DtmfQueue::Packet DtmfQueue::NextPacket(uint32_t clock_rate) {
  const auto played = static_cast<uint32_t>(rtp::RtpUnits(next_ - began_, clock_rate));
  const uint32_t in_segment = played - segment_;
  Packet packet{.event = event_,
                .first = !sent_any_,
                .timestamp_offset = segment_,
                .duration = static_cast<uint16_t>(std::min(in_segment, kMaxDuration))};
  sent_any_ = true;
  if (in_segment >= kMaxDuration) {
    segment_ += kMaxDuration;
    // Exactly full: the next packet begins the segment that goes on.
    return packet;
  }
  packet.end = next_ == began_ + length_;
  if (packet.end) ++ends_;
  return packet;
}

}  // namespace pcd::media
