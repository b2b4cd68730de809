// What usrsctp's callbacks leave for one association.
#ifndef ENGINE_SCTP_USRSCTP_MAILBOX_H_
#define ENGINE_SCTP_USRSCTP_MAILBOX_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/net/loop.h"

namespace pcd::sctp {

// usrsctp calls back on whichever thread runs it: the owner's own inside a call of the
// owner, or the ticking loop's. A callback only leaves a copy here; when it does not come
// from inside an owner's call, the owner loop is woken once until it has looked.
//
// Threading: Deliver and Touch from any thread, with usrsctp's locks held; everything else
// on the owner loop. The mutex is a leaf but for Loop::Post's own.
class UsrsctpMailbox : public std::enable_shared_from_this<UsrsctpMailbox> {
 public:
  explicit UsrsctpMailbox(net::Loop& owner) : loop_(&owner) {}

  void SetWake(net::Task wake) { wake_ = std::move(wake); }
  std::optional<std::vector<uint8_t>> PollPacket();
  // The owner is going: nothing is kept or posted any more.
  void Detach();

  // A packet to send, as usrsctp made it.
  void Deliver(ByteSpan packet);
  // Something has changed inside usrsctp.
  void Touch();

  // While one lives, callbacks on this thread belong to a call of the mailbox's owner, which
  // looks by itself afterwards.
  class OwnCall {
   public:
    explicit OwnCall(UsrsctpMailbox& mailbox);
    ~OwnCall();
    OwnCall(const OwnCall&) = delete;
    OwnCall& operator=(const OwnCall&) = delete;

   private:
    UsrsctpMailbox* outer_;
  };

 private:
  void WakeOwnerLocked();
  void RunWake();

  std::mutex mutex_;
  net::Loop* loop_;                          // Guarded by mutex_; null once detached.
  std::deque<std::vector<uint8_t>> output_;  // Guarded by mutex_.
  bool wake_posted_ = false;                 // Guarded by mutex_.
  net::Task wake_;                           // Owner loop only.
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_MAILBOX_H_
