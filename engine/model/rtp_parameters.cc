#include "engine/model/rtp_parameters.h"

#include <strings.h>

#include <algorithm>

namespace pcd {

bool Codec::NameIs(const char* other) const { return strcasecmp(name.c_str(), other) == 0; }

const std::string* Codec::FindFmtp(const char* key) const {
  for (const auto& [name, value] : fmtp) {
    if (strcasecmp(name.c_str(), key) == 0) return &value;
  }
  return nullptr;
}

bool Codec::HasFeedback(const char* value) const {
  return std::find(rtcp_feedback.begin(), rtcp_feedback.end(), value) != rtcp_feedback.end();
}

std::string Codec::FmtpText() const {
  std::string text;
  for (const auto& [key, value] : fmtp) {
    if (!text.empty()) text += ';';
    text += value.empty() ? key : key + "=" + value;
  }
  return text;
}

}  // namespace pcd
