// What a Session is made with.
#ifndef ENGINE_JSEP_OPTIONS_H_
#define ENGINE_JSEP_OPTIONS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/shared.h"
#include "engine/jsep/capabilities.h"
#include "engine/model/ice.h"
#include "engine/model/parameter_pool.h"
#include "engine/model/session.h"

namespace pcd::jsep {

struct Options {
  // Used here: bundle_policy; see offer_plan.h and answer_plan.h.
  Configuration config{};
  // Used here: max_sdp_bytes, max_media_sections, max_transports, max_candidates, max_ssrcs,
  // max_message_bytes (announced as a=max-message-size).
  Limits limits{};
  // The same for all sessions, so it is kept once.
  Shared<Capabilities> capabilities = DefaultCapabilities();
  // Of its loop, not owned; null: codec lists are the session's own.
  ParameterPool* parameter_pool = nullptr;
  // Of our certificate; at least one, written into every live section.
  std::vector<Fingerprint> local_fingerprints{};
  // RTCP CNAME of what we send (RFC 7022), at most 255 characters: sending sections announce their
  // sources with it (a=ssrc). Empty: they announce none; packets are told by their mid then.
  std::string cname{};
  // Answer an offer of "actpass" with "passive". RFC 9429 section 5.3.1 recommends "active",
  // which saves up to one round trip; but the DTLS server chooses the SRTP profile, and
  // Chromium as server takes AES-CM where it would accept AES-GCM from us. GCM needs about
  // half the CPU per packet, so being the server is the default.
  bool prefer_dtls_server = true;
};

// RTCOfferOptions.
struct OfferOptions {
  bool ice_restart = false;
  // Legacy: see TransceiverSet::OfferToReceive. Null: no effect.
  std::optional<bool> offer_to_receive_audio{};
  std::optional<bool> offer_to_receive_video{};
};

// RTCAnswerOptions: no member has meaning in W3C today.
struct AnswerOptions {};

struct TransportRequest {
  size_t transport_index = 0;
  // False: credentials for a transport that has none yet. True: the next generation, which
  // takes effect when an ApplyResult carries it (TransportAction::local_ice).
  bool ice_restart = false;
};

// Gives the local ICE credentials and options of a transport; an empty ufrag: none can be had,
// and the call fails with PORT_UNAVAILABLE. Called at most once for each
// transport and generation, from within CreateOffer, CreateAnswer and SetLocalDescription;
// must not call back into the Session.
using TransportInfo = std::function<IceParameters(const TransportRequest&)>;

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_OPTIONS_H_
