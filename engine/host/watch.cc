// The part of Host that attaches watchers to connections, now and as they come.
#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "engine/host/host.h"

namespace pcd::host {
namespace {

bool Covers(const WatchOptions& options, const std::string& id, const Labels& labels) {
  if (!options.ids.empty()) {
    return std::find(options.ids.begin(), options.ids.end(), id) != options.ids.end();
  }
  return options.selector.Matches(labels);
}

}  // namespace

absl::Status Host::Attach(PeerConnection& pc, WatchId id, const WatchEntry& watch,
                          std::optional<uint64_t> resume_after) {
  return pc.AttachWatcher(
      id, resume_after,
      [watcher = watch.watcher, pc_id = pc.id()](const peerconnection::WatchItem& item) {
        watcher->OnWatchItem(pc_id, item);
      });
}

void Host::AttachWatches(PeerConnection& pc, const Labels& labels) {
  std::map<WatchId, WatchEntry> covering;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, watch] : watches_) {
      if (Covers(watch.options, pc.id(), labels)) covering.emplace(id, watch);
    }
  }
  // From its first event on: resuming after 0 cannot fail.
  for (const auto& [id, watch] : covering) Attach(pc, id, watch, 0).IgnoreError();
}

// With mutex_ held: what `options` names that does not exist.
absl::StatusOr<std::vector<std::string>> Host::FindGone(const WatchOptions& options) const {
  for (const std::string& id : options.ids) {
    if (entries_.find(id) == entries_.end() && options.resume_after.count(id) == 0) {
      return MakeError(absl::StatusCode::kNotFound, ErrorReason::PEER_CONNECTION_NOT_FOUND,
                       "no peer connection \"" + id.substr(0, 256) + "\"",
                       {.field = "peer_connection_ids"});
    }
  }
  std::vector<std::string> gone;
  for (const auto& [id, sequence] : options.resume_after) {
    if (entries_.find(id) == entries_.end()) gone.push_back(id);
  }
  return gone;
}

absl::StatusOr<WatchId> Host::Watch(WatchOptions options, std::shared_ptr<Watcher> watcher) {
  std::vector<std::string> covered;
  std::vector<std::string> gone;
  WatchId watch_id = 0;
  const WatchEntry watch{.options = std::move(options), .watcher = std::move(watcher)};
  {
    // One critical section: a connection made meanwhile is either in entries_ already or will
    // see the new watch. Attaching twice is harmless.
    const std::lock_guard lock(mutex_);
    PCD_ASSIGN_OR_RETURN(gone, FindGone(watch.options));
    for (const auto& [id, entry] : entries_) {
      if (Covers(watch.options, id, entry.labels)) covered.push_back(id);
    }
    watch_id = next_watch_id_++;
    watches_[watch_id] = watch;
  }
  for (const std::string& id : gone) watch.watcher->OnGone(id);
  if (covered.empty()) watch.watcher->OnSynced(0);
  auto missing = std::make_shared<std::atomic<size_t>>(covered.size());
  for (const std::string& id : covered) {
    std::optional<uint64_t> resume_after;
    if (const auto it = watch.options.resume_after.find(id);
        it != watch.options.resume_after.end()) {
      resume_after = it->second;
    }
    Visit(id, [id, watch_id, watch, resume_after, missing,
               count = covered.size()](absl::StatusOr<PeerConnection*> pc) {
      if (pc.ok()) {
        const absl::Status attached = Attach(**pc, watch_id, watch, resume_after);
        if (!attached.ok()) watch.watcher->OnWatchError(attached);
      } else {
        watch.watcher->OnGone(id);
      }
      if (--*missing == 0) watch.watcher->OnSynced(count);
    });
  }
  return watch_id;
}

void Host::Unwatch(WatchId id) {
  std::vector<std::string> covered;
  {
    const std::lock_guard lock(mutex_);
    const auto it = watches_.find(id);
    if (it == watches_.end()) return;
    for (const auto& [pc_id, entry] : entries_) {
      if (Covers(it->second.options, pc_id, entry.labels)) covered.push_back(pc_id);
    }
    watches_.erase(it);
  }
  for (const std::string& pc_id : covered) {
    Visit(pc_id, [id](absl::StatusOr<PeerConnection*> pc) {
      if (pc.ok()) (*pc)->DetachWatcher(id);
    });
  }
}

}  // namespace pcd::host
