#include "engine/sctp/usrsctp_event_queue.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

namespace pcd::sctp {
namespace {

using StreamIdList = std::vector<uint16_t>;

// Null: no reset.
StreamIdList* IdsOf(SctpEvent& event) {
  if (auto* incoming = std::get_if<IncomingStreamsReset>(&event)) return &incoming->stream_ids;
  if (auto* outgoing = std::get_if<OutgoingStreamsReset>(&event)) return &outgoing->stream_ids;
  return nullptr;
}

// Of two resets.
bool SameKind(const SctpEvent& a, const SctpEvent& b) {
  if (a.index() != b.index()) return false;
  const auto* outgoing = std::get_if<OutgoingStreamsReset>(&a);
  return outgoing == nullptr || outgoing->ok == std::get<OutgoingStreamsReset>(b).ok;
}

size_t Charge(SctpEvent& event) {
  size_t charge = UsrsctpEventQueue::kEventCharge;
  if (const auto* message = std::get_if<MessageReceived>(&event)) charge += message->bytes.size();
  if (const StreamIdList* ids = IdsOf(event)) charge += ids->size() * sizeof(uint16_t);
  return charge;
}

void Unite(StreamIdList& ids, const StreamIdList& more) {
  if (std::includes(ids.begin(), ids.end(), more.begin(), more.end())) return;
  StreamIdList all;
  all.reserve(ids.size() + more.size());
  std::set_union(ids.begin(), ids.end(), more.begin(), more.end(), std::back_inserter(all));
  ids = std::move(all);
}

}  // namespace

void UsrsctpEventQueue::Push(SctpEvent event) {
  if (StreamIdList* const ids = IdsOf(event)) {
    std::sort(ids->begin(), ids->end());
    ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
    for (auto queued = events_.rbegin(); queued != events_.rend(); ++queued) {
      StreamIdList* const queued_ids = IdsOf(*queued);
      if (queued_ids == nullptr) break;
      if (!SameKind(*queued, event)) continue;
      charge_ -= Charge(*queued);
      Unite(*queued_ids, *ids);
      charge_ += Charge(*queued);
      return;
    }
  }
  charge_ += Charge(event);
  events_.push_back(std::move(event));
}

std::optional<SctpEvent> UsrsctpEventQueue::Pop() {
  if (events_.empty()) return std::nullopt;
  SctpEvent event = std::move(events_.front());
  events_.pop_front();
  charge_ -= Charge(event);
  return event;
}

void UsrsctpEventQueue::Clear() {
  events_.clear();
  charge_ = 0;
}

}  // namespace pcd::sctp
