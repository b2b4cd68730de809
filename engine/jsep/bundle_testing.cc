#include "engine/jsep/bundle_testing.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pcd::jsep {
namespace {

std::string WithoutLines(const std::string& text, std::string_view prefix) {
  std::string result;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin) + 1;
    const std::string line = text.substr(begin, end - begin);
    if (!line.starts_with(prefix)) result += line;
    begin = end;
  }
  return result;
}

const sdp::MediaSection* FindByMid(const sdp::Description& description, const std::string& mid) {
  for (size_t i = 0; i < description.media.size(); ++i) {
    const std::string& own = description.media[i].mid;
    if (own == mid || (own.empty() && std::to_string(i) == mid)) return &description.media[i];
  }
  return nullptr;
}

}  // namespace

void AddMedia(Peer& peer, std::string_view media) {
  for (const char kind : media) {
    if (kind == 'd') {
      ASSERT_TRUE(peer.session->AddDataSection().ok());
    } else {
      ASSERT_TRUE(
          peer.session->AddTransceiver(kind == 'a' ? MediaKind::kAudio : MediaKind::kVideo, {})
              .ok());
    }
  }
}

std::string WithGroups(const std::string& text, const std::vector<std::string>& groups) {
  std::string lines;
  for (const std::string& mids : groups) lines += "a=group:BUNDLE " + mids + "\r\n";
  return Replace(WithoutLines(text, "a=group:BUNDLE"), "t=0 0\r\n", "t=0 0\r\n" + lines);
}

std::string Unbundled(const std::string& text) {
  return WithoutLines(WithGroups(text, {}), "a=bundle-only");
}

std::string OfferedLayout(const sdp::Description& offer) {
  std::string layout;
  for (const sdp::MediaSection& section : offer.media) {
    if (!layout.empty()) layout += ' ';
    EXPECT_EQ(section.bundle_only, section.port == 0);
    layout += section.bundle_only ? std::string("-") : section.ice_ufrag.substr(3);
  }
  return layout;
}

std::string Layout(const ApplyResult& result, size_t sections) {
  std::vector<std::string> by_section(sections, "x");
  for (const TransportAction& action : result.transports) {
    for (const std::string& mid : action.mids) {
      by_section.at(std::stoul(mid)) = std::to_string(action.transport_index);
    }
  }
  for (const ReceiveParameters& receiver : *result.receivers) {
    EXPECT_EQ(by_section.at(std::stoul(receiver.mid)), std::to_string(receiver.transport_index));
  }
  for (const SendParameters& sender : *result.senders) {
    EXPECT_EQ(by_section.at(std::stoul(sender.mid)), std::to_string(sender.transport_index));
  }
  if (result.data) {
    EXPECT_EQ(by_section.at(std::stoul(result.data->mid)),
              std::to_string(result.data->transport_index));
  }
  std::string layout;
  for (const std::string& transport : by_section) {
    layout += (layout.empty() ? "" : " ") + transport;
  }
  return layout;
}

TransportAction ActionOf(const ApplyResult& result, size_t transport) {
  for (const TransportAction& action : result.transports) {
    if (action.transport_index == transport) return action;
  }
  ADD_FAILURE() << "nothing happens to transport " << transport;
  return {.remote = RemoteTransport{}};
}

std::string UfragOf(const std::string& text, const std::string& mid) {
  const sdp::Description description = MustParse(text);
  const sdp::MediaSection* section = FindByMid(description, mid);
  EXPECT_NE(section, nullptr) << mid;
  return section == nullptr ? std::string() : section->ice_ufrag;
}

const sdp::Group* FindGroup(const sdp::Description& description, const std::string& mid) {
  for (const sdp::Group& group : description.groups) {
    if (std::find(group.mids.begin(), group.mids.end(), mid) != group.mids.end()) return &group;
  }
  return nullptr;
}

size_t GroupsLeft(const std::string& offer, const sdp::Description& answer) {
  const sdp::Description offered = MustParse(offer);
  return static_cast<size_t>(
      std::count_if(offered.groups.begin(), offered.groups.end(), [&](const sdp::Group& group) {
        return std::any_of(group.mids.begin(), group.mids.end(), [&](const std::string& mid) {
          return !FindByMid(answer, mid)->IsRejected();
        });
      }));
}

}  // namespace pcd::jsep
