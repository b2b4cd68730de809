// How a transport meets the peer's checks.
#ifndef ENGINE_ICE_ANSWERING_ANSWERING_H_
#define ENGINE_ICE_ANSWERING_ANSWERING_H_

namespace pcd::ice {

enum class Answering {
  // As RFC 8445 section 7.3 says.
  kFully,
  // The session goes on in a later transport (an ICE restart), of which the peer may have learned
  // another role. libwebrtc has one role for all its pairs, old and new: refused for its role here
  // (487) it would change it there, too. So no check is refused for its role, and none is sent.
  kAnyRole,
  // Every check is refused (401), so that the peer leaves these pairs; what it still sends is data.
  kRefused,
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ANSWERING_ANSWERING_H_
