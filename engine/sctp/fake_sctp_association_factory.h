// Associations with simulated time and no third-party code, for tests of everything above.
#ifndef ENGINE_SCTP_FAKE_SCTP_ASSOCIATION_FACTORY_H_
#define ENGINE_SCTP_FAKE_SCTP_ASSOCIATION_FACTORY_H_

#include <memory>

#include "engine/net/loop.h"
#include "engine/sctp/sctp_association_factory.h"

namespace pcd::sctp {

// Two fakes talk to each other by their packets alone, in a framing of their own, so they
// run over real DTLS, over a lossy link or from hand to hand. They retransmit by the time
// they are given. They do not talk to a real SCTP endpoint.
//
// Threading: none of its own; the associations belong to their loop.
class FakeSctpAssociationFactory : public SctpAssociationFactory {
 public:
  std::unique_ptr<SctpAssociation> Create(net::Loop& loop, const SctpOptions& options) override;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_FAKE_SCTP_ASSOCIATION_FACTORY_H_
