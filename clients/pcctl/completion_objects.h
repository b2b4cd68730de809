// Ids that the service knows, for completion.
#ifndef CLIENTS_PCCTL_COMPLETION_OBJECTS_H_
#define CLIENTS_PCCTL_COMPLETION_OBJECTS_H_

#include <string>
#include <vector>

#include "clients/pcctl/client.h"
#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

// Ids of what `noun` names: connections, or objects of one connection. None if the call fails.
// Whatever is no usual id (letters, digits, "-", "_", ".") is left out: it would be put on the
// user's command line.
std::vector<std::string> ObjectIds(Client& client, Noun noun, const std::string& connection);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_COMPLETION_OBJECTS_H_
