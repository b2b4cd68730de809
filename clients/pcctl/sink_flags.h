// The sinks that a command line asks for.
#ifndef CLIENTS_PCCTL_SINK_FLAGS_H_
#define CLIENTS_PCCTL_SINK_FLAGS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <vector>

#include "clients/pcctl/api.h"
#include "clients/pcctl/flag_set.h"
#include "peerconnection/v1/sink.pb.h"

namespace pcd::pcctl {

// --sink, --video-sink and --audio-sink. Sinks are named video, video-2, audio, audio-2 and so on.
// Threading: one thread.
class SinkFlags {
 public:
  void AddFlags(FlagSet* flags);

  // Appends the sinks. Returns what is wrong; empty: nothing.
  std::string MakeSinks(google::protobuf::RepeatedPtrField<api::SinkSpec>* sinks) const;

 private:
  // For the first video and the first audio track, at PORT and PORT + 2.
  std::string both_;
  // For the first, second, ... track of a kind.
  std::vector<std::string> video_;
  std::vector<std::string> audio_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_SINK_FLAGS_H_
