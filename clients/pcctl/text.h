// Values of the API as text for people.
#ifndef CLIENTS_PCCTL_TEXT_H_
#define CLIENTS_PCCTL_TEXT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/pcctl/api.h"
#include "google/protobuf/map.h"
#include "peerconnection/v1/ice.pb.h"

namespace pcd::pcctl {

// Control characters as \xNN. Labels, SDP and error texts can come from a remote peer, and must
// not steer the terminal.
std::string Printable(std::string_view text);

// An enum's value in the spelling of W3C: "have-remote-offer". "-" for UNSPECIFIED, the number
// for values that this build does not know.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int value);

template <typename E>
std::string EnumText(E value) {
  return EnumText(*google::protobuf::GetEnumDescriptor<E>(), static_cast<int>(value));
}

// The reverse: the value's number for "have-remote-offer".
std::optional<int> ParseEnum(const google::protobuf::EnumDescriptor& type, std::string_view text);

// All values but UNSPECIFIED.
std::vector<std::string> EnumTexts(const google::protobuf::EnumDescriptor& type);

// Whether it is well-formed UTF-8 (RFC 3629), as the API's strings must be.
bool IsUtf8(std::string_view text);

// RFC 3339 in UTC with milliseconds: "2026-01-31T12:00:00.123Z".
std::string TimeText(const google::protobuf::Timestamp& time);

// How long ago: "5s", "3m", "7h", "12d".
std::string AgeText(const google::protobuf::Timestamp& time,
                    std::chrono::system_clock::time_point now);

// "app=demo,user=7" by key; "-" if there is none.
std::string LabelsText(const google::protobuf::Map<std::string, std::string>& labels);

// "host udp 192.0.2.1:5000".
std::string CandidateText(const api::IceCandidate& candidate);

// "-" for an empty text, else as Printable.
std::string OrDash(std::string_view text);

// Reads "key=value" pairs. Returns what is wrong; empty: nothing.
std::string ParseLabels(const std::vector<std::string>& pairs,
                        google::protobuf::Map<std::string, std::string>* labels);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_TEXT_H_
