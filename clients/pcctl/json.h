// Messages as JSON, in protobuf's own mapping: names in lowerCamelCase, 64-bit integers as strings,
// enums by name, unset fields left out.
#ifndef CLIENTS_PCCTL_JSON_H_
#define CLIENTS_PCCTL_JSON_H_

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

namespace pcd::pcctl {

// Keeps the order of fields.
using Json = nlohmann::ordered_json;

Json ToJson(const google::protobuf::Message& message);

// Indented, for one document.
void PrintJson(const Json& json, std::ostream& out);

// In one line, for a stream of documents (JSON Lines).
void PrintJsonLine(const Json& json, std::ostream& out);

// A document whose one array is there even when it is empty: {"name": [...]}.
template <typename Messages>
Json ToJsonList(const char* name, const Messages& messages) {
  Json list = Json::array();
  for (const auto& message : messages) list.push_back(ToJson(message));
  Json document = Json::object();
  document[name] = std::move(list);
  return document;
}

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_JSON_H_
