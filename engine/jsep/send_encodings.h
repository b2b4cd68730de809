// The encodings of a sender: what addTransceiver and setParameters accept, and how simulcast is
// offered, answered and cut down (W3C webrtc-pc sections 4.4.1.5, 5.1 and 5.2, RFC 8853).
#ifndef ENGINE_JSEP_SEND_ENCODINGS_H_
#define ENGINE_JSEP_SEND_ENCODINGS_H_

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "engine/jsep/transceiver.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

using SendEncodings = std::vector<SendEncoding>;

// Of a video sender; an audio sender has one encoding.
inline constexpr size_t kMaxVideoEncodings = 3;

// Of a sender that was given none.
SendEncodings DefaultEncodings(MediaKind kind);
// The "addTransceiver sendEncodings validation steps". None: the default one. Those beyond the
// maximum are left out, and several without rids get some. INVALID_ARGUMENT (TypeError: rids,
// RangeError: values).
absl::StatusOr<SendEncodings> CheckSendEncodings(MediaKind kind, SendEncodings encodings);

// The "setParameters validation steps". INVALID_ARGUMENT (InvalidModificationError: another number,
// order or rid, RangeError: values).
absl::StatusOr<SendEncodings> CheckNewEncodings(MediaKind kind, const SendEncodings& before,
                                                SendEncodings encodings);

// What a remote offer that asks for simulcast proposes; empty: it does not.
SendEncodings ProposedEncodings(const sdp::MediaSection& offer);
// The proposal of a remote offer reaches the sender of its section, unless that has layers.
void TakeProposal(const sdp::MediaSection& offer, Transceiver& transceiver);
// An answer is applied: `asked` are the rids that it says are sent. The others of several encodings
// go, and all but the first when none is left.
void KeepAnswered(const std::vector<std::string>& asked, Transceiver& transceiver);
// A rollback: what an offer proposed to a sender without rids is forgotten.
void RollEncodingsBack(const Transceiver& before, Transceiver& transceiver);

// Rids that the writer of a section sends, or asks for; the first alternative of each stream.
std::vector<std::string> SentRids(const sdp::MediaSection& section);
std::vector<std::string> ReceivedRids(const sdp::MediaSection& section);

// a=rid and a=simulcast of a section of ours that sends: in an offer all encodings, in an answer
// those that `offered` asks for.
void OfferEncodings(const Transceiver& transceiver, sdp::MediaSection& section);
// What the section before asked for is asked for again, as long as it receives.
void OfferToReceiveLayers(const sdp::MediaSection& before, sdp::MediaSection& section);
void AnswerEncodings(const sdp::MediaSection& offered, const Transceiver& transceiver,
                     sdp::MediaSection& section);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SEND_ENCODINGS_H_
