// What an event says beside its name, in one line for people.
#ifndef CLIENTS_PCCTL_EVENT_DETAILS_H_
#define CLIENTS_PCCTL_EVENT_DETAILS_H_

#include <string>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/event.pb.h"

namespace pcd::pcctl {

// May be empty. Holds control characters only if the event does; see Printable.
std::string EventDetails(const api::Event& event);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_EVENT_DETAILS_H_
