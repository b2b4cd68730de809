// usrsctp as the one instance per process that it is.
#ifndef ENGINE_SCTP_USRSCTP_RUNTIME_H_
#define ENGINE_SCTP_USRSCTP_RUNTIME_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/sctp/usrsctp_mailbox.h"

namespace pcd::sctp {

// usrsctp carries our addresses in pointers; nobody looks where they point.
inline void* AsUsrsctpAddress(uintptr_t address) {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr): see above.
}

// The library's start, its clock, and the way from its addresses to our associations.
//
// usrsctp names the two ends of an association by an address of ours (AF_CONN). It is a
// small integer, never a pointer, so a late callback finds nothing or a stranger's mailbox
// (whose peer drops the packet by its verification tag), never freed memory. Addresses are
// registered with usrsctp once and reused in the order of their release: it frees one by an
// iterator that only its own thread runs, and we start it without threads.
//
// Threading: any thread. Callbacks take the address table's mutex, so it is never held while
// usrsctp is called; the clock's mutex is held during a tick, and no callback takes it.
class UsrsctpRuntime {
 public:
  // Starts usrsctp on first use. It is never stopped.
  static UsrsctpRuntime& Get();

  // An address of its own for a mailbox, until Release.
  uintptr_t Acquire(std::shared_ptr<UsrsctpMailbox> mailbox);
  // usrsctp has something new for the address. Called by usrsctp's upcall.
  void Touch(uintptr_t address);
  // Callbacks for the address are dropped from now on.
  void Release(uintptr_t address);

  // Advances usrsctp's timers to `now` (a steady clock, the same one in all callers). A
  // call while another thread is in it does nothing.
  void Tick(Timestamp now);

 private:
  UsrsctpRuntime();

  static int OnOutput(void* address, void* packet, size_t length, uint8_t tos, uint8_t set_df);
  std::shared_ptr<UsrsctpMailbox> Find(uintptr_t address);

  std::shared_mutex mutex_;
  std::unordered_map<uintptr_t, std::shared_ptr<UsrsctpMailbox>> mailboxes_;  // Guarded.
  std::deque<uintptr_t> released_;                                            // Guarded.
  uintptr_t last_address_ = 0;                                                // Guarded.

  std::mutex tick_mutex_;
  Timestamp last_tick_{};  // Guarded by tick_mutex_.
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_RUNTIME_H_
