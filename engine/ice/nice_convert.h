// Between our values and libnice's.
#ifndef ENGINE_ICE_NICE_CONVERT_H_
#define ENGINE_ICE_NICE_CONVERT_H_

#include <nice/agent.h>

#include <string>

#include "engine/base/socket_address.h"
#include "engine/ice/nice_handles.h"
#include "engine/model/ice.h"

namespace pcd::ice {

NiceAddress ToNiceAddress(const SocketAddress& address);
SocketAddress FromNiceAddress(const NiceAddress& address);
// What a socket is bound to; the unspecified address when it is closed.
SocketAddress LocalAddressOf(GSocket* socket);

// Null when the candidate's address is not numeric. A signalled peer-reflexive candidate is
// given as server-reflexive, because libnice refuses the former.
NiceCandidatePtr ToNiceCandidate(const Candidate& candidate, guint stream_id);

// `ufrag` (may be empty) becomes the ufrag extension.
Candidate FromNiceCandidate(const NiceCandidate& candidate, const std::string& ufrag);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_CONVERT_H_
