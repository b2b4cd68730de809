// Keeps one of negotiated lists that are equal.
#ifndef ENGINE_MODEL_PARAMETER_POOL_H_
#define ENGINE_MODEL_PARAMETER_POOL_H_

#include <cstddef>
#include <unordered_map>

#include "engine/model/rtp_parameters.h"

namespace pcd {

// Peers of one kind negotiate the same: a browser offers some twenty codecs, which take 4 KB each
// time that they are written down, and a connection has six such lists. Memory: at most twice what
// somebody uses. Threading: one loop; the lists themselves may go anywhere.
class ParameterPool {
 public:
  // An equal list, shared with all others that are equal.
  CodecList Share(const CodecList& codecs);
  ExtensionList Share(const ExtensionList& extensions);

  // Lists kept; some may be used by nobody any more.
  size_t size() const { return codecs_.lists.size() + extensions_.lists.size(); }

 private:
  static constexpr size_t kFirstSweep = 32;

  template <typename T>
  struct Table {
    std::unordered_multimap<size_t, SharedList<T>> lists{};  // By hash.
    size_t sweep_at = kFirstSweep;
  };
  template <typename T>
  static SharedList<T> ShareIn(Table<T>& table, size_t hash, const SharedList<T>& list);

  Table<Codec> codecs_;
  Table<HeaderExtension> extensions_;
};

}  // namespace pcd

#endif  // ENGINE_MODEL_PARAMETER_POOL_H_
