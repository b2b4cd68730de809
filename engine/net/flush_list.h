// The sockets that have packets queued in this turn.
#ifndef ENGINE_NET_FLUSH_LIST_H_
#define ENGINE_NET_FLUSH_LIST_H_

#include <cstddef>
#include <vector>

namespace pcd::net {

// Something that batches until the turn is over. Flush must not add to the list.
class Flushable {
 public:
  virtual ~Flushable() = default;
  virtual void Flush() = 0;

 private:
  friend class FlushList;
  static constexpr size_t kNotListed = static_cast<size_t>(-1);
  size_t position_ = kNotListed;
};

// Threading: one loop.
class FlushList {
 public:
  void Add(Flushable* item);  // Once per turn counts.
  void Remove(Flushable* item);
  void FlushAll();
  bool empty() const { return items_.empty(); }

 private:
  std::vector<Flushable*> items_;  // Null where removed.
};

}  // namespace pcd::net

#endif  // ENGINE_NET_FLUSH_LIST_H_
