#include "clients/pcctl/sink_verbs.h"

namespace pcd::pcctl {
namespace {

constexpr const VerbEntry* kVerbs[] = {&kSinkListVerb,   &kSinkCreateVerb, &kSinkPauseVerb,
                                       &kSinkResumeVerb, &kSinkDeleteVerb, &kSinkSdpVerb};

}  // namespace

const VerbEntry kSinkVerbs = {
    .name = "sink",
    .arguments = "VERB ID [ARGUMENTS]",
    .summary = "List, create, pause, resume and delete sinks, print the SDP to play them.",
    .description = "A sink sends the RTP of one remote track to a UDP port.\n",
    .verbs = kVerbs,
};

}  // namespace pcd::pcctl
