#include "engine/sctp/usrsctp_association_factory.h"

#include "engine/sctp/usrsctp_association.h"
#include "engine/sctp/usrsctp_runtime.h"
#include "engine/sctp/usrsctp_ticker.h"

namespace pcd::sctp {

UsrsctpAssociationFactory::UsrsctpAssociationFactory(net::Loop& tick_loop)
    : ticker_(UsrsctpTicker::Create(tick_loop)) {
  UsrsctpRuntime::Get();
}

UsrsctpAssociationFactory::~UsrsctpAssociationFactory() = default;

std::unique_ptr<SctpAssociation> UsrsctpAssociationFactory::Create(net::Loop& loop,
                                                                   const SctpOptions& options) {
  return std::make_unique<UsrsctpAssociation>(loop, options, ticker_);
}

}  // namespace pcd::sctp
