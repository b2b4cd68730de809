// Owners for what GLib and libnice hand out.
#ifndef ENGINE_ICE_NICE_HANDLES_H_
#define ENGINE_ICE_NICE_HANDLES_H_

#include <gio/gio.h>
#include <nice/agent.h>

#include <memory>

namespace pcd::ice {

struct NiceCandidateDeleter {
  void operator()(NiceCandidate* candidate) const { nice_candidate_free(candidate); }
};
using NiceCandidatePtr = std::unique_ptr<NiceCandidate, NiceCandidateDeleter>;

template <typename T>
struct GObjectDeleter {
  void operator()(T* object) const { g_object_unref(object); }
};
using NiceAgentPtr = std::unique_ptr<NiceAgent, GObjectDeleter<NiceAgent>>;
using GSocketPtr = std::unique_ptr<GSocket, GObjectDeleter<GSocket>>;

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_HANDLES_H_
