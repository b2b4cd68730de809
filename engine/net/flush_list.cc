#include "engine/net/flush_list.h"

namespace pcd::net {

void FlushList::Add(Flushable* item) {
  if (item->position_ != Flushable::kNotListed) return;
  item->position_ = items_.size();
  items_.push_back(item);
}

void FlushList::Remove(Flushable* item) {
  if (item->position_ == Flushable::kNotListed) return;
  items_[item->position_] = nullptr;
  item->position_ = Flushable::kNotListed;
}

void FlushList::FlushAll() {
  for (Flushable* item : items_) {
    if (item == nullptr) continue;
    item->position_ = Flushable::kNotListed;
    item->Flush();
  }
  items_.clear();
}

}  // namespace pcd::net
