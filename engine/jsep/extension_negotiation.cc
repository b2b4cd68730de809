#include "engine/jsep/extension_negotiation.h"

#include <algorithm>
#include <cstddef>

#include "engine/jsep/section_view.h"

namespace pcd::jsep {
namespace {

// One-byte headers carry ids up to 14, two-byte headers up to 255. Higher ones ask the
// answerer to choose (RFC 8285 section 7), which no known peer does.
constexpr uint16_t kMaxId = 255;
constexpr uint16_t kMaxOneByteId = 14;

bool Understands(const Capabilities& capabilities, MediaKind kind, const std::string& uri) {
  return std::any_of(capabilities.extensions.begin(), capabilities.extensions.end(),
                     [&](const ExtensionCapability& extension) {
                       return extension.uri == uri &&
                              (kind == MediaKind::kAudio ? extension.audio : extension.video);
                     });
}

const std::vector<sdp::ExtMap>& ExtMapsOf(const sdp::Description& description, size_t index) {
  const auto& own = description.media[index].extmaps;
  return own.empty() ? description.extmaps : own;
}

bool HasUri(const std::vector<HeaderExtension>& list, const std::string& uri) {
  return std::any_of(list.begin(), list.end(), [&](const auto& e) { return e.uri == uri; });
}

// Whether an earlier section of the same BUNDLE group gave the id another meaning. On a shared
// transport it can have one only; the first counts.
bool IsTakenBefore(const sdp::Description& offer, size_t index, const HeaderExtension& extension) {
  const sdp::Group* group = BundleGroupOf(offer, offer.media[index].mid);
  if (group == nullptr) return false;
  for (size_t i = 0; i < index; ++i) {
    if (offer.media[i].IsRejected() || BundleGroupOf(offer, offer.media[i].mid) != group) continue;
    const auto& list = ExtMapsOf(offer, i);
    if (std::any_of(list.begin(), list.end(), [&](const sdp::ExtMap& other) {
          return other.extension.id == extension.id && other.extension.uri != extension.uri;
        })) {
      return true;
    }
  }
  return false;
}

constexpr char kReference[] = "RFC 8285, 5";

// Null: it is kept.
const char* RefusalOf(const Capabilities& capabilities, MediaKind kind,
                      const sdp::Description& offer, size_t index, const HeaderExtension& extension,
                      const std::vector<HeaderExtension>& accepted) {
  if (!Understands(capabilities, kind, extension.uri)) return "not-supported";
  if (extension.id > kMaxId) return "id-out-of-range";
  if (HasUri(accepted, extension.uri)) return "listed-twice";
  if (IsTakenBefore(offer, index, extension)) return "id-taken-in-bundle";
  return nullptr;
}

}  // namespace

std::vector<HeaderExtension> AnswerExtensions(const Capabilities& capabilities, MediaKind kind,
                                              const sdp::Description& offer, size_t index,
                                              const Decisions& decisions) {
  std::vector<HeaderExtension> result;
  for (const sdp::ExtMap& offered : ExtMapsOf(offer, index)) {
    HeaderExtension extension = offered.extension;
    const char* refusal = RefusalOf(capabilities, kind, offer, index, extension, result);
    if (refusal != nullptr) {
      decisions.Drop(extension.uri, refusal, kReference);
      continue;
    }
    decisions.Keep(extension.uri, "supported", kReference);
    extension.direction = Reverse(extension.direction);
    result.push_back(std::move(extension));
  }
  return result;
}

std::vector<HeaderExtension> AgreedExtensions(const std::vector<HeaderExtension>& ours,
                                              const sdp::Description& answer, size_t index,
                                              const Decisions& decisions) {
  std::vector<HeaderExtension> result;
  for (const sdp::ExtMap& theirs : ExtMapsOf(answer, index)) {
    const auto found = std::find_if(ours.begin(), ours.end(), [&](const HeaderExtension& e) {
      return e.uri == theirs.extension.uri;
    });
    if (found == ours.end()) {
      decisions.Drop(theirs.extension.uri, "not-offered", kReference);
    } else if (HasUri(result, found->uri)) {
      decisions.Drop(found->uri, "listed-twice", kReference);
    } else {
      decisions.Keep(found->uri, "answered", kReference);
      result.push_back(*found);
    }
  }
  for (const HeaderExtension& extension : ours) {
    if (!HasUri(result, extension.uri)) {
      decisions.Drop(extension.uri, "not-answered", kReference);
    }
  }
  return result;
}

void ExtensionIds::Use(const HeaderExtension& extension) {
  if (by_uri_.contains(extension.uri) || by_id_.contains(extension.id)) return;
  by_uri_[extension.uri] = extension.id;
  by_id_[extension.id] = extension.uri;
}

std::vector<HeaderExtension> ExtensionIds::Offer(const Capabilities& capabilities, MediaKind kind) {
  std::vector<HeaderExtension> result;
  for (const ExtensionCapability& capability : capabilities.extensions) {
    if (!Understands(capabilities, kind, capability.uri)) continue;
    uint16_t id = 0;
    if (const auto known = by_uri_.find(capability.uri); known != by_uri_.end()) {
      id = known->second;
    } else if (capability.preferred_id != 0 && !by_id_.contains(capability.preferred_id)) {
      id = capability.preferred_id;
    } else {
      for (uint16_t i = 1; i <= kMaxOneByteId && id == 0; ++i) {
        if (!by_id_.contains(i)) id = i;
      }
    }
    if (id == 0 || id > kMaxId) continue;  // All ids are taken: do without.
    Use({.id = id, .uri = capability.uri});
    result.push_back({.id = id, .uri = capability.uri});
  }
  return result;
}

}  // namespace pcd::jsep
