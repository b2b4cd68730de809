#include "engine/jsep/session.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "engine/base/status.h"
#include "engine/jsep/answer_builder.h"
#include "engine/jsep/answer_plan.h"
#include "engine/jsep/apply.h"
#include "engine/jsep/bundles.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/negotiation_needed.h"
#include "engine/jsep/offer_builder.h"
#include "engine/jsep/offer_plan.h"
#include "engine/jsep/remote_candidates.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/session_state.h"
#include "engine/jsep/signaling_state.h"
#include "engine/jsep/text_difference.h"
#include "engine/jsep/transceiver_set.h"
#include "engine/jsep/transport_actions.h"
#include "engine/jsep/validation.h"
#include "engine/sdp/candidate.h"
#include "engine/sdp/parser.h"

namespace pcd::jsep {
namespace {

using std::string;

DescriptionPtr Shown(const SharedOptional<StoredDescription>& stored) {
  return stored ? DescriptionOf(*stored) : nullptr;
}

std::optional<SessionDescription> CopyOf(const DescriptionPtr& description) {
  return description == nullptr ? std::nullopt : std::optional(*description);
}

absl::Status WrongState(const char* call, SdpType type, SignalingState state) {
  return InvalidState(string(call) + "(" + string(ToString(type)) + ") is not allowed in state " +
                      string(ToString(state)));
}

// None of these credentials is in use any more.
bool AreReplaced(const State& state, const std::set<string>& ufrags) {
  if (!state.current_local) return false;
  for (const sdp::MediaSection& section : state.current_local->parsed.media) {
    if (ufrags.contains(section.ice_ufrag)) return false;
  }
  return true;
}

// Of the descriptions that apply.
std::set<string> UfragsInUse(const State& state) {
  std::set<string> ufrags;
  for (const auto* stored : {&state.current_local, &state.pending_local}) {
    if (!*stored) continue;
    for (const sdp::MediaSection& section : (*stored)->parsed.media) {
      if (!section.ice_ufrag.empty()) ufrags.insert(section.ice_ufrag);
    }
  }
  return ufrags;
}

}  // namespace

// Threading: as Session.
class Session::Impl {
 public:
  Impl(Options options, RandomSource& random) : options_(std::move(options)), random_(random) {
    origin_.session_id = random_.Uint64() >> 2;  // RFC 9429 section 5.2.1: 62 random bits.
  }

  absl::StatusOr<SessionDescription> CreateOffer(const OfferOptions& options,
                                                 const TransportInfo& transport_info);
  absl::StatusOr<SessionDescription> CreateAnswer(const TransportInfo& transport_info);
  absl::StatusOr<ApplyResult> SetLocal(const std::optional<SessionDescription>& description,
                                       const TransportInfo& transport_info);
  absl::StatusOr<ApplyResult> SetRemote(const SessionDescription& description);
  // A change of the transceivers by a call.
  absl::Status Edit(const std::function<absl::Status(TransceiverSet&)>& edit);
  absl::Status RestartIce();
  void IceConfigurationChanged();
  absl::Status AddDataSection();
  absl::StatusOr<IceCandidateInit> AddLocalCandidate(size_t index, const Candidate* candidate);
  absl::Status KeepLocalCandidate(TransportState& transport, const Candidate* candidate,
                                  IceCandidateInit& init);
  absl::StatusOr<RemoteCandidate> AddRemoteCandidate(const IceCandidateInit& init);
  void ForgetUnusedIce();
  void Close();
  bool TakeNegotiationNeededEvent() { return std::exchange(negotiation_event_, false); }
  const State& state() const { return state_; }
  const Options& options() const { return options_; }

 private:
  TransceiverSet Set();
  absl::Status CheckOpen() const;
  bool MayRestart(size_t transport) const;
  absl::StatusOr<IceParameters> Credentials(size_t transport, bool restart,
                                            const TransportInfo& transport_info);
  absl::StatusOr<LocalContext> Context(std::set<size_t> transports,
                                       const std::set<size_t>& restarts,
                                       const TransportInfo& transport_info);
  std::set<size_t> TransportsLosingTag(const CreatedDescription& offer) const;
  bool IsRestart(const Bundle& bundle) const;
  absl::StatusOr<const CreatedDescription*> ChooseLocal(SdpType type, const string& text,
                                                        const TransportInfo& transport_info);
  absl::StatusOr<SessionDescription> MakeOffer(bool ice_restart,
                                               const TransportInfo& transport_info);
  absl::Status OfferToReceive(const OfferOptions& options);
  absl::StatusOr<ApplyResult> Rollback();
  absl::StatusOr<StoredDescription> ReadRemote(const SessionDescription& description,
                                               const State& state) const;
  void NameSections(StoredDescription& stored, const State& state) const;
  void ShareCodecs(sdp::Description& description) const;
  void Commit(State next, ApplyResult& result);
  void Touch();

  const Options options_;
  RandomSource& random_;
  OriginNumbers origin_{};
  State state_{};
  SharedOptional<CreatedDescription> last_offer_{};
  SharedOptional<CreatedDescription> last_answer_{};
  bool negotiation_needed_ = false;  // W3C [[NegotiationNeeded]].
  bool negotiation_event_ = false;
};

absl::Status Session::Impl::CheckOpen() const {
  if (state_.signaling != SignalingState::kClosed) return absl::OkStatus();
  return InvalidState("the connection is closed");
}

// W3C "update the negotiation-needed flag".
void Session::Impl::Touch() {
  ++state_.revision;
  if (state_.signaling != SignalingState::kStable) return;
  const bool needed = IsNegotiationNeeded(state_);
  if (needed && !negotiation_needed_) negotiation_event_ = true;
  if (!needed) negotiation_event_ = false;
  negotiation_needed_ = needed;
}

void Session::Impl::ShareCodecs(sdp::Description& description) const {
  if (options_.parameter_pool == nullptr) return;
  for (sdp::MediaSection& section : description.media) {
    section.codecs = options_.parameter_pool->Share(section.codecs);
  }
}

void Session::Impl::Commit(State next, ApplyResult& result) {
  if (ParameterPool* pool = options_.parameter_pool; pool != nullptr) {
    if (result.receivers) {
      for (ReceiveParameters& each : *result.receivers) {
        each.codecs = pool->Share(each.codecs);
        each.extensions = pool->Share(each.extensions);
      }
    }
    if (result.senders) {
      for (SendParameters& each : *result.senders) {
        each.codecs = pool->Share(each.codecs);
        each.extensions = pool->Share(each.extensions);
      }
    }
  }
  const SignalingState before = state_.signaling;
  result.signaling_state = next.signaling;
  result.signaling_state_changed = next.signaling != before;
  state_ = std::move(next);
  if (state_.signaling == SignalingState::kStable) {
    for (auto* ufrags : {&state_.ice_to_replace, &state_.outdated_ice}) {
      if (AreReplaced(state_, *ufrags)) ufrags->clear();
    }
    last_offer_.reset();
    last_answer_.reset();
    negotiation_needed_ = false;
  } else {
    negotiation_event_ = false;  // Asked again when it is stable.
  }
  result.data = state_.data;
  Touch();
}

// A pending restart is not restarted again: its credentials differ from the negotiated ones.
bool Session::Impl::MayRestart(size_t transport) const {
  const TransportState& now = state_.transports[transport];
  if (!now.local_ice || !now.remote_ice) return false;
  const TransportState* before = state_.StableTransport(transport);
  return before == nullptr || !before->local_ice ||
         before->local_ice->ufrag == now.local_ice->ufrag;
}

absl::StatusOr<IceParameters> Session::Impl::Credentials(size_t index, bool restart,
                                                         const TransportInfo& transport_info) {
  TransportState& transport = state_.TransportAt(index);
  const bool has_old = transport.local_ice.has_value();
  if (has_old && !(restart && MayRestart(index))) return *transport.local_ice;
  if (!transport.next_local_ice) {
    IceParameters next = transport_info({.transport_index = index, .ice_restart = has_old});
    if (next.ufrag.empty()) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::PORT_UNAVAILABLE,
                       "no ICE transport could be made");
    }
    transport.next_local_ice = std::move(next);
  }
  return *transport.next_local_ice;
}

absl::StatusOr<LocalContext> Session::Impl::Context(std::set<size_t> transports,
                                                    const std::set<size_t>& restarts,
                                                    const TransportInfo& transport_info) {
  // A description without sections still says whether our agent is lite.
  if (transports.empty()) transports = {0};
  LocalContext context{.options = options_, .origin = origin_};
  context.ice.resize(*transports.rbegin() + 1);
  for (size_t t : transports) {
    PCD_ASSIGN_OR_RETURN(context.ice[t], Credentials(t, restarts.contains(t), transport_info));
    context.lite = context.ice[t].lite;
  }
  return context;
}

std::set<size_t> Session::Impl::TransportsLosingTag(const CreatedDescription& offer) const {
  std::set<size_t> losing;
  for (const Bundle& bundle : BundlesOf(offer.description, offer.transports)) {
    const TransportState& transport = state_.transports[bundle.transport];
    if (LosesTag(transport, offer.description, bundle.sections)) losing.insert(bundle.transport);
  }
  return losing;
}

absl::StatusOr<SessionDescription> Session::Impl::CreateOffer(const OfferOptions& options,
                                                              const TransportInfo& info) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  if (state_.signaling != SignalingState::kStable &&
      state_.signaling != SignalingState::kHaveLocalOffer) {
    return InvalidState("CreateOffer is not allowed in state " +
                        string(ToString(state_.signaling)));
  }
  if (!options.offer_to_receive_audio && !options.offer_to_receive_video) {
    return MakeOffer(options.ice_restart, info);
  }
  State before = state_;
  SharedOptional<CreatedDescription> offer_before = last_offer_;
  absl::Status status = OfferToReceive(options);
  if (status.ok()) {
    auto offer = MakeOffer(options.ice_restart, info);
    if (offer.ok()) return offer;
    status = offer.status();
  }
  // Transports that were made for it stay for the next.
  before.transports = std::move(state_.transports);
  state_ = std::move(before);
  last_offer_ = std::move(offer_before);
  return status;
}

absl::StatusOr<SessionDescription> Session::Impl::MakeOffer(bool ice_restart,
                                                            const TransportInfo& info) {
  const bool restart =
      ice_restart || !state_.ice_to_replace.empty() || !state_.outdated_ice.empty();
  PCD_ASSIGN_OR_RETURN(const OfferPlan plan, PlanOffer(state_, options_));
  const std::set<size_t> transports = plan.Transports();
  const std::set<size_t> restarts = restart ? transports : std::set<size_t>();
  PCD_ASSIGN_OR_RETURN(const LocalContext context, Context(transports, restarts, info));
  last_offer_ = BuildOffer(state_, context, plan);
  if (restart || context.lite) {
    return SessionDescription{.type = SdpType::kOffer, .sdp = last_offer_->text};
  }
  const std::set<size_t> losing = TransportsLosingTag(*last_offer_);
  if (!losing.empty()) {
    // The peer may replace its transport; a full agent of ours finds the new one for certain only
    // with new credentials.
    PCD_ASSIGN_OR_RETURN(const LocalContext anew, Context(transports, losing, info));
    last_offer_ = BuildOffer(state_, anew, plan);
  }
  ShareCodecs(last_offer_.Edit().description);
  return SessionDescription{.type = SdpType::kOffer, .sdp = last_offer_->text};
}

// W3C 4.4.3.2: as addTransceiver, "except that this operation must not update the
// negotiation-needed flag". The offer that is about to be made has what changes here.
absl::Status Session::Impl::OfferToReceive(const OfferOptions& options) {
  for (const auto& [kind, receive] :
       {std::pair(MediaKind::kAudio, options.offer_to_receive_audio),
        std::pair(MediaKind::kVideo, options.offer_to_receive_video)}) {
    if (!receive) continue;
    TransceiverSet set = Set();
    PCD_ASSIGN_OR_RETURN(const bool changed, set.OfferToReceive(kind, *receive));
    if (changed) ++state_.revision;
  }
  return absl::OkStatus();
}

// RFC 8839 section 4.4.3: new remote credentials are answered with new ones.
bool Session::Impl::IsRestart(const Bundle& bundle) const {
  const TransportState* transport = state_.FindTransport(bundle.transport);
  if (transport == nullptr || !transport->remote_ice) return false;
  if (state_.signaling != SignalingState::kHaveRemoteOffer) return false;
  const IceParameters ice = EffectiveIce(state_.pending_remote->parsed, bundle.sections.front());
  return ice.ufrag != transport->remote_ice->ufrag || ice.pwd != transport->remote_ice->pwd;
}

absl::StatusOr<SessionDescription> Session::Impl::CreateAnswer(const TransportInfo& info) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  if (state_.signaling != SignalingState::kHaveRemoteOffer &&
      state_.signaling != SignalingState::kHaveLocalPranswer) {
    return InvalidState("CreateAnswer is not allowed in state " +
                        string(ToString(state_.signaling)));
  }
  NegotiationRecord record;
  const std::vector<Bundle> plan =
      PlanAnswer(state_.pending_remote->parsed, state_, options_, &record);
  std::set<size_t> transports, restarts;
  for (const Bundle& bundle : plan) {
    transports.insert(bundle.transport);
    if (IsRestart(bundle)) restarts.insert(bundle.transport);
  }
  PCD_ASSIGN_OR_RETURN(const LocalContext context, Context(transports, restarts, info));
  last_answer_ = BuildAnswer(state_, context, plan, std::move(record));
  ShareCodecs(last_answer_.Edit().description);
  return SessionDescription{.type = SdpType::kAnswer, .sdp = last_answer_->text};
}

absl::StatusOr<const CreatedDescription*> Session::Impl::ChooseLocal(SdpType type,
                                                                     const string& text,
                                                                     const TransportInfo& info) {
  const bool is_offer = type == SdpType::kOffer;
  SharedOptional<CreatedDescription>& last = is_offer ? last_offer_ : last_answer_;
  if (!text.empty()) {
    const int line = last ? FirstDifferentLine(last->text, text) : 1;
    if (line == 0) return &*last;
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorReason::SDP_MODIFIED,
        last ? "line " + std::to_string(line) + " differs from the description created last"
             : "no such description was created for this state",
        {.sdp_line = line, .rule = "RFC 9429, 5.4"});
  }
  if (last && last->revision == state_.revision) return &*last;
  if (is_offer) {
    PCD_RETURN_IF_ERROR(CreateOffer({}, info).status());
  } else {
    PCD_RETURN_IF_ERROR(CreateAnswer(info).status());
  }
  return &*last;
}

absl::StatusOr<ApplyResult> Session::Impl::SetLocal(
    const std::optional<SessionDescription>& description, const TransportInfo& info) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const bool answering = state_.signaling == SignalingState::kHaveRemoteOffer ||
                         state_.signaling == SignalingState::kHaveLocalPranswer;
  const SdpType type = description ? description->type
                       : answering ? SdpType::kAnswer
                                   : SdpType::kOffer;
  const auto signaling = NextSignalingState(state_.signaling, DescriptionSource::kLocal, type);
  if (!signaling) return WrongState("SetLocalDescription", type, state_.signaling);
  if (type == SdpType::kRollback) return Rollback();
  PCD_ASSIGN_OR_RETURN(const CreatedDescription* created,
                       ChooseLocal(type, description ? description->sdp : "", info));
  State next = state_;
  ApplyResult result;
  if (next.signaling == SignalingState::kStable) next.LeaveStable();
  if (type == SdpType::kOffer) {
    ApplyLocalOffer(next, *created, result);
  } else {
    ApplyLocalAnswer(next, options_, *created, type, result);
  }
  next.signaling = *signaling;
  ++origin_.version;
  Commit(std::move(next), result);
  return result;
}

absl::StatusOr<ApplyResult> Session::Impl::Rollback() {
  State next = state_;
  ApplyResult result;
  ApplyRollback(next, result);
  next.signaling = SignalingState::kStable;
  Commit(std::move(next), result);
  return result;
}

// Sections without a=mid get one: of the same section before, of the offer they answer, or a
// new one.
void Session::Impl::NameSections(StoredDescription& stored, const State& state) const {
  const StoredDescription* before =
      stored.type == SdpType::kOffer ? state.remote() : &*state.pending_local;
  std::set<string> taken;
  for (const sdp::MediaSection& section : stored.parsed.media) taken.insert(section.mid);
  if (before != nullptr) {
    for (const sdp::MediaSection& section : before->parsed.media) taken.insert(section.mid);
  }
  uint32_t number = state.next_mid;
  for (size_t i = 0; i < stored.parsed.media.size(); ++i) {
    string& mid = stored.parsed.media[i].mid;
    if (!mid.empty()) continue;
    if (before != nullptr && i < before->parsed.media.size()) {
      mid = before->parsed.media[i].mid;
      if (stored.type != SdpType::kOffer) continue;
    } else {
      while (!taken.insert(std::to_string(number)).second) ++number;
      mid = std::to_string(number);
    }
    stored.generated_mids.insert(i);
  }
}

absl::StatusOr<StoredDescription> Session::Impl::ReadRemote(const SessionDescription& description,
                                                            const State& state) const {
  StoredDescription stored{.type = description.type};
  stored.shown = std::make_shared<const SessionDescription>(description);
  PCD_ASSIGN_OR_RETURN(stored.parsed, sdp::Parse(description.sdp, options_.limits));
  const bool is_offer = description.type == SdpType::kOffer;
  if (!is_offer && state.pending_local->parsed.media.size() != stored.parsed.media.size()) {
    PCD_RETURN_IF_ERROR(ValidateRemoteAnswer(stored.parsed, state));
  }
  NameSections(stored, state);
  PCD_RETURN_IF_ERROR(ValidateRemote(stored.parsed));
  if (is_offer) {
    PCD_RETURN_IF_ERROR(ValidateRemoteOffer(stored.parsed, state));
  } else {
    PCD_RETURN_IF_ERROR(ValidateRemoteAnswer(stored.parsed, state));
  }
  ShareCodecs(stored.parsed);
  return stored;
}

absl::StatusOr<ApplyResult> Session::Impl::SetRemote(const SessionDescription& description) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const SdpType type = description.type;
  const auto signaling = NextSignalingState(state_.signaling, DescriptionSource::kRemote, type);
  if (!signaling) return WrongState("SetRemoteDescription", type, state_.signaling);
  if (type == SdpType::kRollback) return Rollback();
  State next = state_;
  ApplyResult result;
  const bool glare = type == SdpType::kOffer && next.signaling == SignalingState::kHaveLocalOffer;
  if (glare) {
    ApplyRollback(next, result);
    result.rolled_back = true;
  }
  PCD_ASSIGN_OR_RETURN(StoredDescription stored, ReadRemote(description, next));
  TakeEarlyCandidates(next, options_.limits, stored);
  if (glare || next.signaling == SignalingState::kStable) next.LeaveStable();
  if (type == SdpType::kOffer) {
    ApplyRemoteOffer(next, std::move(stored), random_, result);
    last_answer_.reset();
  } else {
    ApplyRemoteAnswer(next, options_, std::move(stored), result);
  }
  next.signaling = *signaling;
  Commit(std::move(next), result);
  return result;
}

TransceiverSet Session::Impl::Set() {
  return TransceiverSet(state_, random_, options_.limits.max_media_sections);
}

absl::Status Session::Impl::Edit(const std::function<absl::Status(TransceiverSet&)>& edit) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  TransceiverSet set = Set();
  PCD_RETURN_IF_ERROR(edit(set));
  Touch();
  return absl::OkStatus();
}

// W3C restartIce: every credential in use must be replaced.
absl::Status Session::Impl::RestartIce() {
  PCD_RETURN_IF_ERROR(CheckOpen());
  state_.ice_to_replace = UfragsInUse(state_);
  Touch();
  return absl::OkStatus();
}

void Session::Impl::IceConfigurationChanged() {
  ++state_.revision;
  state_.outdated_ice = UfragsInUse(state_);
  // Their transports exist as well.
  for (const TransportState& transport : state_.transports) {
    if (transport.next_local_ice) state_.outdated_ice.insert(transport.next_local_ice->ufrag);
  }
}

absl::Status Session::Impl::AddDataSection() {
  PCD_RETURN_IF_ERROR(CheckOpen());
  state_.data_wanted = true;
  Touch();
  return absl::OkStatus();
}

absl::Status Session::Impl::KeepLocalCandidate(TransportState& transport,
                                               const Candidate* candidate, IceCandidateInit& init) {
  if (candidate == nullptr) {
    transport.local_complete = true;
    return absl::OkStatus();
  }
  size_t count = 0;
  for (const TransportState& t : state_.transports) count += t.local_candidates.size();
  if (count >= options_.limits.max_candidates) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "too many local candidates");
  }
  Candidate own = *candidate;
  if (own.Ufrag().empty()) own.extensions.emplace_back("ufrag", transport.local_ice->ufrag);
  init.candidate = sdp::WriteCandidate(own);
  transport.local_candidates.push_back(std::move(own));
  return absl::OkStatus();
}

absl::StatusOr<IceCandidateInit> Session::Impl::AddLocalCandidate(size_t index,
                                                                  const Candidate* candidate) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  if (index >= state_.transports.size()) {
    return InvalidArgument("there is no such transport", "transport_index");
  }
  TransportState& transport = state_.transports[index];
  if (!transport.local_ice) {
    return InvalidState("no local description has started this transport");
  }
  IceCandidateInit init{.username_fragment = transport.local_ice->ufrag};
  PCD_RETURN_IF_ERROR(KeepLocalCandidate(transport, candidate, init));
  // An answer may have refused the section that led our offer.
  const string tag = state_.pending_local ? string() : transport.tagged_mid;
  for (auto* stored : {&state_.pending_local, &state_.current_local}) {
    if (!*stored) continue;
    StoredDescription& local = stored->Edit();
    AddGathered(transport, SectionsOn(local.parsed, local.transports, index, tag), local.parsed);
    local.shown = nullptr;
  }
  // Rolled back meanwhile: the next description will have it.
  if (state_.local() == nullptr) return InvalidState("there is no local description");
  const StoredDescription& local = *state_.local();
  const std::vector<size_t> sections = SectionsOn(local.parsed, local.transports, index, tag);
  if (sections.empty()) return InvalidState("the local description has no section for it");
  const size_t leading = sections.front();
  init.sdp_mline_index = static_cast<uint16_t>(leading);
  if (!local.generated_mids.contains(leading)) init.sdp_mid = local.parsed.media[leading].mid;
  return init;
}

absl::StatusOr<RemoteCandidate> Session::Impl::AddRemoteCandidate(const IceCandidateInit& init) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  return AddRemoteCandidateTo(state_, options_.limits, init);
}

void Session::Impl::ForgetUnusedIce() {
  if (std::any_of(state_.transports.begin(), state_.transports.end(),
                  [](const TransportState& t) { return t.remote_ice.has_value(); })) {
    return;
  }
  state_.transports.assign(1, {});
  last_offer_.reset();
  last_answer_.reset();
}

void Session::Impl::Close() {
  state_.signaling = SignalingState::kClosed;
  negotiation_event_ = false;
}

Session::Session(Options options, RandomSource& random)
    : impl_(std::make_unique<Impl>(std::move(options), random)) {}
Session::~Session() = default;

absl::StatusOr<SessionDescription> Session::CreateOffer(const OfferOptions& options,
                                                        const TransportInfo& transport_info) {
  return impl_->CreateOffer(options, transport_info);
}
absl::StatusOr<SessionDescription> Session::CreateAnswer(const AnswerOptions&,
                                                         const TransportInfo& transport_info) {
  return impl_->CreateAnswer(transport_info);
}
absl::StatusOr<ApplyResult> Session::SetLocalDescription(
    const std::optional<SessionDescription>& description, const TransportInfo& transport_info) {
  return impl_->SetLocal(description, transport_info);
}
absl::StatusOr<ApplyResult> Session::SetRemoteDescription(const SessionDescription& description) {
  return impl_->SetRemote(description);
}

Session::Descriptions Session::descriptions() const {
  const State& state = impl_->state();
  return {.current_local = Shown(state.current_local),
          .current_remote = Shown(state.current_remote),
          .pending_local = Shown(state.pending_local),
          .pending_remote = Shown(state.pending_remote)};
}
bool Session::has_local_description() const { return impl_->state().local() != nullptr; }
std::optional<SessionDescription> Session::local_description() const {
  return CopyOf(descriptions().local());
}
std::optional<SessionDescription> Session::remote_description() const {
  return CopyOf(descriptions().remote());
}
std::optional<SessionDescription> Session::current_local_description() const {
  return CopyOf(descriptions().current_local);
}
std::optional<SessionDescription> Session::current_remote_description() const {
  return CopyOf(descriptions().current_remote);
}
std::optional<SessionDescription> Session::pending_local_description() const {
  return CopyOf(descriptions().pending_local);
}
std::optional<SessionDescription> Session::pending_remote_description() const {
  return CopyOf(descriptions().pending_remote);
}
SignalingState Session::signaling_state() const { return impl_->state().signaling; }
std::optional<bool> Session::can_trickle_ice_candidates() const {
  const StoredDescription* remote = impl_->state().remote();
  if (remote == nullptr) return std::nullopt;
  return OffersTrickle(remote->parsed);
}

absl::StatusOr<string> Session::AddTransceiver(MediaKind kind, const TransceiverInit& init,
                                               std::string_view id) {
  string added;
  PCD_RETURN_IF_ERROR(impl_->Edit([&](TransceiverSet& set) -> absl::Status {
    PCD_ASSIGN_OR_RETURN(added, set.Add(kind, init, id));
    return absl::OkStatus();
  }));
  return added;
}
absl::StatusOr<string> Session::AddTrack(MediaKind kind, const string& track_id,
                                         const std::vector<string>& stream_ids,
                                         std::string_view transceiver_id, bool chosen,
                                         const EndIds& ends) {
  string added;
  PCD_RETURN_IF_ERROR(impl_->Edit([&](TransceiverSet& set) -> absl::Status {
    PCD_ASSIGN_OR_RETURN(added,
                         set.AddTrack(kind, track_id, stream_ids, transceiver_id, chosen, ends));
    return absl::OkStatus();
  }));
  return added;
}
absl::Status Session::RemoveTrack(std::string_view sender_id) {
  return impl_->Edit([&](TransceiverSet& set) { return set.RemoveTrack(sender_id); });
}
absl::Status Session::ReplaceTrack(std::string_view sender_id, MediaKind kind,
                                   const string& track_id) {
  return impl_->Edit(
      [&](TransceiverSet& set) { return set.ReplaceTrack(sender_id, kind, track_id); });
}
bool Session::ForgetTrack(const string& track_id) {
  bool found = false;
  const absl::Status edited = impl_->Edit([&](TransceiverSet& set) {
    found = set.ForgetTrack(track_id);
    return absl::OkStatus();
  });
  return edited.ok() && found;
}
absl::Status Session::SetSenderStreams(std::string_view sender_id,
                                       const std::vector<string>& stream_ids) {
  return impl_->Edit(
      [&](TransceiverSet& set) { return set.SetSenderStreams(sender_id, stream_ids); });
}
absl::Status Session::SetEncodings(std::string_view sender_id,
                                   std::vector<SendEncoding> encodings) {
  return impl_->Edit(
      [&](TransceiverSet& set) { return set.SetEncodings(sender_id, std::move(encodings)); });
}
absl::Status Session::SetDirection(std::string_view transceiver_id, Direction direction) {
  return impl_->Edit(
      [&](TransceiverSet& set) { return set.SetDirection(transceiver_id, direction); });
}
absl::Status Session::StopTransceiver(std::string_view transceiver_id) {
  return impl_->Edit([&](TransceiverSet& set) { return set.Stop(transceiver_id); });
}
absl::Status Session::SetCodecPreferences(std::string_view transceiver_id,
                                          std::vector<Codec> codecs) {
  return impl_->Edit([&](TransceiverSet& set) {
    return set.SetCodecPreferences(*impl_->options().capabilities, transceiver_id,
                                   std::move(codecs));
  });
}
absl::Status Session::RestartIce() { return impl_->RestartIce(); }
void Session::IceConfigurationChanged() { impl_->IceConfigurationChanged(); }
const std::vector<Transceiver>& Session::transceivers() const {
  return impl_->state().transceivers;
}
const Transceiver* Session::FindTransceiver(std::string_view transceiver_id) const {
  for (const Transceiver& transceiver : transceivers()) {
    if (transceiver.id == transceiver_id) return &transceiver;
  }
  return nullptr;
}
const Transceiver* Session::FindSender(std::string_view sender_id) const {
  for (const Transceiver& transceiver : transceivers()) {
    if (transceiver.sender_id == sender_id) return &transceiver;
  }
  return nullptr;
}
absl::Status Session::AddDataSection() { return impl_->AddDataSection(); }
bool Session::negotiation_needed() const { return IsNegotiationNeeded(impl_->state()); }
std::shared_ptr<const NegotiationRecord> Session::record() const { return impl_->state().record; }
bool Session::TakeNegotiationNeededEvent() { return impl_->TakeNegotiationNeededEvent(); }

absl::StatusOr<IceCandidateInit> Session::AddLocalCandidate(size_t transport_index,
                                                            const Candidate& candidate) {
  return impl_->AddLocalCandidate(transport_index, &candidate);
}
absl::StatusOr<IceCandidateInit> Session::SetLocalGatheringComplete(size_t transport_index) {
  return impl_->AddLocalCandidate(transport_index, nullptr);
}
absl::StatusOr<RemoteCandidate> Session::AddRemoteCandidate(const IceCandidateInit& init) {
  return impl_->AddRemoteCandidate(init);
}
void Session::ForgetUnusedIce() { impl_->ForgetUnusedIce(); }
void Session::Close() { impl_->Close(); }

}  // namespace pcd::jsep
