#include "engine/jsep/send_parameters.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/jsep/extension_negotiation.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/send_encodings.h"

namespace pcd::jsep {
namespace {

constexpr char kRtx[] = "rtx";

bool SameFormat(const Codec& a, const Codec& b) {
  return a.NameIs(b.name.c_str()) && a.clock_rate == b.clock_rate &&
         std::max<int>(a.channels, 1) == std::max<int>(b.channels, 1);
}

// Theirs, with the feedback that both named.
Codec Combine(const Codec& ours, const sdp::MediaSection& section, Codec theirs) {
  theirs.rtcp_feedback.clear();
  for (const std::string& value : ours.rtcp_feedback) {
    if (sdp::HasFeedback(section, *section.FindCodec(theirs.payload_type), value)) {
      theirs.rtcp_feedback.push_back(value);
    }
  }
  return theirs;
}

// We answered: our codecs have the numbers and the meaning of theirs.
std::vector<Codec> CodecsOfLocalAnswer(const sdp::MediaSection& ours,
                                       const sdp::MediaSection& theirs) {
  std::vector<Codec> codecs;
  for (const Codec& codec : ours.codecs) {
    const Codec* remote = theirs.FindCodec(codec.payload_type);
    if (remote != nullptr) codecs.push_back(Combine(codec, theirs, *remote));
  }
  return codecs;
}

// They answered, maybe with numbers of their own (RFC 3264 section 6.1); those are sent.
std::vector<Codec> CodecsOfRemoteAnswer(const sdp::MediaSection& ours,
                                        const sdp::MediaSection& theirs) {
  std::vector<Codec> codecs;
  for (const Codec& codec : theirs.codecs) {
    if (codec.NameIs(kRtx)) continue;
    const auto alike = [&](const Codec& own) { return SameFormat(own, codec); };
    auto own = std::find_if(ours.codecs.begin(), ours.codecs.end(), [&](const Codec& c) {
      return c.payload_type == codec.payload_type && alike(c);
    });
    if (own == ours.codecs.end()) own = std::find_if(ours.codecs.begin(), ours.codecs.end(), alike);
    if (own != ours.codecs.end()) codecs.push_back(Combine(*own, theirs, codec));
  }
  return codecs;
}

void AddRetransmission(const sdp::MediaSection& ours, const sdp::MediaSection& theirs,
                       std::vector<Codec>& codecs) {
  const bool offered = std::any_of(ours.codecs.begin(), ours.codecs.end(),
                                   [](const Codec& codec) { return codec.NameIs(kRtx); });
  if (!offered) return;
  std::vector<Codec> result;
  for (Codec& codec : codecs) {
    const std::string apt = std::to_string(codec.payload_type);
    result.push_back(std::move(codec));
    for (const Codec& repair : theirs.codecs) {
      const std::string* repaired = repair.NameIs(kRtx) ? repair.FindFmtp("apt") : nullptr;
      if (repaired != nullptr && *repaired == apt) result.push_back(repair);
    }
  }
  codecs = std::move(result);
}

std::vector<HeaderExtension> ExtensionsToSend(const Exchange& exchange, size_t index) {
  std::vector<HeaderExtension> ours;
  for (const sdp::ExtMap& extmap : exchange.local.media[index].extmaps) {
    ours.push_back(extmap.extension);
  }
  std::vector<HeaderExtension> both = AgreedExtensions(ours, exchange.remote, index);
  std::erase_if(both, [](const HeaderExtension& e) { return !Sends(e.direction); });
  return both;
}

// None unless the answer says that layers are sent: what it refused is no encoding any more.
std::vector<std::string> RidsOf(const Exchange& exchange, size_t index,
                                const Transceiver& transceiver) {
  const std::vector<std::string> answered = exchange.local_is_answer
                                                ? SentRids(exchange.local.media[index])
                                                : ReceivedRids(exchange.remote.media[index]);
  std::vector<std::string> rids;
  for (const SendEncoding& encoding : transceiver.send_encodings) {
    const bool sent = std::find(answered.begin(), answered.end(), encoding.rid) != answered.end();
    if (!sent) return {};
    rids.push_back(encoding.rid);
  }
  return rids;
}

}  // namespace

std::vector<SendParameters> MakeSenders(const Exchange& exchange, const State& state) {
  std::vector<SendParameters> senders;
  for (size_t i = 0; i < exchange.size(); ++i) {
    const auto kind = KindOf(exchange.local.media[i]);
    const Transceiver* transceiver = state.AtSection(i);
    if (!kind || !exchange.IsLive(i) || transceiver == nullptr) continue;
    const sdp::MediaSection& ours = exchange.local.media[i];
    const sdp::MediaSection& theirs = exchange.remote.media[i];
    SendParameters sender{.mid = ours.mid,
                          .transport_index = exchange.TransportOf(i),
                          .transceiver_id = transceiver->id,
                          .sender_id = transceiver->sender_id,
                          .kind = *kind};
    sender.ssrc = transceiver->sender_ssrc;
    sender.rtx_ssrc = transceiver->sender_rtx_ssrc;
    sender.sending = Sends(AgreedDirection(exchange, i));
    std::vector<Codec> codecs = exchange.local_is_answer ? CodecsOfLocalAnswer(ours, theirs)
                                                         : CodecsOfRemoteAnswer(ours, theirs);
    std::erase_if(codecs, [](const Codec& codec) { return codec.NameIs(kRtx); });
    AddRetransmission(ours, theirs, codecs);
    sender.codecs = std::move(codecs);
    sender.extensions = ExtensionsToSend(exchange, i);
    sender.rids = RidsOf(exchange, i, *transceiver);
    sender.reduced_size_rtcp = ours.rtcp_rsize && theirs.rtcp_rsize;
    sender.receiver_reference_time =
        HasReceiverReferenceTime(ours) && HasReceiverReferenceTime(theirs);
    senders.push_back(std::move(sender));
  }
  return senders;
}

}  // namespace pcd::jsep
