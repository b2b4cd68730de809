// What a user pipes or types in.
#ifndef CLIENTS_PCCTL_INPUT_H_
#define CLIENTS_PCCTL_INPUT_H_

#include <cstddef>
#include <istream>
#include <optional>
#include <string>

namespace pcd::pcctl {

// All up to the end of the input. Nothing: it is longer than `max_bytes`, surely a wrong file.
std::optional<std::string> ReadAll(std::istream& in, size_t max_bytes);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_INPUT_H_
