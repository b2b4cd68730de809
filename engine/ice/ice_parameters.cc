#include "engine/ice/ice_parameters.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/base/status.h"

namespace pcd::ice {
namespace {

constexpr size_t kUfragLength = 8;
constexpr size_t kPwdLength = 24;
constexpr size_t kMinUfrag = 4;
constexpr size_t kMinPwd = 22;
constexpr size_t kMaxLength = 256;

// Beyond the grammar's ice-chars, '-', '_', '=' and '#' are taken: some peers send them and
// libwebrtc accepts them too.
bool IsAcceptable(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("+/-_=#").find(c) != std::string_view::npos;
}

bool Fits(std::string_view text, size_t min) {
  return text.size() >= min && text.size() <= kMaxLength && std::ranges::all_of(text, IsAcceptable);
}

}  // namespace

IceParameters GenerateIceParameters(RandomSource& random, bool lite) {
  return {.ufrag = random.IceString(kUfragLength),
          .pwd = random.IceString(kPwdLength),
          .lite = lite,
          .options = {"trickle"}};
}

absl::Status CheckIceParameters(const IceParameters& parameters) {
  if (!Fits(parameters.ufrag, kMinUfrag)) {
    return InvalidArgument("ice-ufrag must be 4 to 256 ice-chars", "ufrag");
  }
  if (!Fits(parameters.pwd, kMinPwd)) {
    return InvalidArgument("ice-pwd must be 22 to 256 ice-chars", "pwd");
  }
  return absl::OkStatus();
}

}  // namespace pcd::ice
