#ifndef ENGINE_MEDIA_SINK_SET_H_
#define ENGINE_MEDIA_SINK_SET_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/limits.h"
#include "engine/media/section.h"
#include "engine/media/sink.h"
#include "engine/media/sink_config.h"
#include "engine/media/sink_validation.h"
#include "engine/net/address_policy.h"
#include "engine/net/destination_claims.h"
#include "engine/net/loop.h"

namespace pcd::media {

// The sinks of one session: their requests, checked, and their binding to sections. Errors as
// MediaSession says. Threading: its loop.
class SinkSet {
 public:
  using Sections = std::vector<std::unique_ptr<Section>>;

  SinkSet(net::Loop& loop, Sink::Owner& owner, const net::AddressPolicy& policy,
          net::DestinationClaims& claims, size_t max_sinks, std::string cname)
      : loop_(loop),
        owner_(owner),
        policy_(policy),
        claims_(claims),
        max_sinks_(max_sinks),
        cname_(std::move(cname)) {}

  absl::Status Create(const SinkConfig& config);
  absl::Status Update(const std::string& id, const SinkUpdate& update);
  absl::Status Delete(const std::string& id);
  void FlushAll();
  void CloseAll();

  absl::StatusOr<Sink*> Find(const std::string& id) const;
  absl::StatusOr<std::string> MakeSdp(std::span<const std::string> ids) const;
  const std::vector<std::unique_ptr<Sink>>& all() const { return sinks_; }

  // Before sections are destroyed: sinks of those whose mid is not in `kept` end.
  void EndMissing(std::span<const ReceiveParameters> kept);
  // Binds what is not bound yet and writes each section's list of sinks.
  void Bind(const Sections& sections);

 private:
  absl::Status CheckFree(const SocketAddress& rtp, const SocketAddress& rtcp,
                         const Sink* except) const;
  // Claimed sockets to a destination that no sink of the process sends to.
  absl::StatusOr<SinkSockets> Open(const SinkDestinations& to);

  net::Loop& loop_;
  Sink::Owner& owner_;
  const net::AddressPolicy& policy_;
  net::DestinationClaims& claims_;
  const size_t max_sinks_;
  const std::string cname_;
  std::vector<std::unique_ptr<Sink>> sinks_;  // In order of creation.
};

// The section that a selector names; null when there is none.
Section* SelectSection(const SinkSet::Sections& sections, const TrackSelector& selector);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SINK_SET_H_
