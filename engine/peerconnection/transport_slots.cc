#include "engine/peerconnection/transport_slots.h"

#include <algorithm>
#include <utility>

namespace pcd::peerconnection {

TransportSlot* TransportSlots::FindById(std::string_view id) const {
  const auto it = std::ranges::find_if(
      slots_, [&](const auto& slot) { return slot->described() && slot->id == id; });
  return it != slots_.end() ? it->get() : nullptr;
}

TransportSlot* TransportSlots::FindByMid(std::string_view mid) const {
  const auto it = std::ranges::find_if(slots_, [&](const auto& slot) {
    return std::ranges::find(slot->mids, mid) != slot->mids.end();
  });
  return it != slots_.end() ? it->get() : nullptr;
}

TransportSlot* TransportSlots::First() const {
  const auto it = std::ranges::find_if(slots_, [](const auto& slot) { return slot->described(); });
  return it != slots_.end() ? it->get() : nullptr;
}

TransportSlot* TransportSlots::Add(std::unique_ptr<TransportSlot> slot) {
  TransportSlot* added = slot.get();
  if (by_index_.size() <= added->index) by_index_.resize(added->index + 1);
  by_index_[added->index] = added;
  const auto behind =
      std::ranges::find_if(slots_, [&](const auto& other) { return other->index > added->index; });
  slots_.insert(behind, std::move(slot));
  return added;
}

void TransportSlots::Describe(TransportSlot& slot, const std::vector<std::string>& mids) {
  if (!slot.described()) slot.id = "T" + std::to_string(next_number_++);
  for (const auto& other : slots_) {
    std::erase_if(other->mids, [&](const std::string& mid) {
      return std::ranges::find(mids, mid) != mids.end();
    });
  }
  slot.mids = mids;
}

void TransportSlots::Remove(size_t index) {
  if (Find(index) == nullptr) return;
  by_index_[index] = nullptr;
  std::erase_if(slots_, [&](const auto& slot) { return slot->index == index; });
}

void TransportSlots::Clear() {
  slots_.clear();
  by_index_.clear();
}

}  // namespace pcd::peerconnection
