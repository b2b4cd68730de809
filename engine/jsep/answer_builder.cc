#include "engine/jsep/answer_builder.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "engine/jsep/codec_negotiation.h"
#include "engine/jsep/codec_preferences.h"
#include "engine/jsep/dtls_setup.h"
#include "engine/jsep/extension_negotiation.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/transport_actions.h"
#include "engine/sdp/writer.h"

namespace pcd::jsep {
namespace {

constexpr size_t kMaxLayers = 16;

// A rule by which a section is refused.
struct Refusal {
  const char* rule = nullptr;  // Null: it is not refused.
  const char* reference = "RFC 9429, 5.3.1";
};

Refusal RefusalOf(const sdp::Description& offer, size_t index, const State& state,
                  const Capabilities& capabilities, const Decisions& codecs) {
  const sdp::MediaSection& section = offer.media[index];
  if (section.IsRejected()) return {"rejected-in-offer"};
  if (!IsSupported(section)) return {"not-supported"};
  const auto kind = KindOf(section);
  if (!kind) return {};
  if (!EffectiveRtcpMux(offer, index)) return {"no-rtcp-mux", "RFC 9429, 4.1.1"};
  const Transceiver* transceiver = state.AtSection(index);
  if (transceiver != nullptr && (transceiver->stopping || transceiver->stopped)) {
    return {"stopped"};
  }
  static const std::vector<Codec> kNoPreference;
  const auto& preferences = transceiver == nullptr ? kNoPreference : transceiver->codec_preferences;
  const auto common =
      AnswerCodecs(capabilities, PreferredCapabilities(capabilities, *kind, preferences), *kind,
                   section, codecs);
  return common.empty() ? Refusal{"no-common-codec"} : Refusal{};
}

// An entry for each section of the offer.
void BeginRecord(const sdp::Description& offer, const State& state, NegotiationRecord& record) {
  for (size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaSection& section = offer.media[i];
    const Transceiver* transceiver = state.AtSection(i);
    record.push_back({.mid = section.mid,
                      .kind = KindOf(section),
                      .transceiver_id = transceiver == nullptr ? std::string() : transceiver->id,
                      .sdp_line = section.line.number,
                      .section = {.subject = CutSubject(section.media)}});
  }
}

// Of the sections that could be accepted, those on the transport are.
void EndRecord(const std::vector<size_t>& acceptable, const std::vector<size_t>& transport,
               NegotiationRecord& record) {
  for (const size_t i : acceptable) {
    const bool accepted = std::find(transport.begin(), transport.end(), i) != transport.end();
    Decision& section = record[i].section;
    section.kept = accepted;
    section.rule = accepted ? "accepted" : "not-in-bundle";
    section.reference = accepted ? "RFC 9429, 5.3.1" : "RFC 9429, 4.1.1";
    if (!accepted) record[i].codecs.clear();
  }
}

// The acceptable sections that share the one transport.
std::vector<size_t> TransportOf(const sdp::Description& offer,
                                const std::vector<size_t>& acceptable, const State& state) {
  if (acceptable.empty()) return {};
  size_t anchor = acceptable.front();
  for (size_t i : acceptable) {
    if (!state.WasLive(i)) continue;
    anchor = i;
    break;
  }
  const sdp::Group* group = BundleGroupOf(offer, offer.media[anchor].mid);
  if (group == nullptr) return {anchor};
  // In the group's order: the section that leads the offer leads the answer when it can.
  std::vector<size_t> transport;
  for (const std::string& mid : group->mids) {
    const auto index = FindSection(offer, mid);
    if (index && std::find(acceptable.begin(), acceptable.end(), *index) != acceptable.end()) {
      transport.push_back(*index);
    }
  }
  return transport;
}

// A sender's simulcast, received layer by layer, in the order of a=simulcast. What a layer
// says about being paused is the sender's business.
void AcceptSimulcast(const sdp::MediaSection& offered, sdp::MediaSection& answer) {
  if (!offered.simulcast || !Receives(*answer.direction)) return;
  std::set<std::string> declared;
  for (const sdp::Rid& rid : offered.rids) {
    if (rid.send) declared.insert(rid.id);
  }
  sdp::Simulcast simulcast;
  for (const auto& alternatives : offered.simulcast->send) {
    for (const sdp::SimulcastLayer& layer : alternatives) {
      if (simulcast.recv.size() == kMaxLayers || declared.erase(layer.rid) == 0) continue;
      simulcast.recv.push_back({{.rid = layer.rid}});
      answer.rids.push_back({.id = layer.rid, .send = false});
    }
  }
  if (!simulcast.recv.empty()) answer.simulcast = std::move(simulcast);
}

bool HasExtension(const sdp::MediaSection& section, const char* uri) {
  return std::any_of(section.extmaps.begin(), section.extmaps.end(),
                     [uri](const sdp::ExtMap& e) { return e.extension.uri == uri; });
}

// Threading: one call of BuildAnswer.
class AnswerBuilder {
 public:
  AnswerBuilder(const State& state, const LocalContext& context)
      : state_(state), offer_(state.pending_remote->parsed), context_(context) {}

  CreatedDescription Build();

 private:
  sdp::MediaSection Accept(size_t index);
  std::vector<Codec> PreferredAnswer(MediaKind kind, const sdp::MediaSection& offered,
                                     const Transceiver* transceiver);
  void AcceptMedia(size_t index, MediaKind kind, sdp::MediaSection& section);
  void AcceptData(const sdp::MediaSection& offered, sdp::MediaSection& section);
  void AddGroup(const std::vector<size_t>& transport, sdp::Description& answer);

  const State& state_;
  const sdp::Description& offer_;
  const LocalContext& context_;
  DtlsSetup setup_ = DtlsSetup::kPassive;
  NegotiationRecord record_{};
};

std::vector<Codec> AnswerBuilder::PreferredAnswer(MediaKind kind, const sdp::MediaSection& offered,
                                                  const Transceiver* transceiver) {
  const Capabilities& all = *context_.options.capabilities;
  if (transceiver == nullptr) return AnswerCodecs(all, kind, offered);
  const std::vector<Codec>& preferences = transceiver->codec_preferences;
  std::vector<Codec> codecs =
      AnswerCodecs(PreferredCapabilities(all, kind, preferences), kind, offered);
  OrderByPreference(preferences, codecs);
  return codecs;
}

void AnswerBuilder::AcceptMedia(size_t index, MediaKind kind, sdp::MediaSection& section) {
  const sdp::MediaSection& offered = offer_.media[index];
  const Capabilities& capabilities = *context_.options.capabilities;
  const Transceiver* transceiver = state_.AtSection(index);
  const Direction wanted = transceiver == nullptr ? Direction::kRecvOnly : transceiver->direction;
  const Direction possible = Reverse(EffectiveDirection(offer_, index));
  section.direction =
      MakeDirection(Sends(wanted) && Sends(possible), Receives(wanted) && Receives(possible));
  section.codecs = PreferredAnswer(kind, offered, transceiver);
  for (HeaderExtension& extension :
       AnswerExtensions(capabilities, kind, offer_, index, Decisions(&record_[index].extensions))) {
    section.extmaps.push_back({.extension = std::move(extension)});
  }
  section.extmap_allow_mixed = offered.extmap_allow_mixed;
  section.rtcp_mux = true;
  section.rtcp_rsize = offered.rtcp_rsize;
  if (transceiver != nullptr && Sends(*section.direction)) {
    AddMsids(*transceiver, section);
    AddSources(context_.options.cname, *transceiver, section);
  }
  if (capabilities.simulcast_receive && HasExtension(section, kRidExtensionUri)) {
    AcceptSimulcast(offered, section);
  }
}

void AnswerBuilder::AcceptData(const sdp::MediaSection& offered, sdp::MediaSection& section) {
  section.formats = offered.formats;
  section.max_message_size = context_.options.limits.max_message_bytes;
  if (offered.sctpmap && !offered.sctp_port) {
    section.formats = {std::to_string(kSctpPort)};
    section.sctpmap = {.port = kSctpPort,
                       .app = offered.sctpmap->app,
                       .streams = offered.sctpmap->streams,
                       .has_streams = offered.sctpmap->has_streams};
  } else {
    section.sctp_port = kSctpPort;
  }
}

sdp::MediaSection AnswerBuilder::Accept(size_t index) {
  const sdp::MediaSection& offered = offer_.media[index];
  sdp::MediaSection section;
  section.media = offered.media;
  section.proto = offered.proto;
  AddTransport(context_, setup_, section);
  section.mid = offered.mid;
  if (const auto kind = KindOf(offered)) {
    AcceptMedia(index, *kind, section);
  } else {
    AcceptData(offered, section);
  }
  return section;
}

void AnswerBuilder::AddGroup(const std::vector<size_t>& transport, sdp::Description& answer) {
  if (transport.empty()) return;
  if (BundleGroupOf(offer_, offer_.media[transport.front()].mid) == nullptr) return;
  sdp::Group group{.semantics = "BUNDLE"};
  for (size_t i : transport) group.mids.push_back(offer_.media[i].mid);
  answer.groups.push_back(std::move(group));
}

CreatedDescription AnswerBuilder::Build() {
  CreatedDescription created{.type = SdpType::kAnswer, .revision = state_.revision};
  created.generated_mids = state_.pending_remote->generated_mids;
  created.description = NewLocalDescription(context_);
  created.description.extmap_allow_mixed = offer_.extmap_allow_mixed;
  const std::vector<size_t> transport =
      AnswerTransport(offer_, state_, *context_.options.capabilities, &record_);
  if (!transport.empty()) {
    const bool anew = AsksForNewAssociation(state_, offer_, transport.front());
    setup_ = AnswerSetup(EffectiveSetup(offer_, transport.front()),
                         anew ? DtlsRole::kAuto : state_.transport.dtls_role,
                         context_.options.prefer_dtls_server)
                 .value_or(DtlsSetup::kPassive);
  }
  for (size_t i = 0; i < offer_.media.size(); ++i) {
    const bool accepted = std::find(transport.begin(), transport.end(), i) != transport.end();
    created.description.media.push_back(accepted ? Accept(i) : RejectedSection(offer_.media[i]));
    const Transceiver* transceiver = state_.AtSection(i);
    created.plan.push_back({transceiver == nullptr ? std::string() : transceiver->id});
  }
  AddGroup(transport, created.description);
  // A full agent is about to gather anew; see TransportAction::renew.
  if (context_.ice.lite || !LosesTag(state_, created.description)) {
    AddGathered(state_.transport, created.description);
  }
  created.text = TextOf({.parsed = created.description, .generated_mids = created.generated_mids});
  created.record = std::make_shared<const NegotiationRecord>(std::move(record_));
  return created;
}

}  // namespace

std::vector<size_t> AnswerTransport(const sdp::Description& offer, const State& state,
                                    const Capabilities& capabilities, NegotiationRecord* record) {
  std::vector<size_t> acceptable;
  bool have_data = false;
  if (record != nullptr) BeginRecord(offer, state, *record);
  for (size_t i = 0; i < offer.media.size(); ++i) {
    Refusal refusal = RefusalOf(offer, i, state, capabilities,
                                record == nullptr ? Decisions() : Decisions(&(*record)[i].codecs));
    // One association per transport: a second data section has nothing to carry it.
    if (refusal.rule == nullptr && !KindOf(offer.media[i]) && std::exchange(have_data, true)) {
      refusal = {"second-data-section", "RFC 8831, 6.2"};
    }
    if (refusal.rule == nullptr) {
      acceptable.push_back(i);
    } else if (record != nullptr) {
      (*record)[i].section.rule = refusal.rule;
      (*record)[i].section.reference = refusal.reference;
    }
  }
  std::vector<size_t> transport = TransportOf(offer, acceptable, state);
  if (record != nullptr) EndRecord(acceptable, transport, *record);
  return transport;
}

CreatedDescription BuildAnswer(const State& state, const LocalContext& context) {
  return AnswerBuilder(state, context).Build();
}

}  // namespace pcd::jsep
