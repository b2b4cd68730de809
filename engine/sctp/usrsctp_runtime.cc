#include "engine/sctp/usrsctp_runtime.h"

#include <usrsctp.h>

#include <algorithm>
#include <utility>

namespace pcd::sctp {
namespace {

// A released address rests until this many others wait behind it, so that nothing usrsctp
// still does for its old association meets a new one.
constexpr size_t kRestingAddresses = 256;

// A longer pause (nobody ticked while there were no associations) counts as this much: the
// timers of what is left may fire, not run in bursts.
constexpr Duration kLongestStep = std::chrono::seconds(1);

// Unacknowledged or unordered chunks kept per association, each way. The default, 512, holds
// small messages back on a long path; none at all would let tiny chunks fill the memory.
constexpr uint32_t kMaxChunks = 4096;

void Configure() {
  // Checksums are ours (usrsctp_socket.h).
  usrsctp_enable_crc32c_offload();
  // An INIT for nobody is not answered.
  usrsctp_sysctl_set_sctp_blackhole(2);
  // None of these exists over DTLS (RFC 8261, RFC 8831).
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(kMaxChunks);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);
  // RFC 4960's second is made for paths unlike those that carry calls. The values are those
  // other WebRTC stacks use.
  usrsctp_sysctl_set_sctp_rto_initial_default(500);
  usrsctp_sysctl_set_sctp_rto_min_default(400);
  usrsctp_sysctl_set_sctp_rto_max_default(10'000);
  usrsctp_sysctl_set_sctp_init_rto_max_default(5'000);
  usrsctp_sysctl_set_sctp_init_rtx_max_default(10);
  usrsctp_sysctl_set_sctp_assoc_rtx_max_default(10);
  usrsctp_sysctl_set_sctp_path_rtx_max_default(10);
}

}  // namespace

UsrsctpRuntime& UsrsctpRuntime::Get() {
  // Never destroyed: usrsctp keeps pointers to our callbacks until the process ends.
  static UsrsctpRuntime& runtime = *new UsrsctpRuntime();
  return runtime;
}

UsrsctpRuntime::UsrsctpRuntime() {
  usrsctp_init_nothreads(0, &UsrsctpRuntime::OnOutput, nullptr);
  Configure();
}

uintptr_t UsrsctpRuntime::Acquire(std::shared_ptr<UsrsctpMailbox> mailbox) {
  uintptr_t address = 0;
  bool fresh = false;
  {
    std::unique_lock lock(mutex_);
    if (released_.size() > kRestingAddresses) {
      address = released_.front();
      released_.pop_front();
    } else {
      address = ++last_address_;
      fresh = true;
    }
    mailboxes_[address] = std::move(mailbox);
  }
  if (fresh) usrsctp_register_address(AsUsrsctpAddress(address));
  return address;
}

void UsrsctpRuntime::Release(uintptr_t address) {
  std::shared_ptr<UsrsctpMailbox> mailbox;
  std::unique_lock lock(mutex_);
  const auto it = mailboxes_.find(address);
  if (it == mailboxes_.end()) return;
  mailbox = std::move(it->second);
  mailboxes_.erase(it);
  released_.push_back(address);
}

std::shared_ptr<UsrsctpMailbox> UsrsctpRuntime::Find(uintptr_t address) {
  std::shared_lock lock(mutex_);
  const auto it = mailboxes_.find(address);
  return it == mailboxes_.end() ? nullptr : it->second;
}

void UsrsctpRuntime::Touch(uintptr_t address) {
  if (auto mailbox = Find(address)) mailbox->Touch();
}

int UsrsctpRuntime::OnOutput(void* address, void* packet, size_t length, uint8_t /*tos*/,
                             uint8_t /*set_df*/) {
  if (auto mailbox = Get().Find(reinterpret_cast<uintptr_t>(address))) {
    mailbox->Deliver(ByteSpan(static_cast<const uint8_t*>(packet), length));
  }
  return 0;
}

void UsrsctpRuntime::Tick(Timestamp now) {
  std::unique_lock lock(tick_mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  // Far in the past: another clock, as in a test with a simulated one after another.
  if (now + kLongestStep < last_tick_) last_tick_ = now;
  if (now <= last_tick_) return;
  const Duration step = std::min(now - last_tick_, kLongestStep);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(step);
  if (millis.count() == 0) return;
  // What is less than a millisecond is kept for the next tick.
  last_tick_ = now - (step - std::chrono::duration_cast<Duration>(millis));
  usrsctp_handle_timers(static_cast<uint32_t>(millis.count()));
}

}  // namespace pcd::sctp
