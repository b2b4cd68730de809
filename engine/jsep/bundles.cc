#include "engine/jsep/bundles.h"

#include <algorithm>

#include "engine/jsep/section_view.h"

namespace pcd::jsep {
namespace {

bool IsOn(const sdp::Description& description, const SectionTransports& transports, size_t index,
          size_t transport) {
  return index < transports.size() && transports[index] == transport &&
         !description.media[index].IsRejected();
}

}  // namespace

std::vector<size_t> SectionsOn(const sdp::Description& description,
                               const SectionTransports& transports, size_t transport,
                               const std::string& tag) {
  std::vector<size_t> sections;
  const auto add = [&](size_t index) {
    const bool known = std::find(sections.begin(), sections.end(), index) != sections.end();
    if (!known && IsOn(description, transports, index, transport)) sections.push_back(index);
  };
  if (const auto tagged = FindSection(description, tag)) add(*tagged);
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (!IsOn(description, transports, i, transport)) continue;
    const sdp::Group* group = BundleGroupOf(description, description.media[i].mid);
    if (group == nullptr) {
      add(i);
      continue;
    }
    for (const std::string& mid : group->mids) {
      if (const auto index = FindSection(description, mid)) add(*index);
    }
  }
  return sections;
}

std::vector<Bundle> BundlesOf(const sdp::Description& description,
                              const SectionTransports& transports) {
  std::vector<Bundle> bundles;
  for (size_t i = 0; i < description.media.size() && i < transports.size(); ++i) {
    if (!transports[i] || description.media[i].IsRejected()) continue;
    const size_t transport = *transports[i];
    const bool known = std::any_of(bundles.begin(), bundles.end(),
                                   [&](const Bundle& b) { return b.transport == transport; });
    if (known) continue;
    bundles.push_back(
        {.transport = transport, .sections = SectionsOn(description, transports, transport)});
  }
  return bundles;
}

SectionTransports TransportsByAnswer(const sdp::Description& offer,
                                     const SectionTransports& offered,
                                     const sdp::Description& answer) {
  SectionTransports carried(answer.media.size());
  for (size_t i = 0; i < answer.media.size() && i < offered.size(); ++i) {
    if (answer.media[i].IsRejected() || offer.media[i].IsRejected()) continue;
    carried[i] = offered[i];
    const sdp::Group* group = BundleGroupOf(answer, answer.media[i].mid);
    if (group == nullptr) continue;
    for (const std::string& mid : group->mids) {
      const auto leading = FindSection(answer, mid);
      if (!leading || answer.media[*leading].IsRejected()) continue;
      carried[i] = offered[*leading];
      break;
    }
  }
  return carried;
}

std::optional<size_t> FirstTransport(const State& state) {
  for (const auto& transport : state.carried) {
    if (transport) return transport;
  }
  return std::nullopt;
}

std::set<size_t> TransportsInUse(const State& state) {
  std::set<size_t> used;
  const auto add = [&](const SectionTransports& transports) {
    for (const auto& transport : transports) {
      if (transport) used.insert(*transport);
    }
  };
  add(state.carried);
  for (const auto* stored : {&state.current_local, &state.pending_local}) {
    if (*stored) add((*stored)->transports);
  }
  return used;
}

}  // namespace pcd::jsep
