// Associations of usrsctp.
#ifndef ENGINE_SCTP_USRSCTP_ASSOCIATION_FACTORY_H_
#define ENGINE_SCTP_USRSCTP_ASSOCIATION_FACTORY_H_

#include <memory>

#include "engine/net/loop.h"
#include "engine/sctp/sctp_association_factory.h"

namespace pcd::sctp {

class UsrsctpTicker;

// usrsctp is one per process and follows real time: `tick_loop` (one of the media loops)
// drives its timers every 10 to 100 ms while any association of this factory exists, and not
// at all otherwise. The first factory starts the library.
//
// Threading: Create on any loop's thread. `tick_loop` must outlive the factory and all its
// associations.
class UsrsctpAssociationFactory : public SctpAssociationFactory {
 public:
  explicit UsrsctpAssociationFactory(net::Loop& tick_loop);
  ~UsrsctpAssociationFactory() override;
  UsrsctpAssociationFactory(const UsrsctpAssociationFactory&) = delete;
  UsrsctpAssociationFactory& operator=(const UsrsctpAssociationFactory&) = delete;

  std::unique_ptr<SctpAssociation> Create(net::Loop& loop, const SctpOptions& options) override;

 private:
  std::shared_ptr<UsrsctpTicker> ticker_;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_ASSOCIATION_FACTORY_H_
