// What an answered exchange means for receiving media and data: pure functions of the two
// descriptions.
#ifndef ENGINE_JSEP_RECEIVE_PARAMETERS_H_
#define ENGINE_JSEP_RECEIVE_PARAMETERS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/jsep/apply_result.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// An offer and its answer, by side. Both have a mid in every section.
struct Exchange {
  const sdp::Description& local;
  const sdp::Description& remote;
  bool local_is_answer = false;
  // By section: the transport that the answer puts it on; null for those it rejects.
  const std::vector<std::optional<size_t>>& transports;

  size_t size() const { return local.media.size(); }
  const sdp::Description& answer() const { return local_is_answer ? local : remote; }
  bool IsLive(size_t index) const {
    return !local.media[index].IsRejected() && !remote.media[index].IsRejected();
  }
  size_t TransportOf(size_t index) const { return transports[index].value_or(0); }
};

// The direction both sides agreed on, from our side.
Direction AgreedDirection(const Exchange& exchange, size_t index);

// One entry per live audio and video section; at most `max_ssrcs` sources in all.
// `record`: where to write down what the remote's answer decides; one entry for each section.
std::vector<ReceiveParameters> MakeReceivers(const Exchange& exchange, size_t max_ssrcs,
                                             NegotiationRecord* record = nullptr);

// Null: no data section was agreed on.
std::optional<DataSection> MakeData(const Exchange& exchange);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_RECEIVE_PARAMETERS_H_
