#include "clients/pcctl/json.h"

#include <google/protobuf/util/json_util.h>

#include <string>

namespace pcd::pcctl {
namespace {

// Text from the wire is UTF-8 already (protobuf checks it); should it ever not be, a replacement
// character is better than no output.
constexpr auto kOnBadUtf8 = Json::error_handler_t::replace;

}  // namespace

Json ToJson(const google::protobuf::Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return Json::object();
  return Json::parse(text, nullptr, false);
}

void PrintJson(const Json& json, std::ostream& out) {
  out << json.dump(2, ' ', false, kOnBadUtf8) << '\n';
}

void PrintJsonLine(const Json& json, std::ostream& out) {
  out << json.dump(-1, ' ', false, kOnBadUtf8) << '\n';
}

}  // namespace pcd::pcctl
