// Many PeerConnections in one process, found by id: registry, placement on loops, watches.
//
//   host.Create({.labels = {{"tenant", "acme"}}}, [](absl::StatusOr<PeerConnectionInfo> info)
//   {...}); host.Call<SessionDescription>(
//       id, [](PeerConnection& pc) { return pc.CreateOffer({}); },
//       [](absl::StatusOr<SessionDescription> offer) {...});
#ifndef ENGINE_HOST_HOST_H_
#define ENGINE_HOST_HOST_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/random.h"
#include "engine/base/status.h"
#include "engine/host/call_order.h"
#include "engine/host/certificate_store.h"
#include "engine/host/label_selector.h"
#include "engine/model/session.h"
#include "engine/net/destination_claims.h"
#include "engine/net/loop.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::host {

using peerconnection::PeerConnection;
using peerconnection::PeerConnectionInfo;

// Called exactly once, on the connection's loop or, where the call fails at once, on the
// caller's thread before the method returns. It must not block.
template <typename T>
using Reply = absl::AnyInvocable<void(absl::StatusOr<T>)>;

// The result of an operation that has none.
struct Done {};

struct CreateOptions {
  // A readable ending of the id: at most 40 letters, digits, '-' or '_'.
  std::string id_suffix{};
  Configuration configuration{};
  Labels labels{};
  std::vector<CertificateSource> certificates{};  // The first is used; empty: one is made.
};

struct ListOptions {
  size_t page_size = 100;  // 1..1000.
  // `next` of the page before; 0: the first page.
  uint64_t after = 0;
  LabelSelector selector{};
};

struct ListPage {
  std::vector<PeerConnectionInfo> peer_connections{};
  // Give it as `after` for the next page; 0: this was the last.
  uint64_t next = 0;
};

// Receives the items of all connections that a watch covers.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // Threading: all on any loop, or on the thread that calls Host::Watch; items of one
  // connection come in order. Must not block.
  virtual void OnWatchItem(const std::string& peer_connection_id,
                           const peerconnection::WatchItem& item) = 0;
  // A connection named in resume_after, or found when the watch began, is gone for good.
  virtual void OnGone(const std::string& peer_connection_id) = 0;
  // All snapshots and replayed events of the `count` connections found at first were
  // delivered. Once.
  virtual void OnSynced(size_t count) = 0;
  // The watch cannot go on (EVENT_SEQUENCE_UNKNOWN); the owner should Unwatch.
  virtual void OnWatchError(const absl::Status& status) = 0;
};

struct WatchOptions {
  // Exactly these connections; empty: all that `selector` matches, now and later.
  std::vector<std::string> ids{};
  LabelSelector selector{};
  // Per connection: resume after this event number. Absent: start with a snapshot.
  // Connections made later start with their first event.
  std::map<std::string, uint64_t> resume_after{};
};

using WatchId = uint64_t;

// Threading: every method may be called from any thread. The registry's mutex guards the map
// of ids and the watches only; connections live on their loops, and no packet passes here.
class Host {
 public:
  struct Options {
    // First part of every id; names the owner, for replicas. [A-Za-z0-9-]{1,63}.
    std::string node_name = "local";
    Limits limits{};
  };

  // `loops` (at least one) and what `dependencies` points to must outlive the host.
  Host(std::vector<net::Loop*> loops, peerconnection::Dependencies dependencies, Options options,
       std::unique_ptr<RandomSource> random);
  ~Host();  // Shutdown() must have completed.

  // Errors: INVALID_ARGUMENT, LIMIT_EXCEEDED, DRAINING, those of CertificateStore::Resolve and
  // of PeerConnection::Create.
  void Create(CreateOptions options, Reply<PeerConnectionInfo> reply);

  // Creates a connection and runs `setup` on it before the first reply; when `setup` fails the
  // connection is gone again without a trace.
  void CreateWith(CreateOptions options, absl::AnyInvocable<absl::Status(PeerConnection&)> setup,
                  Reply<PeerConnectionInfo> reply);

  // Runs `operation` on the connection's loop and passes on what it returns.
  // Error: PEER_CONNECTION_NOT_FOUND.
  template <typename T>
  void Call(const std::string& id, absl::AnyInvocable<absl::StatusOr<T>(PeerConnection&)> operation,
            Reply<T> reply) {
    Visit(id, [operation = std::move(operation),
               reply = std::move(reply)](absl::StatusOr<PeerConnection*> pc) mutable {
      if (!pc.ok()) {
        reply(pc.status());
        return;
      }
      reply(operation(**pc));
    });
  }

  // The general form: `visitor` gets the connection on its loop, or the error.
  using Visitor = absl::AnyInvocable<void(absl::StatusOr<PeerConnection*>)>;
  struct VisitOptions {
    // W3C puts it on the operations chain (webrtc-pc section 4.4.1.2): while such a call waits for
    // its turn, negotiationneeded does not fire.
    bool chained = false;
    // Its place among the calls of its caller, which is its own whatever comes of the call. Further
    // errors: those of OrderGate, PEER_CONNECTION_CLOSED. Absent: its turn is when it comes.
    std::optional<CallOrder> order{};
    size_t bytes = 0;  // What it holds while it waits for calls ahead of it.
  };
  void Visit(const std::string& id, Visitor visitor) { Visit(id, {}, std::move(visitor)); }
  void Visit(const std::string& id, VisitOptions options, Visitor visitor);

  // Errors as CertificateStore::Generate's; the reply comes on its worker thread.
  void GenerateCertificate(const GenerateCertificateOptions& options,
                           Reply<peerconnection::CertificateInfo> reply);
  // As CertificateStore::Delete.
  absl::Status DeleteCertificate(const std::string& id) { return certificates_.Delete(id); }

  // Closes and forgets the connection; the reply is its last state. Graceful: data channels
  // send what is queued and are closed first, for at most `graceful_timeout`, and sinks are
  // flushed.
  struct CloseOptions {
    peerconnection::CloseReason reason = peerconnection::CloseReason::kRequested;
    bool graceful = false;
    Duration graceful_timeout = std::chrono::seconds(5);
    std::string message{};
    std::optional<CallOrder> order{};  // As VisitOptions::order.
    // Asked on the connection's loop, in the same turn. False: nothing is closed, and `reply` is
    // destroyed unused. Null: yes.
    absl::AnyInvocable<bool(PeerConnection&)> proceed{};
  };
  void Close(const std::string& id, CloseOptions options, Reply<PeerConnectionInfo> reply);

  // In order of creation. Connections that end while the page is put together are left out.
  void List(ListOptions options, Reply<ListPage> reply);

  // Error: PEER_CONNECTION_NOT_FOUND when an id of `ids` is unknown and not in resume_after.
  absl::StatusOr<WatchId> Watch(WatchOptions options, std::shared_ptr<Watcher> watcher);
  // The watcher may still get items that were under way.
  void Unwatch(WatchId id);

  size_t size() const;
  const Options& options() const { return options_; }

  // No Create succeeds from now on; existing connections stay.
  void Drain();
  bool draining() const;
  // Closes all connections and calls `done` when the last is gone.
  void Shutdown(absl::AnyInvocable<void()> done);

 private:
  struct Slot;  // One loop and its connections.
  struct Entry {
    Slot* slot = nullptr;
    uint64_t number = 0;  // In order of creation, from 1.
    Labels labels{};
    // Operations of the chain that wait for their turn. Added to by callers, taken from and read on
    // the loop.
    std::shared_ptr<std::atomic<uint32_t>> chained = std::make_shared<std::atomic<uint32_t>>(0);
  };
  struct WatchEntry {
    WatchOptions options{};
    std::shared_ptr<Watcher> watcher{};
  };

  std::shared_ptr<std::atomic<uint32_t>> ChainOf(const std::string& id) const;
  std::string NewId(const std::string& suffix);
  // Names what the connection is made from, and resolves its certificates.
  absl::StatusOr<std::string> Admit(const CreateOptions& options,
                                    std::vector<peerconnection::OwnCertificate>* certificates);
  Slot* LeastLoaded();
  void Build(const std::string& id, Slot* slot, CreateOptions options,
             std::vector<peerconnection::OwnCertificate> certificates,
             absl::AnyInvocable<absl::Status(PeerConnection&)> setup,
             Reply<PeerConnectionInfo> reply);
  void Forget(const std::string& id);
  void Expire(const std::string& id, peerconnection::CloseReason reason);
  void Remove(Slot* slot, const std::string& id);
  void AttachWatches(PeerConnection& pc, const Labels& labels);
  static absl::Status Attach(PeerConnection& pc, WatchId id, const WatchEntry& watch,
                             std::optional<uint64_t> resume_after);
  absl::StatusOr<std::vector<std::string>> FindGone(const WatchOptions& options) const;

  const Options options_;
  net::DestinationClaims sink_claims_;
  const Shared<peerconnection::Dependencies> dependencies_;
  const std::string nonce_;
  std::vector<std::unique_ptr<Slot>> slots_;

  CertificateStore certificates_;

  mutable std::mutex mutex_;
  std::unique_ptr<RandomSource> random_;   // Guarded by mutex_.
  std::map<std::string, Entry> entries_;   // Guarded by mutex_.
  std::map<uint64_t, std::string> order_;  // Ids by Entry::number. Guarded by mutex_.
  uint64_t next_number_ = 1;               // Guarded by mutex_.
  std::map<WatchId, WatchEntry> watches_;  // Guarded by mutex_.
  WatchId next_watch_id_ = 1;              // Guarded by mutex_.
  bool draining_ = false;                  // Guarded by mutex_.
};

}  // namespace pcd::host

#endif  // ENGINE_HOST_HOST_H_
