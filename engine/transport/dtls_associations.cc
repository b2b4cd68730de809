#include "engine/transport/dtls_associations.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace pcd::transport {
namespace {

// RFC 6347 sections 4.1, 4.2.2 and 4.3.2: where things are in a record with a ClientHello.
constexpr uint8_t kHandshake = 22;
constexpr uint8_t kClientHello = 1;
constexpr size_t kEpochAt = 3;
constexpr size_t kMessageAt = 13;
constexpr size_t kFragmentOffsetAt = 19;
constexpr size_t kRandomAt = 27;

bool IsInClear(ByteSpan datagram) {
  return datagram.size() > kEpochAt + 1 && datagram[kEpochAt] == 0 && datagram[kEpochAt + 1] == 0;
}

}  // namespace

DtlsAssociations::DtlsAssociations(dtls::Config config)
    : config_(std::move(config)), current_(Make()) {}

std::unique_ptr<dtls::DtlsTransport> DtlsAssociations::Make() const {
  return std::make_unique<dtls::DtlsTransport>(config_);
}

std::optional<DtlsAssociations::HelloRandom> DtlsAssociations::RandomOf(ByteSpan datagram) {
  HelloRandom random{};
  if (datagram.size() < kRandomAt + random.size() || datagram[0] != kHandshake ||
      !IsInClear(datagram) || datagram[kMessageAt] != kClientHello) {
    return std::nullopt;
  }
  const ByteSpan offset = datagram.subspan(kFragmentOffsetAt, 3);
  if (std::ranges::any_of(offset, [](uint8_t byte) { return byte != 0; })) return std::nullopt;
  std::ranges::copy(datagram.subspan(kRandomAt, random.size()), random.begin());
  return random;
}

void DtlsAssociations::SetRemoteFingerprints(std::vector<Fingerprint> fingerprints, Timestamp now) {
  fingerprints_ = std::move(fingerprints);
  current_->SetRemoteFingerprints(fingerprints_, now);
  if (next_ != nullptr) next_->SetRemoteFingerprints(fingerprints_, now);
}

void DtlsAssociations::Start(DtlsRole role, Timestamp now) { current_->Start(role, now); }

void DtlsAssociations::DropNext() {
  if (next_ == nullptr) return;
  past_dropped_ += next_->dropped_datagrams();
  next_.reset();
}

void DtlsAssociations::Reset() {
  DropNext();
  past_dropped_ += current_->dropped_datagrams();
  current_ = Make();
  hello_.reset();
}

// RFC 6347 section 4.2.8. A repeated ClientHello of a handshake that is known begins nothing.
void DtlsAssociations::FollowHello(const HelloRandom& random, Timestamp now) {
  if (hello_ == random) return;
  const bool first = !hello_.has_value();
  const DtlsState state = current_->state();
  if (first || state == DtlsState::kNew) {
    hello_ = random;
    return;
  }
  if (current_->role() != DtlsRole::kServer || state == DtlsState::kFailed) return;
  if (now - began_ < kShortestBetween) return;
  hello_ = random;
  began_ = now;
  DropNext();
  next_ = Make();
  next_->SetRemoteFingerprints(fingerprints_, now);
  next_->Start(DtlsRole::kServer, now);
}

void DtlsAssociations::HandleDatagram(ByteSpan datagram, Timestamp now) {
  if (const auto random = RandomOf(datagram)) FollowHello(*random, now);
  if (next_ == nullptr) return current_->HandleDatagram(datagram, now);
  // What is encrypted may belong to either; the one that it does not belong to ignores it.
  if (!IsInClear(datagram)) current_->HandleDatagram(datagram, now);
  next_->HandleDatagram(datagram, now);
}

void DtlsAssociations::HandleTimeout(Timestamp now) {
  current_->HandleTimeout(now);
  if (next_ != nullptr) next_->HandleTimeout(now);
}

Timestamp DtlsAssociations::NextDeadline() const {
  const Timestamp current = current_->NextDeadline();
  return next_ == nullptr ? current : std::min(current, next_->NextDeadline());
}

std::optional<std::vector<uint8_t>> DtlsAssociations::PollOutput() {
  if (auto datagram = current_->PollOutput()) return datagram;
  return next_ == nullptr ? std::nullopt : next_->PollOutput();
}

std::optional<dtls::Event> DtlsAssociations::PollEvent() {
  if (auto event = current_->PollEvent()) return event;
  while (next_ != nullptr) {
    auto event = next_->PollEvent();
    if (!event.has_value()) return std::nullopt;
    if (std::holds_alternative<dtls::Connected>(*event)) {
      past_dropped_ += current_->dropped_datagrams();
      current_ = std::move(next_);
      return event;
    }
    // A handshake that fails leaves everything as it was.
    const auto* changed = std::get_if<dtls::StateChanged>(&*event);
    if (changed != nullptr && changed->state != DtlsState::kConnecting) DropNext();
  }
  return std::nullopt;
}

void DtlsAssociations::Close() {
  DropNext();
  current_->Close();
}

uint64_t DtlsAssociations::dropped_datagrams() const {
  return past_dropped_ + current_->dropped_datagrams() +
         (next_ == nullptr ? 0 : next_->dropped_datagrams());
}

}  // namespace pcd::transport
