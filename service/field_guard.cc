#include "service/field_guard.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <string>
#include <vector>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

class Guard {
 public:
  Guard(std::initializer_list<std::string_view> implemented,
        std::initializer_list<std::string_view> also)
      : implemented_(implemented), also_(also) {}

  // `path` is how the caller wrote it ("ice_servers[0]."), `pattern` is without indexes.
  absl::Status Check(const Message& message, const std::string& path,
                     const std::string& pattern) const {
    const Reflection& reflection = *message.GetReflection();
    PCD_RETURN_IF_ERROR(CheckNoUnknownHere(message, path));
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      PCD_RETURN_IF_ERROR(CheckField(message, *field, path, pattern));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status CheckField(const Message& message, const FieldDescriptor& field,
                          const std::string& path, const std::string& pattern) const {
    const std::string name = pattern + field.name();
    if (Accepts(name)) return CheckUnknownBelow(message, field, path);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || !AcceptsPartOf(name)) {
      return FieldNotImplemented(path + field.name());
    }
    const Reflection& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
      return Check(reflection.GetMessage(message, &field), path + field.name() + ".", name + ".");
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      PCD_RETURN_IF_ERROR(Check(reflection.GetRepeatedMessage(message, &field, i),
                                path + field.name() + "[" + std::to_string(i) + "].", name + "."));
    }
    return absl::OkStatus();
  }

  // An accepted message is acted on as far as this build's contract knows it.
  static absl::Status CheckUnknownBelow(const Message& message, const FieldDescriptor& field,
                                        const std::string& path) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return absl::OkStatus();
    const Reflection& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
      return CheckUnknown(reflection.GetMessage(message, &field), path + field.name() + ".");
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      PCD_RETURN_IF_ERROR(CheckUnknown(reflection.GetRepeatedMessage(message, &field, i),
                                       path + field.name() + "[" + std::to_string(i) + "]."));
    }
    return absl::OkStatus();
  }

  // Parsing limits the depth of messages, and so the depth of this.
  static absl::Status CheckUnknown(const Message& message, const std::string& path) {
    PCD_RETURN_IF_ERROR(CheckNoUnknownHere(message, path));
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      PCD_RETURN_IF_ERROR(CheckUnknownBelow(message, *field, path));
    }
    return absl::OkStatus();
  }

  static absl::Status CheckNoUnknownHere(const Message& message, const std::string& path) {
    const auto& unknown = message.GetReflection()->GetUnknownFields(message);
    if (unknown.empty()) return absl::OkStatus();
    return FieldNotImplemented(path + "#" + std::to_string(unknown.field(0).number()));
  }

  bool Accepts(std::string_view name) const {
    for (const auto& list : {implemented_, also_}) {
      for (const std::string_view listed : list) {
        if (listed == name) return true;
      }
    }
    return false;
  }

  bool AcceptsPartOf(std::string_view name) const {
    for (const std::string_view listed : implemented_) {
      if (listed.size() > name.size() && listed.substr(0, name.size()) == name &&
          listed[name.size()] == '.') {
        return true;
      }
    }
    return false;
  }

  std::initializer_list<std::string_view> implemented_, also_;
};

}  // namespace

absl::Status FieldNotImplemented(std::string_view field) {
  return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::FIELD_NOT_IMPLEMENTED,
                   "this build does not act on the field " + std::string(field),
                   {.dom_exception = "NotSupportedError", .field = std::string(field)});
}

absl::Status CheckFields(const Message& request,
                         std::initializer_list<std::string_view> implemented,
                         std::initializer_list<std::string_view> also) {
  return Guard(implemented, also).Check(request, "", "");
}

}  // namespace pcd::service
