// `pcctl accept-offer`.
#ifndef CLIENTS_PCCTL_ACCEPT_OFFER_VERB_H_
#define CLIENTS_PCCTL_ACCEPT_OFFER_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kAcceptOfferVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_ACCEPT_OFFER_VERB_H_
