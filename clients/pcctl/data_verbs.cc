#include "clients/pcctl/data_verbs.h"

namespace pcd::pcctl {
namespace {

constexpr const VerbEntry* kVerbs[] = {&kDataListVerb, &kDataCreateVerb, &kDataSendVerb,
                                       &kDataReceiveVerb, &kDataCloseVerb};

}  // namespace

const VerbEntry kDataVerbs = {
    .name = "data",
    .arguments = "VERB ID [ARGUMENTS]",
    .summary = "List, create and close data channels, send and receive their messages.",
    .verbs = kVerbs,
};

}  // namespace pcd::pcctl
