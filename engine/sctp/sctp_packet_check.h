// What of a peer's packets may reach usrsctp.
#ifndef ENGINE_SCTP_SCTP_PACKET_CHECK_H_
#define ENGINE_SCTP_SCTP_PACKET_CHECK_H_

#include "engine/base/bytes.h"

namespace pcd::sctp {

// True when the packet is a row of whole chunks of types that data channels use, and the
// parameters of those that open an association are whole, too. (A parameter of length zero in
// an INIT keeps usrsctp 0.9.5 in a loop for ever; extensions that we do not negotiate would
// only be a way to code that nobody needs.)
bool IsPlausibleSctpPacket(ByteSpan packet);

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_SCTP_PACKET_CHECK_H_
