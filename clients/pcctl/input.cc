#include "clients/pcctl/input.h"

namespace pcd::pcctl {

std::optional<std::string> ReadAll(std::istream& in, size_t max_bytes) {
  std::string text;
  char buffer[4096];
  while (in.read(buffer, sizeof(buffer)), in.gcount() > 0) {
    text.append(buffer, static_cast<size_t>(in.gcount()));
    if (text.size() > max_bytes) return std::nullopt;
  }
  return text;
}

}  // namespace pcd::pcctl
