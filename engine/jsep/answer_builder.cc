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
#include "engine/jsep/send_encodings.h"
#include "engine/jsep/transport_actions.h"
#include "engine/sdp/writer.h"

namespace pcd::jsep {
namespace {

constexpr size_t kMaxLayers = 16;

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
  AnswerBuilder(const State& state, const LocalContext& context, const std::vector<Bundle>& plan,
                NegotiationRecord record)
      : state_(state),
        offer_(state.pending_remote->parsed),
        context_(context),
        plan_(plan),
        record_(std::move(record)) {}

  CreatedDescription Build();

 private:
  DtlsSetup SetupOf(const Bundle& bundle) const;
  sdp::MediaSection Accept(size_t index, size_t transport, DtlsSetup setup);
  std::vector<Codec> PreferredAnswer(MediaKind kind, const sdp::MediaSection& offered,
                                     const Transceiver* transceiver);
  void AcceptMedia(size_t index, MediaKind kind, sdp::MediaSection& section);
  void AcceptData(const sdp::MediaSection& offered, sdp::MediaSection& section);
  void AddGroup(const Bundle& bundle, sdp::Description& answer);
  void AddCandidates(sdp::Description& answer);

  const State& state_;
  const sdp::Description& offer_;
  const LocalContext& context_;
  const std::vector<Bundle>& plan_;
  NegotiationRecord record_;
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
  if (HasReceiverReferenceTime(offered)) section.rtcp_xr = {kReceiverReferenceTime};
  const bool with_rids = HasExtension(section, kRidExtensionUri);
  if (capabilities.simulcast_receive && with_rids) AcceptSimulcast(offered, section);
  if (transceiver != nullptr && Sends(*section.direction)) {
    if (with_rids) AnswerEncodings(offered, *transceiver, section);
    AddMsids(*transceiver, section);
    AddSources(context_.options.cname, *transceiver, section);
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

sdp::MediaSection AnswerBuilder::Accept(size_t index, size_t transport, DtlsSetup setup) {
  const sdp::MediaSection& offered = offer_.media[index];
  sdp::MediaSection section;
  section.media = offered.media;
  section.proto = offered.proto;
  AddTransport(context_, transport, setup, section);
  section.mid = offered.mid;
  if (const auto kind = KindOf(offered)) {
    AcceptMedia(index, *kind, section);
  } else {
    AcceptData(offered, section);
  }
  return section;
}

void AnswerBuilder::AddGroup(const Bundle& bundle, sdp::Description& answer) {
  if (BundleGroupOf(offer_, offer_.media[bundle.sections.front()].mid) == nullptr) return;
  sdp::Group group{.semantics = "BUNDLE"};
  for (size_t i : bundle.sections) group.mids.push_back(offer_.media[i].mid);
  answer.groups.push_back(std::move(group));
}

DtlsSetup AnswerBuilder::SetupOf(const Bundle& bundle) const {
  const size_t leading = bundle.sections.front();
  DtlsRole established = DtlsRole::kAuto;
  const TransportState* transport = state_.FindTransport(bundle.transport);
  if (transport != nullptr && !AsksForNewAssociation(state_, *transport, offer_, leading)) {
    established = transport->dtls_role;
  }
  return AnswerSetup(EffectiveSetup(offer_, leading), established,
                     context_.options.prefer_dtls_server)
      .value_or(DtlsSetup::kPassive);
}

void AnswerBuilder::AddCandidates(sdp::Description& answer) {
  for (const Bundle& bundle : plan_) {
    const TransportState* transport = state_.FindTransport(bundle.transport);
    if (transport == nullptr) continue;
    // A full agent is about to gather anew; see TransportAction::renew.
    if (!context_.lite && LosesTag(*transport, answer, bundle.sections)) continue;
    AddGathered(*transport, bundle.sections, answer);
  }
}

CreatedDescription AnswerBuilder::Build() {
  CreatedDescription created{.type = SdpType::kAnswer, .revision = state_.revision};
  created.generated_mids = state_.pending_remote->generated_mids;
  created.description = NewLocalDescription(context_);
  created.description.extmap_allow_mixed = offer_.extmap_allow_mixed;
  created.transports.resize(offer_.media.size());
  std::vector<DtlsSetup> setups(offer_.media.size(), DtlsSetup::kPassive);
  for (const Bundle& bundle : plan_) {
    const DtlsSetup setup = SetupOf(bundle);
    for (size_t i : bundle.sections) {
      created.transports[i] = bundle.transport;
      setups[i] = setup;
    }
  }
  for (size_t i = 0; i < offer_.media.size(); ++i) {
    const auto transport = created.transports[i];
    created.description.media.push_back(transport ? Accept(i, *transport, setups[i])
                                                  : RejectedSection(offer_.media[i]));
    const Transceiver* transceiver = state_.AtSection(i);
    created.plan.push_back({transceiver == nullptr ? std::string() : transceiver->id});
  }
  for (const Bundle& bundle : plan_) AddGroup(bundle, created.description);
  AddCandidates(created.description);
  created.text = TextOf({.parsed = created.description, .generated_mids = created.generated_mids});
  created.record = std::make_shared<const NegotiationRecord>(std::move(record_));
  return created;
}

}  // namespace

CreatedDescription BuildAnswer(const State& state, const LocalContext& context,
                               const std::vector<Bundle>& plan, NegotiationRecord record) {
  return AnswerBuilder(state, context, plan, std::move(record)).Build();
}

}  // namespace pcd::jsep
