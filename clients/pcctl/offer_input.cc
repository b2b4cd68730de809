#include "clients/pcctl/offer_input.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "clients/pcctl/input.h"

namespace pcd::pcctl {
namespace {

// More than any service takes; guards against a wrong file.
constexpr size_t kMaxBytes = 1 << 20;

OfferInput FromJson(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return {.sdp = "", .error = "the input is neither SDP nor JSON"};
  const auto type = json.find("type");
  const auto sdp = json.find("sdp");
  if (type == json.end() || *type != "offer" || sdp == json.end() || !sdp->is_string()) {
    return {.sdp = "", .error = "the JSON input is not {\"type\": \"offer\", \"sdp\": \"...\"}"};
  }
  return {.sdp = sdp->get<std::string>(), .error = ""};
}

}  // namespace

OfferInput ReadOffer(std::istream& in) {
  const std::optional<std::string> text = ReadAll(in, kMaxBytes);
  if (!text.has_value()) return {.sdp = "", .error = "the input is longer than 1 MiB"};
  const size_t start = text->find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return {.sdp = "", .error = "there is no offer on the input"};
  if ((*text)[start] == '{') return FromJson(*text);
  return {.sdp = *text, .error = ""};
}

std::string Line(const std::string& text, uint64_t number) {
  std::istringstream lines(text);
  std::string line;
  for (uint64_t i = 0; i < number; ++i) {
    if (!std::getline(lines, line)) return "";
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace pcd::pcctl
