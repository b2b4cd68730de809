#include "engine/sctp/usrsctp_mailbox.h"

#include <utility>

namespace pcd::sctp {
namespace {

thread_local UsrsctpMailbox* current_owner = nullptr;

// More unsent packets than this mean that nobody polls; SCTP repeats what is lost.
constexpr size_t kMaxPackets = 4096;

}  // namespace

UsrsctpMailbox::OwnCall::OwnCall(UsrsctpMailbox& mailbox)
    : outer_(std::exchange(current_owner, &mailbox)) {}

UsrsctpMailbox::OwnCall::~OwnCall() { current_owner = outer_; }

std::optional<std::vector<uint8_t>> UsrsctpMailbox::PollPacket() {
  std::lock_guard lock(mutex_);
  if (output_.empty()) return std::nullopt;
  std::vector<uint8_t> packet = std::move(output_.front());
  output_.pop_front();
  return packet;
}

void UsrsctpMailbox::Detach() {
  {
    std::lock_guard lock(mutex_);
    loop_ = nullptr;
    output_.clear();
  }
  wake_ = nullptr;
}

void UsrsctpMailbox::Deliver(ByteSpan packet) {
  std::vector<uint8_t> copy(packet.begin(), packet.end());
  std::lock_guard lock(mutex_);
  if (loop_ == nullptr || output_.size() >= kMaxPackets) return;
  output_.push_back(std::move(copy));
  if (current_owner != this) WakeOwnerLocked();
}

void UsrsctpMailbox::Touch() {
  if (current_owner == this) return;
  std::lock_guard lock(mutex_);
  if (loop_ != nullptr) WakeOwnerLocked();
}

void UsrsctpMailbox::WakeOwnerLocked() {
  if (wake_posted_) return;
  wake_posted_ = true;
  loop_->Post([self = shared_from_this()] { self->RunWake(); });
}

void UsrsctpMailbox::RunWake() {
  {
    std::lock_guard lock(mutex_);
    wake_posted_ = false;
    if (loop_ == nullptr) return;
  }
  // The callee may detach this mailbox and so replace wake_ while it runs.
  net::Task wake = std::move(wake_);
  wake_ = nullptr;
  if (!wake) return;
  wake();
  std::lock_guard lock(mutex_);
  if (loop_ != nullptr && !wake_) wake_ = std::move(wake);
}

}  // namespace pcd::sctp
