#include "engine/jsep/receive_parameters.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/jsep/codec_negotiation.h"
#include "engine/jsep/extension_negotiation.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/send_encodings.h"
#include "engine/model/codec_match.h"

namespace pcd::jsep {
namespace {

std::vector<HeaderExtension> ExtensionsOf(const sdp::MediaSection& section) {
  std::vector<HeaderExtension> extensions;
  extensions.reserve(section.extmaps.size());
  for (const sdp::ExtMap& extmap : section.extmaps) extensions.push_back(extmap.extension);
  return extensions;
}

// What the remote says of its own stream (parameter sets, stereo) belongs to what we receive.
void AddStreamProperties(const sdp::MediaSection& theirs, CodecList& codecs) {
  for (size_t i = 0; i < codecs.size(); ++i) {
    const Codec* other = theirs.FindCodec(codecs[i].payload_type);
    if (other == nullptr || !SameCodec(codecs[i], *other)) continue;
    for (const auto& [key, value] : other->fmtp) {
      if (key.starts_with("sprop-")) codecs.Edit()[i].fmtp.emplace_back(key, value);
    }
  }
}

ReceiveParameters MakeReceiver(const Exchange& exchange, size_t index, MediaKind kind,
                               SectionRecord* record) {
  const sdp::MediaSection& ours = exchange.local.media[index];
  const sdp::MediaSection& theirs = exchange.remote.media[index];
  ReceiveParameters receiver{
      .mid = ours.mid, .transport_index = exchange.TransportOf(index), .kind = kind};
  receiver.receiving = Receives(AgreedDirection(exchange, index));
  receiver.reduced_size_rtcp = ours.rtcp_rsize && theirs.rtcp_rsize;
  receiver.receiver_reference_time =
      HasReceiverReferenceTime(ours) && HasReceiverReferenceTime(theirs);
  if (exchange.local_is_answer) {
    receiver.codecs = ours.codecs;
    receiver.extensions = ExtensionsOf(ours);
  } else {
    const bool recorded = record != nullptr;
    receiver.codecs =
        AgreedCodecs(ours.codecs, theirs, recorded ? Decisions(&record->codecs) : Decisions());
    receiver.extensions = AgreedExtensions(ExtensionsOf(ours), exchange.remote, index,
                                           recorded ? Decisions(&record->extensions) : Decisions());
  }
  AddStreamProperties(theirs, receiver.codecs);
  receiver.ptime = theirs.ptime.value_or(0);
  receiver.maxptime = theirs.maxptime.value_or(0);
  receiver.rids = ReceivedRids(ours);
  if (!exchange.local_is_answer) {
    // What we asked for is what the answer sends of it.
    const std::vector<std::string> sent = SentRids(theirs);
    std::erase_if(receiver.rids, [&](const std::string& rid) {
      return std::find(sent.begin(), sent.end(), rid) == sent.end();
    });
  }
  return receiver;
}

}  // namespace

Direction AgreedDirection(const Exchange& exchange, size_t index) {
  const Direction ours = EffectiveDirection(exchange.local, index);
  const Direction theirs = Reverse(EffectiveDirection(exchange.remote, index));
  return MakeDirection(Sends(ours) && Sends(theirs), Receives(ours) && Receives(theirs));
}

std::vector<ReceiveParameters> MakeReceivers(const Exchange& exchange, size_t max_ssrcs,
                                             NegotiationRecord* record) {
  std::vector<ReceiveParameters> receivers;
  for (size_t i = 0; i < exchange.size(); ++i) {
    const auto kind = KindOf(exchange.local.media[i]);
    if (!kind || !exchange.IsLive(i)) continue;
    ReceiveParameters receiver =
        MakeReceiver(exchange, i, *kind, record == nullptr ? nullptr : &(*record)[i]);
    receiver.ssrcs = sdp::SignaledSsrcs(exchange.remote.media[i], max_ssrcs);
    max_ssrcs -= receiver.ssrcs.size();
    receivers.push_back(std::move(receiver));
  }
  return receivers;
}

std::optional<DataSection> MakeData(const Exchange& exchange) {
  for (size_t i = 0; i < exchange.size(); ++i) {
    const sdp::MediaSection& theirs = exchange.remote.media[i];
    if (KindOf(theirs) || !IsData(theirs) || !exchange.IsLive(i)) continue;
    DataSection data{.mid = exchange.local.media[i].mid,
                     .transport_index = exchange.TransportOf(i),
                     .local_port = kSctpPort};
    if (theirs.sctp_port) {
      data.remote_port = *theirs.sctp_port;
    } else if (theirs.sctpmap) {
      data.remote_port = theirs.sctpmap->port;
    }
    if (theirs.max_message_size) data.remote_max_message_size = *theirs.max_message_size;
    return data;
  }
  return std::nullopt;
}

}  // namespace pcd::jsep
