// `pcctl data` and its verbs.
#ifndef CLIENTS_PCCTL_DATA_VERBS_H_
#define CLIENTS_PCCTL_DATA_VERBS_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kDataVerbs;

extern const VerbEntry kDataListVerb;
extern const VerbEntry kDataCreateVerb;
extern const VerbEntry kDataSendVerb;
extern const VerbEntry kDataReceiveVerb;
extern const VerbEntry kDataCloseVerb;

// Arguments of the verbs about existing channels.
inline constexpr Noun kChannelNouns[] = {Noun::kConnection, Noun::kDataChannel};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_DATA_VERBS_H_
