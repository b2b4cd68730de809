// What the tests of bundling share.
#ifndef ENGINE_JSEP_BUNDLE_TESTING_H_
#define ENGINE_JSEP_BUNDLE_TESTING_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/jsep/apply_result.h"
#include "engine/jsep/session_testing.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// A transceiver for each 'a' and 'v', a data section for 'd'.
void AddMedia(Peer& peer, std::string_view media);

// `text` with these BUNDLE groups in the place of its own; each is a list of mids.
std::string WithGroups(const std::string& text, const std::vector<std::string>& groups);
// What a peer that knows no BUNDLE makes of it: no group, and port zero is a refusal.
std::string Unbundled(const std::string& text);

// "0 - 1": the transport of each section of a first offer of ours, by its credentials; "-" for
// bundle-only ones.
std::string OfferedLayout(const sdp::Description& offer);
// "0 0 x": the transport of each section by the actions of an answered exchange, whose mids are
// the numbers of the sections; "x" for rejected ones. Checks that senders, receivers and data
// agree.
std::string Layout(const ApplyResult& result, size_t sections);

// What happens to one transport; an empty action when nothing does, which fails the test.
TransportAction ActionOf(const ApplyResult& result, size_t transport);

std::string UfragOf(const std::string& text, const std::string& mid);
const sdp::Group* FindGroup(const sdp::Description& description, const std::string& mid);
// How many groups of the offer have a section that the answer accepts.
size_t GroupsLeft(const std::string& offer, const sdp::Description& answer);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_BUNDLE_TESTING_H_
