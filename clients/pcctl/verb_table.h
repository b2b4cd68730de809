// All verbs of pcctl.
#ifndef CLIENTS_PCCTL_VERB_TABLE_H_
#define CLIENTS_PCCTL_VERB_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

// The group of all verbs and groups, in the order of the help text. Its name is empty.
const VerbEntry& Program();

// The word that names an entry within its group: "list" for "sink list".
std::string_view LastWord(const VerbEntry& entry);

// The verb or group of this word. Null: the group has none.
const VerbEntry* FindVerb(const VerbEntry& group, std::string_view word);

// Down from the program, word by word. Null: there is no such verb or group.
const VerbEntry* FindVerb(const std::vector<std::string>& words);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_VERB_TABLE_H_
