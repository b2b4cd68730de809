// ICE-lite for one connection (RFC 8445 section 2.5): answers the peer's checks, learns its
// paths from them and follows its nomination. Bytes and time in, replies and events out.
//
//   LiteAgent agent(local, options);
//   auto verdict = agent.Judge(message, from);
//   if (verdict.accepted()) path_id = agent.HandleCheck(message, verdict, from, priority, now);
//   size_t size = agent.WriteReply(message, verdict, from, out);   // to be sent to `from`
//   agent.HandleData(path_id, now);                                // for each batch of data
//   while (auto event = agent.PollEvent()) ...
#ifndef ENGINE_ICE_LITE_AGENT_H_
#define ENGINE_ICE_LITE_AGENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/ice/answering/answering.h"
#include "engine/ice/lite_path.h"
#include "engine/ice/lite_state.h"
#include "engine/ice/seen_transactions.h"
#include "engine/ice/stun_message.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"

namespace pcd::ice {

struct LiteOptions {
  // As in Config.
  Duration check_timeout = std::chrono::seconds(30);
  Duration disconnected_after = std::chrono::seconds(8);
  Duration failed_after = std::chrono::seconds(30);
  size_t max_paths = 16;  // 2 to LiteAgent::kMaxPaths.
};

// A check has come on a path for the first time.
struct LitePathAdded {
  LitePath path{};
};
// The path is not the peer's any more: nothing but STUN may come from it, or go to it.
struct LitePathRemoved {
  uint32_t id = 0;
  PathAddress address{};
  uint64_t requests = 0, responses = 0;  // As LitePath.
};
struct LiteSelected {
  LitePath path{};
};
struct LiteStateChanged {
  IceConnectionState state = IceConnectionState::kNew;
};
// No check can name it any more.
struct LiteUfragRetired {
  std::string ufrag{};
};
using LiteEvent =
    std::variant<LitePathAdded, LitePathRemoved, LiteSelected, LiteStateChanged, LiteUfragRetired>;

// Rules it keeps:
// - A path exists only after a check with the right user name and password. At most max_paths;
//   the one that was silent longest makes room, never the selected one.
// - It is always the controlled end; a peer that says the same is told so (487), whatever the
//   tie-breaker: only a full agent can control.
// - The selected path is the nominated one; before nomination, the first. Of several nominated
//   ones that of the higher pair priority, or the one that the peer sends data on, or that
//   still gets checks when the selected one does not. So it follows a peer that moves.
// - A check that was accepted before, byte for byte, counts no more: on its path it is answered
//   again, from elsewhere it is no check. One that is so old that it is forgotten may select its
//   path, as a new one would; the path that it replaced, once nominated, takes over again with its
//   next check, or with its second when the other path had more than one.
// - Consent is the path's own: a path without checks for failed_after is none any more, the
//   selected one like any other.
// - After Restart both generations work, until the peer nominates a path of the new one.
// - Failed (no consent for failed_after): nothing is selected, its credentials are refused.
// Threading: its loop.
class LiteAgent {
 public:
  static constexpr size_t kMaxPaths = 16;
  // A nominated path of lower priority takes over when the selected one got no check for this.
  static constexpr Duration kQuietSelected = std::chrono::seconds(1);

  // What a request deserves. `error` 0: it is a valid check.
  struct Verdict {
    int error = 0;               // A STUN error code.
    bool authenticated = false;  // The peer proved that it knows the password.
    uint32_t generation = 0;
    bool repeated = false;  // Accepted on this path before: a retransmission.
    bool replayed = false;  // Accepted on another path before. Deserves no answer.
    bool accepted() const { return error == 0 && !replayed; }
  };

  LiteAgent(IceParameters local, const LiteOptions& options);

  const IceParameters& local() const { return current_.local; }
  const std::optional<IceParameters>& remote() const { return current_.remote; }

  void SetRemoteParameters(const IceParameters& remote, Timestamp now);
  void SetRemoteEndOfCandidates();
  void Restart(IceParameters local, Timestamp now);
  // False: no check is valid any more. Default: true.
  void SetAnswering(Answering answering) { answering_ = answering; }
  void Close();

  // `request` is a Binding request whose user name names this agent.
  Verdict Judge(const stun::Message& request, const PathAddress& from) const;
  // Of an accepted request. Returns the id of the path, which is new when `from` was none.
  uint32_t HandleCheck(const stun::Message& request, const Verdict& verdict,
                       const PathAddress& from, uint32_t local_priority, Timestamp now);
  // Of a request that was judged, after HandleCheck. Returns its size; 0: it did not fit.
  size_t WriteReply(const stun::Message& request, const Verdict& verdict, const PathAddress& from,
                    MutableByteSpan out);
  // What is not STUN has come on a path. Allocates nothing but at a change.
  void HandleData(uint32_t path_id, Timestamp now) {
    heard_ = now;
    if (path_id != selected_id_ || quiet_) HandleUnusualData(path_id);
  }
  void HandleTimeout(Timestamp now);
  // Gives a path up, because its address now belongs to another connection.
  void DropPath(uint32_t path_id);
  // True when no valid check has come on the path for disconnected_after.
  bool IsPathIdle(uint32_t path_id, Timestamp now) const;
  // Moves with every check and datagram: ask when it is due, not after each.
  Timestamp NextDeadline() const;
  bool has_events() const { return !events_.empty(); }
  std::optional<LiteEvent> PollEvent();

  IceConnectionState state() const { return state_; }
  const LitePath* selected() const;  // Null: none.
  const std::vector<LitePath>& paths() const { return paths_; }

 private:
  struct Generation {
    uint32_t number = 0;
    IceParameters local{};
    std::optional<IceParameters> remote{};
  };
  static constexpr uint32_t kNone = 0;

  const Generation* Named(std::string_view username) const;
  LitePath* Find(uint32_t id);
  LitePath& EnsurePath(const PathAddress& address);
  void MakeRoom();
  void RemovePath(size_t index);
  void CountCheck(LitePath& path, const Verdict& verdict, Timestamp now);
  void Nominate(LitePath& path, Timestamp now);
  bool Supersedes(const LitePath& path, const LitePath& selected, Timestamp now) const;
  void Reclaim(LitePath& path, Timestamp now);
  bool TakesOver(const LitePath& path, const LitePath& selected, Timestamp now) const;
  void Expire(Timestamp now);
  void Select(LitePath& path);
  void HandleUnusualData(uint32_t path_id);
  void Enter(LiteInput input);
  void Settle();
  void RetirePrevious();
  void Fail();

  const LiteOptions options_;
  Generation current_;
  std::optional<Generation> previous_{};
  bool current_failed_ = false;
  bool remote_ended_ = false;
  Answering answering_ = Answering::kFully;
  std::vector<LitePath> paths_{};
  uint32_t next_path_id_ = 1;
  uint32_t selected_id_ = kNone;
  uint32_t checks_ = 0;
  SeenTransactions seen_{};
  bool quiet_ = false;  // State is kDisconnected: data must be looked at.
  IceConnectionState state_ = IceConnectionState::kNew;
  Timestamp checking_since_{};
  Timestamp heard_{};       // Data or a valid check.
  Timestamp last_check_{};  // A valid check on any path, for the first time.
  std::vector<LiteEvent> events_{};
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_LITE_AGENT_H_
