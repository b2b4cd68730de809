#include "engine/datachannel/channel_table.h"

#include <utility>

namespace pcd::datachannel {

Channel& ChannelTable::Add(std::string channel_id) {
  const uint64_t number = ++last_number_;
  Channel& channel = channels_[number];
  channel.number = number;
  channel.info.channel_id = channel_id;
  by_id_[std::move(channel_id)] = &channel;
  return channel;
}

void ChannelTable::Remove(Channel& channel) {
  UnbindStream(channel);
  by_id_.erase(channel.info.channel_id);
  channels_.erase(channel.number);
}

void ChannelTable::Clear() {
  by_id_.clear();
  by_stream_.clear();
  channels_.clear();
}

Channel* ChannelTable::Find(std::string_view channel_id) const {
  const auto it = by_id_.find(channel_id);
  return it == by_id_.end() ? nullptr : it->second;
}

Channel* ChannelTable::FindByStream(uint16_t stream_id) const {
  const auto it = by_stream_.find(stream_id);
  return it == by_stream_.end() ? nullptr : it->second;
}

Channel* ChannelTable::FindByNumber(uint64_t number) const {
  const auto it = channels_.find(number);
  return it == channels_.end() ? nullptr : &it->second;
}

void ChannelTable::BindStream(Channel& channel) { by_stream_[*channel.info.init.id] = &channel; }

void ChannelTable::UnbindStream(Channel& channel) {
  if (!channel.info.init.id) return;
  const auto it = by_stream_.find(*channel.info.init.id);
  if (it != by_stream_.end() && it->second == &channel) by_stream_.erase(it);
}

std::vector<Channel*> ChannelTable::All() const {
  std::vector<Channel*> all;
  all.reserve(channels_.size());
  for (auto& [number, channel] : channels_) all.push_back(&channel);
  return all;
}

}  // namespace pcd::datachannel
