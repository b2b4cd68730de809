#include "engine/ice/lite_agent.h"

#include <algorithm>
#include <utility>

#include "engine/ice/answering/check_reply.h"

namespace pcd::ice {
namespace {

// RFC 8445 section 6.1.2.3; the peer controls.
uint64_t PairPriority(uint32_t controlling, uint32_t controlled) {
  const uint64_t low = std::min(controlling, controlled);
  const uint64_t high = std::max(controlling, controlled);
  return (low << 32) + 2 * high + (controlling > controlled ? 1 : 0);
}

}  // namespace

LiteAgent::LiteAgent(IceParameters local, const LiteOptions& options)
    : options_(options), current_{.number = 1, .local = std::move(local)} {}

void LiteAgent::SetRemoteParameters(const IceParameters& remote, Timestamp now) {
  if (state_ == IceConnectionState::kClosed) return;
  current_.remote = remote;
  remote_ended_ = false;
  checking_since_ = now;
  Enter(LiteInput::kRemoteKnown);
  // The peer may have been faster than its own description.
  const auto current = [this](const LitePath& p) { return p.generation == current_.number; };
  if (std::ranges::any_of(paths_, current)) Enter(LiteInput::kPathValid);
  Settle();
}

void LiteAgent::SetRemoteEndOfCandidates() {
  remote_ended_ = true;
  Settle();
}

void LiteAgent::Restart(IceParameters local, Timestamp now) {
  if (state_ == IceConnectionState::kClosed) return;
  // A generation that the peer never took up goes; the one in use stays.
  const bool in_use = std::ranges::any_of(paths_, [this](const LitePath& path) {
    return path.generation == current_.number && path.nominated;
  });
  Generation old =
      std::exchange(current_, Generation{.number = current_.number + 1, .local = std::move(local)});
  if (!current_failed_ && (in_use || !previous_.has_value())) {
    RetirePrevious();
    previous_ = std::move(old);
  } else {
    events_.push_back(LiteUfragRetired{old.local.ufrag});
  }
  current_failed_ = false;
  remote_ended_ = false;
  checking_since_ = now;
  Enter(LiteInput::kRestarted);
}

void LiteAgent::Close() {
  if (state_ == IceConnectionState::kClosed) return;
  while (!paths_.empty()) RemovePath(paths_.size() - 1);
  RetirePrevious();
  events_.push_back(LiteUfragRetired{current_.local.ufrag});
  Enter(LiteInput::kClosed);
}

const LiteAgent::Generation* LiteAgent::Named(std::string_view username) const {
  const size_t colon = username.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const auto named = [&](const Generation& generation) {
    return username.substr(0, colon) == generation.local.ufrag &&
           (!generation.remote.has_value() ||
            username.substr(colon + 1) == generation.remote->ufrag);
  };
  if (!current_failed_ && named(current_)) return &current_;
  return previous_.has_value() && named(*previous_) ? &*previous_ : nullptr;
}

LiteAgent::Verdict LiteAgent::Judge(const stun::Message& request, const PathAddress& from) const {
  if (request.username.empty() || request.integrity_offset == 0) {
    return {.error = stun::kBadRequest};
  }
  const Generation* generation = Named(request.username);
  if (answering_ == Answering::kRefused || generation == nullptr ||
      !request.VerifyIntegrity(generation->local.pwd)) {
    return {.error = stun::kUnauthorized};
  }
  Verdict verdict{.authenticated = true, .generation = generation->number};
  if (request.unknown_count > 0) {
    verdict.error = stun::kUnknownAttribute;
  } else if (request.controlling.has_value() && request.controlled.has_value()) {
    verdict.error = stun::kBadRequest;
  } else if (request.controlled.has_value() && answering_ == Answering::kFully) {
    verdict.error = stun::kRoleConflict;
  }
  if (const uint32_t seen = seen_.PathOf(request.transaction_id); seen != kNone) {
    const auto path = std::ranges::find(paths_, from, &LitePath::address);
    verdict.repeated = path != paths_.end() && path->id == seen;
    verdict.replayed = !verdict.repeated;
  }
  return verdict;
}

size_t LiteAgent::WriteReply(const stun::Message& request, const Verdict& verdict,
                             const PathAddress& from, MutableByteSpan out) {
  const bool old = previous_.has_value() && previous_->number == verdict.generation;
  const std::string& password = old ? previous_->local.pwd : current_.local.pwd;
  const size_t size =
      WriteCheckReply(request,
                      {.error = verdict.error,
                       .password = verdict.authenticated ? password : std::string_view(),
                       .mapped = from.remote},
                      out);
  const auto path = std::ranges::find(paths_, from, &LitePath::address);
  if (size > 0 && verdict.accepted() && path != paths_.end()) ++path->responses;
  return size;
}

uint32_t LiteAgent::HandleCheck(const stun::Message& request, const Verdict& verdict,
                                const PathAddress& from, uint32_t local_priority, Timestamp now) {
  LitePath& path = EnsurePath(from);
  const bool is_new = path.requests++ == 0;
  if (verdict.repeated) return path.id;
  seen_.Add(request.transaction_id, path.id);
  CountCheck(path, verdict, now);
  path.peer_priority = request.priority.value_or(path.peer_priority);
  path.pair_priority = PairPriority(path.peer_priority, local_priority);
  const uint32_t id = path.id;
  if (is_new) events_.push_back(LitePathAdded{path});
  if (selected_id_ == kNone) Select(path);
  if (request.use_candidate) Nominate(path, now);
  if (id != selected_id_) Reclaim(path, now);
  if (current_.remote.has_value() || previous_.has_value()) Enter(LiteInput::kPathValid);
  Settle();
  return id;
}

void LiteAgent::CountCheck(LitePath& path, const Verdict& verdict, Timestamp now) {
  if (verdict.generation > path.generation) {
    path.generation = verdict.generation;
    path.nominated = path.was_nominated = false;
    path.latest = 0;
  }
  path.before_latest = std::exchange(path.latest, ++checks_);
  path.last_check = last_check_ = heard_ = now;
}

LitePath& LiteAgent::EnsurePath(const PathAddress& address) {
  const auto known = std::ranges::find(paths_, address, &LitePath::address);
  if (known != paths_.end()) return *known;
  MakeRoom();
  paths_.push_back({.id = next_path_id_++, .address = address});
  return paths_.back();
}

void LiteAgent::MakeRoom() {
  if (paths_.size() < options_.max_paths) return;
  size_t oldest = paths_.size();
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (paths_[i].id == selected_id_) continue;
    if (oldest == paths_.size() || paths_[i].last_check < paths_[oldest].last_check) oldest = i;
  }
  RemovePath(oldest);
}

void LiteAgent::RemovePath(size_t index) {
  const LitePath& path = paths_[index];
  events_.push_back(LitePathRemoved{path.id, path.address, path.requests, path.responses});
  if (path.id == selected_id_) selected_id_ = kNone;
  paths_.erase(paths_.begin() + static_cast<ptrdiff_t>(index));
}

bool LiteAgent::Supersedes(const LitePath& path, const LitePath& selected, Timestamp now) const {
  if (path.generation != selected.generation) return path.generation > selected.generation;
  return !selected.nominated || path.pair_priority >= selected.pair_priority ||
         now - selected.last_check >= kQuietSelected;
}

void LiteAgent::Nominate(LitePath& path, Timestamp now) {
  path.nominated = path.was_nominated = true;
  const LitePath* before = selected();
  if (before != nullptr && before->id != path.id && Supersedes(path, *before, now)) Select(path);
  if (path.id == selected_id_ && path.generation == current_.number) RetirePrevious();
}

// The peer may nominate once and then only check: the nomination of the selected path stands for as
// long as its checks go on.
bool LiteAgent::TakesOver(const LitePath& path, const LitePath& selected, Timestamp now) const {
  if (path.generation < selected.generation) return false;
  const Duration quiet_for = now - selected.last_check;
  if (quiet_for >= options_.disconnected_after) return true;
  if (!path.was_nominated) return false;
  if (!selected.was_nominated) return true;
  const bool quiet = quiet_for >= kQuietSelected;
  // Moved there by one check, which may have been recorded long ago.
  if (selected.before_latest == 0) return quiet || path.pair_priority >= selected.pair_priority;
  // A peer may check several pairs now and then; the one that it uses it checks most often.
  return quiet && path.before_latest > selected.latest;
}

void LiteAgent::Reclaim(LitePath& path, Timestamp now) {
  const LitePath* current = selected();
  if (current == nullptr || !TakesOver(path, *current, now)) return;
  path.nominated = path.was_nominated;
  Select(path);
}

void LiteAgent::Select(LitePath& path) {
  // The old one has to be nominated anew before its late data can turn the choice back.
  if (LitePath* before = Find(selected_id_)) before->nominated = false;
  selected_id_ = path.id;
  events_.push_back(LiteSelected{path});
}

void LiteAgent::HandleUnusualData(uint32_t path_id) {
  LitePath* path = Find(path_id);
  if (path == nullptr) return;
  const LitePath* current = selected();
  if (path_id != selected_id_ && path->nominated &&
      (current == nullptr || path->generation >= current->generation)) {
    Select(*path);
  }
  Enter(LiteInput::kPathValid);
  Settle();
}

void LiteAgent::Settle() {
  const LitePath* path = selected();
  if (path == nullptr || !path->nominated || !remote_ended_) return;
  if (path->generation == current_.number) Enter(LiteInput::kSettled);
}

void LiteAgent::DropPath(uint32_t path_id) {
  const auto found = std::ranges::find(paths_, path_id, &LitePath::id);
  if (found != paths_.end()) RemovePath(static_cast<size_t>(found - paths_.begin()));
}

bool LiteAgent::IsPathIdle(uint32_t path_id, Timestamp now) const {
  const auto found = std::ranges::find(paths_, path_id, &LitePath::id);
  return found == paths_.end() || now - found->last_check >= options_.disconnected_after;
}

void LiteAgent::RetirePrevious() {
  if (!previous_.has_value()) return;
  events_.push_back(LiteUfragRetired{previous_->local.ufrag});
  previous_.reset();
}

void LiteAgent::HandleTimeout(Timestamp now) {
  using S = IceConnectionState;
  const bool live = state_ == S::kConnected || state_ == S::kCompleted;
  if (state_ == S::kChecking &&
      now - std::max(checking_since_, last_check_) >= options_.check_timeout) {
    Fail();
  } else if ((live || state_ == S::kDisconnected) && now - last_check_ >= options_.failed_after) {
    Fail();
  } else if (live && now - heard_ >= options_.disconnected_after) {
    Enter(LiteInput::kQuiet);
  }
  Expire(now);
}

void LiteAgent::Expire(Timestamp now) {
  const bool had_selected = selected_id_ != kNone;
  for (size_t i = paths_.size(); i-- > 0;) {
    if (now - paths_[i].last_check >= options_.failed_after) RemovePath(i);
  }
  if (!had_selected || selected_id_ != kNone || paths_.empty()) return;
  const auto rank = [](const LitePath& path) { return std::pair(path.was_nominated, path.latest); };
  LitePath& best = *std::ranges::max_element(paths_, {}, rank);
  best.nominated = best.was_nominated;
  Select(best);
}

// RFC 7675 section 5.1: without consent nothing is sent, until new credentials give it again.
void LiteAgent::Fail() {
  Enter(LiteInput::kExpired);
  while (!paths_.empty()) RemovePath(paths_.size() - 1);
  current_failed_ = true;
  RetirePrevious();
}

Timestamp LiteAgent::NextDeadline() const {
  const LitePath* path = selected();
  const Timestamp consent =
      (path != nullptr ? path->last_check : last_check_) + options_.failed_after;
  switch (state_) {
    case IceConnectionState::kChecking: {
      const Timestamp given_up = std::max(checking_since_, last_check_) + options_.check_timeout;
      return path != nullptr ? std::min(given_up, consent) : given_up;
    }
    case IceConnectionState::kConnected:
    case IceConnectionState::kCompleted:
      return std::min(heard_ + options_.disconnected_after, consent);
    case IceConnectionState::kDisconnected:
      return consent;
    case IceConnectionState::kNew:
    case IceConnectionState::kFailed:
    case IceConnectionState::kClosed:
      return kNever;
  }
  return kNever;
}

std::optional<LiteEvent> LiteAgent::PollEvent() {
  if (events_.empty()) return std::nullopt;
  LiteEvent event = std::move(events_.front());
  events_.erase(events_.begin());
  return event;
}

void LiteAgent::Enter(LiteInput input) {
  const IceConnectionState next = NextLiteState(state_, input);
  if (next == state_) return;
  state_ = next;
  quiet_ = state_ == IceConnectionState::kDisconnected;
  // In place: GCC 12 takes the move of a temporary variant for a read of what is not there.
  events_.emplace_back(std::in_place_type<LiteStateChanged>, state_);
}

LitePath* LiteAgent::Find(uint32_t id) {
  const auto found = std::ranges::find(paths_, id, &LitePath::id);
  return found == paths_.end() ? nullptr : &*found;
}

const LitePath* LiteAgent::selected() const {
  return const_cast<LiteAgent*>(this)->Find(selected_id_);
}

}  // namespace pcd::ice
