// Nothing is accepted and ignored: each method lists the request fields that it acts on, and a
// request that sets any other one is refused with FIELD_NOT_IMPLEMENTED, naming the field.
#ifndef SERVICE_FIELD_GUARD_H_
#define SERVICE_FIELD_GUARD_H_

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <initializer_list>
#include <string_view>

namespace pcd::service {

// `implemented` holds dotted paths without indexes ("description.sdp"). A path of a message or
// map accepts all that is below it; a message of which only parts are accepted is not listed
// itself. A field set to its default counts as set only where it has presence. Fields that
// this build's contract does not know are refused too, at any depth and also below an accepted
// message, as "<path>.#<number>". `also`: more of them, where many methods share these.
absl::Status CheckFields(const google::protobuf::Message& request,
                         std::initializer_list<std::string_view> implemented,
                         std::initializer_list<std::string_view> also = {});

// The error itself, for values that are not built: UNIMPLEMENTED, FIELD_NOT_IMPLEMENTED,
// NotSupportedError.
absl::Status FieldNotImplemented(std::string_view field);

}  // namespace pcd::service

#endif  // SERVICE_FIELD_GUARD_H_
