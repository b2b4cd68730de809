// What an answered exchange means for sending: a pure function of the two descriptions.
#ifndef ENGINE_JSEP_SEND_PARAMETERS_H_
#define ENGINE_JSEP_SEND_PARAMETERS_H_

#include <vector>

#include "engine/jsep/receive_parameters.h"
#include "engine/jsep/session_state.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::jsep {

// One entry per live audio and video section that has a transceiver.
std::vector<SendParameters> MakeSenders(const Exchange& exchange, const State& state);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SEND_PARAMETERS_H_
