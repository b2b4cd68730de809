#include "engine/host/host.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "engine/host/ordered_calls.h"
#include "engine/model/parameter_pool.h"

namespace pcd::host {
namespace {

constexpr size_t kMaxSuffixBytes = 40;
constexpr size_t kMaxPageSize = 1000;
constexpr size_t kNonceCharacters = 8;    // 40 bits: tells one start of a node from the next.
constexpr size_t kRandomCharacters = 26;  // 130 bits: ids cannot be guessed or collide.

bool IsSuffix(const std::string& text) {
  return text.size() <= kMaxSuffixBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

absl::Status NotFound(const std::string& id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::PEER_CONNECTION_NOT_FOUND,
                   "no peer connection \"" + id.substr(0, 256) + "\"",
                   {.field = "peer_connection_id"});
}

absl::Status Draining() {
  return MakeError(absl::StatusCode::kUnavailable, ErrorReason::DRAINING,
                   "this node is draining and takes no new connections");
}

peerconnection::Dependencies WithClaims(peerconnection::Dependencies dependencies,
                                        net::DestinationClaims& claims) {
  if (dependencies.sink_claims == nullptr) dependencies.sink_claims = &claims;
  return dependencies;
}

}  // namespace

struct Host::Slot {
  net::Loop* loop = nullptr;
  ParameterPool parameter_pool;                                        // Loop thread only.
  size_t count = 0;                                                    // Guarded by Host::mutex_.
  std::map<std::string, std::unique_ptr<PeerConnection>> connections;  // Loop thread only.
  // Of connections that had an ordered call. Loop thread only.
  std::map<std::string, OrderedCalls> ordered;

  // Null: gone, or closed and about to go. The id is unique, so no other one is found for it.
  PeerConnection* Find(const std::string& id) {
    const auto it = connections.find(id);
    return it == connections.end() || it->second->closed() ? nullptr : it->second.get();
  }
};

Host::Host(std::vector<net::Loop*> loops, peerconnection::Dependencies dependencies,
           Options options, std::unique_ptr<RandomSource> random)
    : options_(std::move(options)),
      dependencies_(WithClaims(std::move(dependencies), sink_claims_)),
      nonce_(random->IdString(kNonceCharacters)),
      certificates_(options_.limits.max_certificates),
      random_(std::move(random)) {
  for (net::Loop* loop : loops) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->loop = loop;
  }
}

Host::~Host() = default;

std::string Host::NewId(const std::string& suffix) {
  std::string id = options_.node_name + "." + nonce_ + "." + random_->IdString(kRandomCharacters);
  if (!suffix.empty()) id += "." + suffix;
  return id;
}

Host::Slot* Host::LeastLoaded() {
  const auto fewer = [](const auto& a, const auto& b) { return a->count < b->count; };
  return std::min_element(slots_.begin(), slots_.end(), fewer)->get();
}

absl::StatusOr<std::string> Host::Admit(const CreateOptions& options,
                                        std::vector<peerconnection::OwnCertificate>* certificates) {
  if (!IsSuffix(options.id_suffix)) {
    return InvalidArgument("the suffix is at most 40 letters, digits, '-' or '_'",
                           "peer_connection_id_suffix");
  }
  PCD_RETURN_IF_ERROR(ValidateLabels(options.labels));
  PCD_ASSIGN_OR_RETURN(*certificates, certificates_.Resolve(options.certificates,
                                                            slots_.front()->loop->UnixMicros()));
  const std::lock_guard lock(mutex_);
  if (draining_) {
    return Draining();
  }
  if (entries_.size() >= options_.limits.max_peer_connections) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
        "this node holds its " + std::to_string(entries_.size()) + " peer connections already");
  }
  const std::string id = NewId(options.id_suffix);
  Slot* slot = LeastLoaded();
  ++slot->count;
  const uint64_t number = next_number_++;
  entries_[id] = Entry{.slot = slot, .number = number, .labels = options.labels};
  order_[number] = id;
  return id;
}

void Host::Create(CreateOptions options, Reply<PeerConnectionInfo> reply) {
  CreateWith(
      std::move(options), [](PeerConnection&) { return absl::OkStatus(); }, std::move(reply));
}

void Host::CreateWith(CreateOptions options,
                      absl::AnyInvocable<absl::Status(PeerConnection&)> setup,
                      Reply<PeerConnectionInfo> reply) {
  std::vector<peerconnection::OwnCertificate> certificates;
  const absl::StatusOr<std::string> id = Admit(options, &certificates);
  if (!id.ok()) {
    reply(id.status());
    return;
  }
  Slot* slot = nullptr;
  {
    const std::lock_guard lock(mutex_);
    slot = entries_.at(*id).slot;
  }
  // Secrets have served their turn.
  options.certificates.clear();
  slot->loop->Post([this, id = *id, slot, options = std::move(options),
                    certificates = std::move(certificates), setup = std::move(setup),
                    reply = std::move(reply)]() mutable {
    Build(id, slot, std::move(options), std::move(certificates), std::move(setup),
          std::move(reply));
  });
}

void Host::Build(const std::string& id, Slot* slot, CreateOptions options,
                 std::vector<peerconnection::OwnCertificate> certificates,
                 absl::AnyInvocable<absl::Status(PeerConnection&)> setup,
                 Reply<PeerConnectionInfo> reply) {
  if (draining()) {
    // Admitted before Drain or Shutdown, but only now in its turn.
    Forget(id);
    reply(Draining());
    return;
  }
  auto created = PeerConnection::Create(*slot->loop, dependencies_, options_.limits,
                                        {.id = id,
                                         .configuration = std::move(options.configuration),
                                         .labels = options.labels,
                                         .certificates = std::move(certificates),
                                         .parameter_pool = &slot->parameter_pool,
                                         .chained = ChainOf(id)});
  if (!created.ok()) {
    Forget(id);
    reply(created.status());
    return;
  }
  PeerConnection& pc = **created;
  slot->connections[id] = std::move(*created);
  if (absl::Status status = setup(pc); !status.ok()) {
    pc.Close({.message = "set-up failed"});
    Forget(id);
    slot->connections.erase(id);
    reply(status);
    return;
  }
  pc.WhenExpired([this, id](peerconnection::CloseReason reason) { Expire(id, reason); });
  AttachWatches(pc, options.labels);
  reply(pc.Info());
}

void Host::GenerateCertificate(const GenerateCertificateOptions& options,
                               Reply<peerconnection::CertificateInfo> reply) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    id = "certificate-" + random_->IdString(kRandomCharacters);
  }
  certificates_.Generate(
      std::move(id), options, slots_.front()->loop->UnixMicros(),
      [reply = std::move(reply)](absl::StatusOr<peerconnection::OwnCertificate> made) mutable {
        if (!made.ok()) {
          reply(made.status());
        } else {
          reply(peerconnection::Describe(*made, /*configured=*/true));
        }
      });
}

void Host::Forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(id);
  if (it == entries_.end()) return;
  --it->second.slot->count;
  order_.erase(it->second.number);
  entries_.erase(it);
}

std::shared_ptr<std::atomic<uint32_t>> Host::ChainOf(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : it->second.chained;
}

void Host::Visit(const std::string& id, VisitOptions options, Visitor visitor) {
  Slot* slot = nullptr;
  std::shared_ptr<std::atomic<uint32_t>> chain;
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = entries_.find(id); it != entries_.end()) {
      slot = it->second.slot;
      if (options.chained) chain = it->second.chained;
    }
  }
  if (slot == nullptr) {
    visitor(NotFound(id));
    return;
  }
  if (chain != nullptr) ++*chain;
  auto have_turn = [id, slot, chain,
                    visitor = std::move(visitor)](const absl::Status& turn) mutable {
    if (chain != nullptr) --*chain;
    PeerConnection* pc = slot->Find(id);  // It may have gone since.
    if (pc == nullptr) {
      visitor(turn.ok() ? NotFound(id) : turn);
      return;
    }
    if (turn.ok()) {
      visitor(pc);
    } else {
      visitor(turn);
    }
    if (chain != nullptr) pc->OperationDone();  // Closed connections go in a turn of their own.
  };
  slot->loop->Post([id, slot, order = std::move(options.order), bytes = options.bytes,
                    have_turn = std::move(have_turn)]() mutable {
    if (!order.has_value() || slot->Find(id) == nullptr) {
      have_turn(absl::OkStatus());
      return;
    }
    slot->ordered.try_emplace(id, *slot->loop)
        .first->second.Take(*order, bytes, std::move(have_turn));
  });
}

void Host::Expire(const std::string& id, peerconnection::CloseReason reason) {
  const bool never = reason == peerconnection::CloseReason::kNeverConnected;
  Close(id,
        {.reason = reason,
         .message = never ? "it did not connect in time" : "it was not connected for too long"},
        [](absl::StatusOr<PeerConnectionInfo>) {});
}

void Host::Remove(Slot* slot, const std::string& id) {
  Forget(id);
  // In a turn of its own: the connection may be the caller.
  slot->loop->Post([slot, id] {
    slot->ordered.erase(id);
    slot->connections.erase(id);
  });
}

void Host::Close(const std::string& id, CloseOptions options, Reply<PeerConnectionInfo> reply) {
  Slot* slot = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = entries_.find(id); it != entries_.end()) slot = it->second.slot;
  }
  VisitOptions visit{.order = std::move(options.order)};
  auto close = [this, id, slot, options = std::move(options),
                reply = std::move(reply)](absl::StatusOr<PeerConnection*> found) mutable {
    if (!found.ok()) {
      reply(found.status());
      return;
    }
    PeerConnection& pc = **found;
    if (options.proceed != nullptr && !options.proceed(pc)) return;
    auto finish = [this, id, slot, reason = options.reason, message = options.message,
                   reply = std::move(reply)](PeerConnection& closing) mutable {
      closing.Close({.reason = reason, .message = message});
      PeerConnectionInfo info = closing.Info();
      // Gone before the caller hears of it.
      Remove(slot, id);
      reply(std::move(info));
    };
    if (options.graceful) {
      pc.BeginGracefulClose(options.graceful_timeout, std::move(finish));
    } else {
      finish(pc);
    }
  };
  Visit(id, std::move(visit), std::move(close));
}

void Host::List(ListOptions options, Reply<ListPage> reply) {
  struct Gathering {
    std::mutex mutex;
    std::vector<std::pair<std::string, absl::StatusOr<PeerConnectionInfo>>> found;
    size_t missing = 0;
    uint64_t next = 0;
    Reply<ListPage> reply;
  };
  const size_t page_size = std::clamp<size_t>(options.page_size, 1, kMaxPageSize);
  auto gathering = std::make_shared<Gathering>();
  gathering->reply = std::move(reply);
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    uint64_t last = 0;
    for (auto it = order_.upper_bound(options.after); it != order_.end(); ++it) {
      if (!options.selector.Matches(entries_.at(it->second).labels)) continue;
      if (ids.size() == page_size) {
        gathering->next = last;
        break;
      }
      ids.push_back(it->second);
      last = it->first;
    }
  }
  if (ids.empty()) {
    gathering->reply(ListPage{});
    return;
  }
  gathering->missing = ids.size();
  for (size_t i = 0; i < ids.size(); ++i) {
    gathering->found.emplace_back(ids[i], NotFound(ids[i]));
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    Visit(ids[i], [gathering, i](absl::StatusOr<PeerConnection*> pc) {
      std::unique_lock lock(gathering->mutex);
      if (pc.ok()) gathering->found[i].second = (*pc)->Info();
      if (--gathering->missing > 0) return;
      lock.unlock();
      ListPage page{.next = gathering->next};
      for (auto& [id, info] : gathering->found) {
        if (info.ok()) page.peer_connections.push_back(std::move(*info));
      }
      gathering->reply(std::move(page));
    });
  }
}

size_t Host::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool Host::draining() const {
  const std::lock_guard lock(mutex_);
  return draining_;
}

void Host::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

void Host::Shutdown(absl::AnyInvocable<void()> done) {
  Drain();
  certificates_.Stop();
  struct Countdown {
    std::atomic<size_t> missing;
    absl::AnyInvocable<void()> done;
  };
  auto countdown = std::make_shared<Countdown>();
  countdown->missing = slots_.size();
  countdown->done = std::move(done);
  for (auto& slot : slots_) {
    slot->loop->Post([this, slot = slot.get(), countdown] {
      for (auto& [id, pc] : slot->connections) {
        pc->Close({.reason = peerconnection::CloseReason::kShutdown});
        Forget(id);
      }
      slot->ordered.clear();
      slot->connections.clear();
      if (--countdown->missing == 0) countdown->done();
    });
  }
}

}  // namespace pcd::host
