// The channels of a connection by creation, by API id and by SCTP stream.
#ifndef ENGINE_DATACHANNEL_CHANNEL_TABLE_H_
#define ENGINE_DATACHANNEL_CHANNEL_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/datachannel/channel.h"

namespace pcd::datachannel {

// Pointers stay valid until Remove. Threading: one loop.
class ChannelTable {
 public:
  // `channel_id` is not in use.
  Channel& Add(std::string channel_id);
  void Remove(Channel& channel);
  void Clear();

  // Null when there is none.
  Channel* Find(std::string_view channel_id) const;
  Channel* FindByStream(uint16_t stream_id) const;
  Channel* FindByNumber(uint64_t number) const;

  // Binds `channel.info.init.id` to the channel, or frees the stream for another.
  void BindStream(Channel& channel);
  void UnbindStream(Channel& channel);

  // In order of creation; a copy, so that channels may be removed meanwhile.
  std::vector<Channel*> All() const;
  size_t size() const { return channels_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  uint64_t last_number_ = 0;
  mutable std::map<uint64_t, Channel> channels_;
  std::unordered_map<std::string, Channel*, Hash, std::equal_to<>> by_id_;
  std::unordered_map<uint16_t, Channel*> by_stream_;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_CHANNEL_TABLE_H_
