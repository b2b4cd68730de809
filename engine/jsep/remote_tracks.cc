#include "engine/jsep/remote_tracks.h"

#include <algorithm>
#include <utility>

namespace pcd::jsep {
namespace {

// RFC 8830 section 2 allows 64 characters; browsers stay far below this.
constexpr size_t kMaxIdBytes = 256;
constexpr size_t kMaxStreams = 16;

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::vector<std::string> Without(std::vector<std::string> list,
                                 const std::vector<std::string>& others) {
  std::erase_if(list, [&](const std::string& value) { return Contains(others, value); });
  return list;
}

TrackEvent MakeEvent(bool added, const Transceiver& transceiver) {
  return {.added = added,
          .transceiver_id = transceiver.id,
          .receiver_id = transceiver.receiver_id,
          .track_id = transceiver.track_id,
          .stream_ids = transceiver.remote_stream_ids,
          .kind = transceiver.kind,
          .mid = transceiver.mid.value_or("")};
}

}  // namespace

std::vector<std::string> StreamIds(const sdp::MediaSection& section) {
  std::vector<std::string> ids;
  for (const sdp::Msid& msid : sdp::EffectiveMsids(section)) {
    const std::string& id = msid.stream_id;
    if (ids.size() == kMaxStreams) break;
    if (id != "-" && id.size() <= kMaxIdBytes && !Contains(ids, id)) ids.push_back(id);
  }
  return ids;
}

std::string UsableTrackId(const sdp::MediaSection& section, const State& state) {
  const std::vector<sdp::Msid> msids = sdp::EffectiveMsids(section);
  if (msids.empty() || msids.front().track_id.size() > kMaxIdBytes) return {};
  const std::string& id = msids.front().track_id;
  const bool taken = std::any_of(state.transceivers.begin(), state.transceivers.end(),
                                 [&id](const Transceiver& t) { return t.track_id == id; });
  return taken ? std::string() : id;
}

void ProcessRemoteTrack(Transceiver& transceiver, Direction direction,
                        std::vector<std::string> stream_ids, ApplyResult& result) {
  const bool told = transceiver.fired_direction && Receives(*transceiver.fired_direction);
  if (Receives(direction)) {
    std::vector<std::string> left = Without(transceiver.remote_stream_ids, stream_ids);
    if (told && !left.empty()) {
      result.tracks.push_back(MakeEvent(false, transceiver));
      result.tracks.back().goes_on = true;
      result.tracks.back().stream_ids = std::move(left);
    }
    const bool joins = std::any_of(stream_ids.begin(), stream_ids.end(), [&](const auto& id) {
      return !Contains(transceiver.remote_stream_ids, id);
    });
    transceiver.remote_stream_ids = std::move(stream_ids);
    if (!told || joins) result.tracks.push_back(MakeEvent(true, transceiver));
  } else if (told) {
    result.tracks.push_back(MakeEvent(false, transceiver));
    transceiver.remote_stream_ids.clear();
  }
  transceiver.fired_direction = direction;
}

}  // namespace pcd::jsep
