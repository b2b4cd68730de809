// Where the next page of a List begins, as an opaque text that is bound to the request's other
// fields.
#ifndef SERVICE_PAGE_TOKEN_H_
#define SERVICE_PAGE_TOKEN_H_

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace pcd::service {

// `position` is what the engine continues after; `request` stands for the fields that must
// not change between pages.
std::string MakePageToken(std::string_view position, std::string_view request);

// Empty token: empty position. STALE_PAGE_TOKEN unless MakePageToken made it for `request`.
absl::StatusOr<std::string> ParsePageToken(std::string_view token, std::string_view request);

}  // namespace pcd::service

#endif  // SERVICE_PAGE_TOKEN_H_
