// What calls do to the transceivers of a connection between negotiations (W3C webrtc-pc
// sections 5.1 to 5.4). Each checks everything first: one that fails changes nothing.
#ifndef ENGINE_JSEP_TRANSCEIVER_SET_H_
#define ENGINE_JSEP_TRANSCEIVER_SET_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/random.h"
#include "engine/jsep/capabilities.h"
#include "engine/jsep/session_state.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"
#include "engine/model/session.h"

namespace pcd::jsep {

// Errors of all: TRANSCEIVER_NOT_FOUND, SENDER_NOT_FOUND, TRANSCEIVER_STOPPED
// (InvalidStateError), INVALID_ARGUMENT (TypeError) naming a field, TRACK_IN_USE
// (InvalidAccessError), TRACK_KIND_MISMATCH (TypeError), INVALID_CODEC.
// Threading: one call.
class TransceiverSet {
 public:
  TransceiverSet(State& state, RandomSource& random, size_t max_transceivers)
      : state_(state), random_(random), max_transceivers_(max_transceivers) {}

  absl::StatusOr<std::string> Add(MediaKind kind, const TransceiverInit& init, std::string_view id);
  // W3C addTrack: a sender that has never sent is reused. Returns the transceiver's id. `chosen`:
  // the one that is called `id`, new or not, and no other. `ends`: of a new one.
  absl::StatusOr<std::string> AddTrack(MediaKind kind, const std::string& track_id,
                                       const std::vector<std::string>& stream_ids,
                                       std::string_view id, bool chosen, const EndIds& ends);
  absl::Status RemoveTrack(std::string_view sender_id);
  absl::Status ReplaceTrack(std::string_view sender_id, MediaKind kind,
                            const std::string& track_id);
  // Takes the track from all senders, stopped ones too. Returns whether one had it.
  bool ForgetTrack(const std::string& track_id);
  absl::Status SetSenderStreams(std::string_view sender_id,
                                const std::vector<std::string>& stream_ids);
  // W3C setParameters, as far as encodings go: nothing to negotiate.
  absl::Status SetEncodings(std::string_view sender_id, std::vector<SendEncoding> encodings);
  absl::Status SetDirection(std::string_view id, Direction direction);
  absl::Status Stop(std::string_view id);
  absl::Status SetCodecPreferences(const Capabilities& capabilities, std::string_view id,
                                   std::vector<Codec> codecs);
  // Legacy offerToReceive (W3C 4.4.3.2): true makes a receiver of this kind unless there is
  // one, false stops receiving.
  // Returns whether it changed anything.
  absl::StatusOr<bool> OfferToReceive(MediaKind kind, bool receive);

 private:
  absl::StatusOr<Transceiver*> Find(std::string_view id);
  absl::StatusOr<Transceiver*> FindSender(std::string_view sender_id);
  absl::Status CheckIds(const TransceiverInit& init, std::string_view id) const;
  absl::Status CheckTrackUnused(const std::string& track_id) const;
  Transceiver* FindReusableSender(MediaKind kind);
  // Null: there is none of this id.
  absl::StatusOr<Transceiver*> FindChosenSender(MediaKind kind, std::string_view id);

  State& state_;
  RandomSource& random_;
  const size_t max_transceivers_;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_TRANSCEIVER_SET_H_
