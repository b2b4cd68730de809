// Attributes that may stand at session level and in media sections.
#include "engine/sdp/attribute_parser.h"

#include <algorithm>

#include "engine/sdp/text.h"

namespace pcd::sdp {

const char kKeep[] = "keep";

Outcome StoreOnce(std::string& field, std::string_view value) {
  if (!field.empty() && field != value) return kConflict;
  field = value;
  return kStored;
}

namespace {

// RFC 8839 has letters, digits, "+" and "/"; others occur in old deployments and do no harm.
bool IsIceText(std::string_view text, size_t min, size_t max) {
  return text.size() >= min && text.size() <= max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/' || c == '-' || c == '_' || c == '=' || c == '#';
         });
}

Outcome IceUfrag(AttributeContext& context, std::string_view value) {
  if (!IsIceText(value, 4, 256)) return "not 4 to 256 ice-chars";
  return StoreOnce(context.fields.ice_ufrag, value);
}

Outcome IcePwd(AttributeContext& context, std::string_view value) {
  if (!IsIceText(value, 22, 256)) return "not 22 to 256 ice-chars";
  return StoreOnce(context.fields.ice_pwd, value);
}

Outcome IceOptions(AttributeContext& context, std::string_view value) {
  for (std::string_view option : SplitFields(value)) {
    context.fields.ice_options.emplace_back(option);
  }
  return kStored;
}

Outcome IceLite(AttributeContext& context, std::string_view) {
  if (context.media != nullptr) return kKeep;
  context.description.ice_lite = true;
  return kStored;
}

bool IsHexPairs(std::string_view text) {
  if (text.size() % 3 != 2) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
    if (i % 3 == 2 ? c != ':' : !hex) return false;
  }
  return true;
}

struct HashSize {
  std::string_view algorithm;
  size_t bytes;
};
constexpr HashSize kHashSizes[] = {{"md5", 16},     {"sha-1", 20},   {"sha-224", 28},
                                   {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};

Outcome FingerprintLine(AttributeContext& context, std::string_view value) {
  Fingerprint fingerprint;
  fingerprint.algorithm = ToLower(TakeField(value));
  fingerprint.value = ToUpper(value);
  if (fingerprint.algorithm.empty() || !IsHexPairs(fingerprint.value)) {
    return "not an algorithm and hexadecimal pairs joined by colons";
  }
  for (const HashSize& size : kHashSizes) {
    if (fingerprint.algorithm == size.algorithm && fingerprint.value.size() + 1 != size.bytes * 3) {
      return "wrong length for its algorithm";
    }
  }
  context.fields.fingerprints.push_back(std::move(fingerprint));
  return kStored;
}

Outcome Setup(AttributeContext& context, std::string_view value) {
  for (DtlsSetup setup : {DtlsSetup::kActpass, DtlsSetup::kActive, DtlsSetup::kPassive}) {
    if (value != ToString(setup)) continue;
    if (context.fields.setup && context.fields.setup != setup) return kConflict;
    context.fields.setup = setup;
    return kStored;
  }
  return "not actpass, active or passive";
}

Outcome ExtMapLine(AttributeContext& context, std::string_view value) {
  ExtMap extmap;
  extmap.line.number = context.line;
  std::string_view id = TakeField(value);
  if (const size_t slash = id.find('/'); slash != std::string_view::npos) {
    const auto direction = ParseDirection(id.substr(slash + 1));
    if (!direction) return "unknown direction";
    extmap.extension.direction = *direction;
    id = id.substr(0, slash);
  }
  const auto number = ParseNumber<uint16_t>(id);
  if (!number || *number == 0) return "identifier is not a number from 1 to 65535";
  extmap.extension.id = *number;
  extmap.extension.uri = TakeField(value);
  if (extmap.extension.uri.empty()) return "URI is missing";
  extmap.attributes = value;
  context.fields.extmaps.push_back(std::move(extmap));
  return kStored;
}

Outcome ExtmapAllowMixed(AttributeContext& context, std::string_view) {
  context.fields.extmap_allow_mixed = true;
  return kStored;
}

template <Direction kDirection>
Outcome DirectionLine(AttributeContext& context, std::string_view) {
  if (context.fields.direction && context.fields.direction != kDirection) return kConflict;
  context.fields.direction = kDirection;
  return kStored;
}

Outcome GroupLine(AttributeContext& context, std::string_view value) {
  if (context.media != nullptr) return kKeep;
  Group group;
  group.line.number = context.line;
  group.semantics = TakeField(value);
  if (group.semantics.empty()) return "semantics are missing";
  for (std::string_view mid : SplitFields(value)) group.mids.emplace_back(mid);
  context.description.groups.push_back(std::move(group));
  return kStored;
}

constexpr AttributeSyntax kRows[] = {
    {"extmap", ExtMapLine, "RFC 8285, 5"},
    {"extmap-allow-mixed", ExtmapAllowMixed, "RFC 8285, 6"},
    {"fingerprint", FingerprintLine, "RFC 8122, 5"},
    {"group", GroupLine, "RFC 5888, 5"},
    {"ice-lite", IceLite, "RFC 8839, 5.3"},
    {"ice-options", IceOptions, "RFC 8839, 5.6"},
    {"ice-pwd", IcePwd, "RFC 8839, 5.4"},
    {"ice-ufrag", IceUfrag, "RFC 8839, 5.4"},
    {"inactive", DirectionLine<Direction::kInactive>, "RFC 8866, 6.7"},
    {"recvonly", DirectionLine<Direction::kRecvOnly>, "RFC 8866, 6.7"},
    {"sendonly", DirectionLine<Direction::kSendOnly>, "RFC 8866, 6.7"},
    {"sendrecv", DirectionLine<Direction::kSendRecv>, "RFC 8866, 6.7"},
    {"setup", Setup, "RFC 4145, 4"},
};

}  // namespace

const AttributeSyntax* FindCommonAttribute(std::string_view name) {
  for (const AttributeSyntax& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace pcd::sdp
