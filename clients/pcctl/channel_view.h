// Data channels as a table, their messages as lines.
#ifndef CLIENTS_PCCTL_CHANNEL_VIEW_H_
#define CLIENTS_PCCTL_CHANNEL_VIEW_H_

#include <string>
#include <vector>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/data_channel.pb.h"

namespace pcd::pcctl {

// One line for each channel.
std::vector<std::string> ChannelColumns();
std::vector<std::string> ChannelRow(const api::DataChannel& channel);

// One line without its end: the text as Printable shows it, or "binary, 3 bytes: 00ff7f".
std::string MessageText(const api::DataMessage& message);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CHANNEL_VIEW_H_
