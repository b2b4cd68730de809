#include "engine/model/parameter_pool.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace pcd {
namespace {

// Lists compared at most: a peer that finds lists of one hash gains nothing but lists of its own.
constexpr int kMaxCompared = 8;

void Mix(size_t& hash, size_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15u; }

void Mix(size_t& hash, std::string_view text) { Mix(hash, std::hash<std::string_view>()(text)); }

size_t HashOf(const CodecList& codecs) {
  size_t hash = codecs.size();
  for (const Codec& codec : codecs) {
    Mix(hash, codec.payload_type);
    Mix(hash, codec.name);
    Mix(hash, codec.clock_rate);
    Mix(hash, codec.channels);
    for (const auto& [key, value] : codec.fmtp) {
      Mix(hash, key);
      Mix(hash, value);
    }
    for (const std::string& feedback : codec.rtcp_feedback) Mix(hash, feedback);
  }
  return hash;
}

size_t HashOf(const ExtensionList& extensions) {
  size_t hash = extensions.size();
  for (const HeaderExtension& extension : extensions) {
    Mix(hash, extension.id);
    Mix(hash, extension.uri);
    Mix(hash, static_cast<size_t>(extension.direction));
  }
  return hash;
}

}  // namespace

template <typename T>
SharedList<T> ParameterPool::ShareIn(Table<T>& table, size_t hash, const SharedList<T>& list) {
  if (list.empty()) return list;
  auto [same, end] = table.lists.equal_range(hash);
  for (int compared = 0; same != end && compared < kMaxCompared; ++same, ++compared) {
    if (same->second == list) return same->second;
  }
  if (table.lists.size() >= table.sweep_at) {
    std::erase_if(table.lists, [](const auto& entry) { return entry.second.IsUnshared(); });
    table.sweep_at = std::max(kFirstSweep, 2 * table.lists.size());
  }
  return table.lists.emplace(hash, list)->second;
}

CodecList ParameterPool::Share(const CodecList& codecs) {
  return ShareIn(codecs_, HashOf(codecs), codecs);
}

ExtensionList ParameterPool::Share(const ExtensionList& extensions) {
  return ShareIn(extensions_, HashOf(extensions), extensions);
}

}  // namespace pcd
