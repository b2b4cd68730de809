#include "clients/pcctl/completion_objects.h"

#include <algorithm>
#include <string_view>

#include "clients/pcctl/list_pages.h"

namespace pcd::pcctl {
namespace {

bool IsUsualId(std::string_view id) {
  // One that begins with "-" would be a flag.
  return !id.empty() && id.front() != '-' && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::vector<std::string> Connections(Client& client) {
  api::ListResponse all;
  std::vector<std::string> ids;
  if (!ListAllPages(client, {}, &all).ok()) return ids;
  for (const auto& each : all.peer_connections()) ids.push_back(each.peer_connection_id());
  return ids;
}

std::vector<std::string> Sinks(Client& client, const std::string& connection) {
  api::ListSinksRequest request;
  request.set_peer_connection_id(connection);
  api::ListSinksResponse response;
  std::vector<std::string> ids;
  const auto call = client.NewCall();
  if (!client.media().ListSinks(call.get(), request, &response).ok()) return ids;
  for (const api::Sink& sink : response.sinks()) ids.push_back(sink.sink_id());
  return ids;
}

std::vector<std::string> DataChannels(Client& client, const std::string& connection) {
  api::ListDataChannelsRequest request;
  request.set_peer_connection_id(connection);
  api::ListDataChannelsResponse response;
  std::vector<std::string> ids;
  const auto call = client.NewCall();
  if (!client.data_channels().ListDataChannels(call.get(), request, &response).ok()) return ids;
  for (const auto& channel : response.data_channels()) ids.push_back(channel.data_channel_id());
  return ids;
}

}  // namespace

std::vector<std::string> ObjectIds(Client& client, Noun noun, const std::string& connection) {
  std::vector<std::string> ids;
  if (noun == Noun::kConnection) ids = Connections(client);
  if (noun == Noun::kSink) ids = Sinks(client, connection);
  if (noun == Noun::kDataChannel) ids = DataChannels(client, connection);
  std::erase_if(ids, [](const std::string& id) { return !IsUsualId(id); });
  return ids;
}

}  // namespace pcd::pcctl
