#include "engine/sctp/fake_sctp_association_factory.h"

#include "engine/sctp/fake_sctp_association.h"

namespace pcd::sctp {

std::unique_ptr<SctpAssociation> FakeSctpAssociationFactory::Create(net::Loop& /*loop*/,
                                                                    const SctpOptions& options) {
  return std::make_unique<FakeSctpAssociation>(options);
}

}  // namespace pcd::sctp
