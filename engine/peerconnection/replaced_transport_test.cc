// The peer replaces its transport without a word, as Chromium does when another section leads the
// bundle: it ends the old SCTP association with an ABORT and the old DTLS association with a
// close_notify, and goes on with its channels over new ones. Every order of these and of the
// description that makes it do so.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "engine/dtls/certificate.h"
#include "engine/ice/fake_ice_network.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "engine/sdp/candidate.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"
#include "engine/transport/transport.h"

namespace pcd::peerconnection {
namespace {

using testing::IsOk;
using testing::PeerPair;
using namespace std::chrono_literals;

constexpr uint16_t kStream = 0;  // Of the first channel of a DTLS client.
constexpr uint32_t kText = 51;   // RFC 8831 section 8: WebRTC String.

std::string ValueOf(const std::string& sdp, const std::string& attribute) {
  const size_t at = sdp.find(attribute) + attribute.size();
  return sdp.substr(at, sdp.find('\r', at) - at);
}

IceParameters CredentialsIn(const std::string& sdp) {
  return {.ufrag = ValueOf(sdp, "a=ice-ufrag:"), .pwd = ValueOf(sdp, "a=ice-pwd:")};
}

// Of the generation that its description has.
std::vector<IceCandidateInit> CandidatesOf(PeerConnection& connection) {
  std::vector<IceCandidateInit> candidates;
  const std::string ufrag = CredentialsIn(connection.Info().local_description->sdp).ufrag;
  for (const LocalCandidate& local : connection.TakeSnapshot().local_candidates) {
    const IceCandidateInit& candidate = local.candidate;
    if (candidate.username_fragment == ufrag && !candidate.candidate.empty()) {
      candidates.push_back(candidate);
    }
  }
  return candidates;
}

std::unique_ptr<ice::IceTransport> MakeIce(PeerPair& pair, const IceParameters& credentials) {
  ice::Config config;
  config.credentials = credentials;
  return *pair.ice().Create(pair.loop(), config);
}

// What such a peer has afterwards: other ICE, DTLS and SCTP, and nothing new to say.
class NewEnd : public net::EndOfTurnHandler {
 public:
  NewEnd(PeerPair& pair, std::shared_ptr<const dtls::Certificate> certificate,
         const IceParameters& own, PeerConnection& remote)
      : loop_(pair.loop()),
        remote_(remote),
        sctp_(sctp::FakeSctpAssociationFactory().Create(loop_, {})),
        transport_(loop_, MakeIce(pair, own), {.certificate = std::move(certificate)}),
        timer_(loop_.CreateTimer([this] { OnTimer(); })) {
    transport_.SetEventCallback([this] { loop_.RequestEndOfTurn(this); });
    const PeerConnectionInfo info = remote.Info();
    transport_.ice().SetRole(IceRole::kControlling);
    transport_.ice().StartGathering();
    EXPECT_THAT(transport_.ice().SetRemoteParameters(CredentialsIn(info.local_description->sdp)),
                IsOk());
    EXPECT_THAT(
        transport_.SetDtlsParameters(DtlsRole::kClient, info.certificates.at(0)->fingerprints),
        IsOk());
  }
  ~NewEnd() override { loop_.CancelEndOfTurn(this); }

  // Known ones do nothing.
  void LearnCandidates() {
    for (const IceCandidateInit& init : CandidatesOf(remote_)) {
      const auto candidate = sdp::ParseCandidate(init.candidate);
      ASSERT_THAT(candidate, IsOk());
      EXPECT_THAT(transport_.ice().AddRemoteCandidate(*candidate), IsOk());
    }
  }
  bool up() const { return sctp_->state() == SctpState::kConnected; }
  bool Send(char text) {
    const auto bytes = static_cast<uint8_t>(text);
    const auto sent = sctp_->Send(kStream, kText, {&bytes, 1}, {}, loop_.Now());
    loop_.RequestEndOfTurn(this);
    return sent == sctp::SendResult::kOk;
  }
  void Abort() {
    sctp_->Abort();
    loop_.RequestEndOfTurn(this);
  }
  // User messages on the channel.
  size_t received() const { return received_; }

  void OnEndOfTurn() override {
    while (auto event = transport_.PollEvent()) {
      if (const auto* data = std::get_if<transport::DataReceived>(&*event)) {
        sctp_->HandlePacket(data->data, loop_.Now());
      } else if (const auto* dtls = std::get_if<transport::DtlsStateChanged>(&*event)) {
        if (dtls->state == DtlsState::kConnected) sctp_->Start({}, loop_.Now()).IgnoreError();
      }
    }
    while (const auto event = sctp_->PollEvent()) {
      const auto* message = std::get_if<sctp::MessageReceived>(&*event);
      if (message != nullptr && message->stream_id == kStream && message->ppid == kText) {
        ++received_;
      }
    }
    while (const auto packet = sctp_->PollOutput()) transport_.SendData(*packet);
    transport_.Flush();
    timer_->Set(std::min(transport_.NextDeadline(), sctp_->NextDeadline()));
  }

 private:
  void OnTimer() {
    transport_.HandleTimeout(loop_.Now());
    sctp_->HandleTimeout(loop_.Now());
    OnEndOfTurn();
  }

  testing::SimLoop& loop_;
  PeerConnection& remote_;
  std::unique_ptr<sctp::SctpAssociation> sctp_;
  transport::Transport transport_;
  std::unique_ptr<net::Timer> timer_;
  size_t received_ = 0;
};

enum class Offerer { kService, kPeer };
// What arrives of the end of the old associations.
enum class Told { kAbort, kCloseNotify, kBothInOneTurn, kAbortFirst, kCloseNotifyFirst };
// Whether that is before the description that ends the section is applied, in the same turn, later,
// or when the new association is there already.
enum class When { kBefore, kAtOnce, kAfter, kAfterTheNewOne };

class ReplacedTransport : public ::testing::Test {
 protected:
  void SetUp() override {
    certificate_ = dtls::Certificate::Generate(1'700'000'000'000'000).value();
    CreateParams params{.id = "old"};
    params.certificates.push_back({.certificate = certificate_});
    auto made = PeerConnection::Create(pair_.loop(), pair_.dependencies(), Limits{}, params);
    ASSERT_THAT(made, IsOk());
    old_ = std::move(*made);
    pair_.ice().SetLink([this](int, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
      if (keep_) {
        kept_.push_back({{packet->bytes().begin(), packet->bytes().end()}, std::move(deliver)});
      } else {
        deliver(std::move(packet));
      }
    });
    ASSERT_THAT(old_->CreateDataChannel({.label = "d"}, "d"), IsOk());
    ASSERT_THAT(old_->AddTransceiver(MediaKind::kAudio, {}, "audio"), IsOk());
    ASSERT_THAT(pair_.Negotiate(*old_, service()), IsOk());
    ASSERT_TRUE(Run([&] {
      for (const IceCandidateInit& candidate : CandidatesOf(service())) {
        EXPECT_THAT(old_->AddIceCandidate(candidate), IsOk());
      }
      return IsOpen() && old_->GetDataChannel("d")->info.state == DataChannelState::kOpen;
    }));
    ASSERT_EQ(Channel().info.init.id, kStream);
  }

  void TearDown() override { pair_.ice().SetLink({}); }

  PeerConnection& service() { return pair_.right(); }
  bool Run(const std::function<bool()>& done, Duration limit = 5s) {
    return pair_.loop().RunUntil(done, limit);
  }
  DataChannelView Channel() {
    const auto channels = service().ListDataChannels();
    return channels.empty() ? DataChannelView{} : channels.front();
  }
  bool IsOpen() {
    const auto channels = service().ListDataChannels();
    return channels.size() == 1 && channels[0].info.state == DataChannelState::kOpen;
  }

  // The old end is gone; what it said last is on its way.
  void EndTheOldEnd() {
    keep_ = true;
    old_->Close({});
    old_.reset();
    keep_ = false;
    for (const uint8_t type : {kApplicationData, kAlert}) {
      EXPECT_TRUE(
          std::ranges::any_of(kept_, [&](const Kept& kept) { return kept.bytes[0] == type; }));
    }
  }
  void Arrive(uint8_t record_type) {
    for (Kept& kept : kept_) {
      if (kept.bytes[0] == record_type) kept.deliver(pair_.loop().packets().CopyOf(kept.bytes));
    }
  }
  void TellTheEnd(Told told) {
    const bool alert_first = told == Told::kCloseNotify || told == Told::kCloseNotifyFirst;
    Arrive(alert_first ? kAlert : kApplicationData);
    if (told == Told::kAbort || told == Told::kCloseNotify) return;
    if (told != Told::kBothInOneTurn) pair_.loop().RunDue();
    Arrive(alert_first ? kApplicationData : kAlert);
  }

  // The exchange that ends the first section, up to the service's last step.
  void ServiceOffers() {
    for (const jsep::Transceiver& transceiver : service().ListTransceivers()) {
      ASSERT_THAT(service().StopTransceiver(transceiver.id), IsOk());
    }
    const auto offer = service().SetLocalDescription(std::nullopt);
    ASSERT_THAT(offer, IsOk());
    ASSERT_THAT(old_->SetRemoteDescription(*offer), IsOk());
    const auto answer = old_->SetLocalDescription(std::nullopt);
    ASSERT_THAT(answer, IsOk());
    last_ = *answer;
    own_ = CredentialsIn(answer->sdp);
  }
  // As Chromium offers it, without new credentials.
  void PeerOffers() {
    const auto offer = old_->CreateOffer({});
    ASSERT_THAT(offer, IsOk());
    SessionDescription ended = *offer;
    const size_t port = ended.sdp.find("m=audio ") + 8;
    ended.sdp.replace(port, ended.sdp.find(' ', port) - port, "0");
    ended.sdp.replace(ended.sdp.find("BUNDLE 0 1"), 10, "BUNDLE 1");
    ASSERT_THAT(service().SetRemoteDescription(ended), IsOk());
    own_ = CredentialsIn(ended.sdp);
  }
  void Offer(Offerer offerer) { offerer == Offerer::kService ? ServiceOffers() : PeerOffers(); }
  void Finish(Offerer offerer) {
    if (offerer == Offerer::kService) {
      ASSERT_THAT(service().SetRemoteDescription(last_), IsOk());
    } else {
      ASSERT_THAT(service().SetLocalDescription(std::nullopt), IsOk());
    }
  }

  void BeginTheNewEnd() {
    next_ = std::make_unique<NewEnd>(pair_, certificate_, own_, service());
    ASSERT_TRUE(Run([&] {
      next_->LearnCandidates();
      return next_->up() && service().Info().sctp->state == SctpState::kConnected;
    }));
  }
  void ExpectTheChannelGoesOn() {
    const uint64_t before = Channel().messages_received;
    const size_t heard = next_->received();
    ASSERT_TRUE(IsOpen());
    EXPECT_TRUE(next_->Send('x'));
    const std::string id = Channel().info.channel_id;
    EXPECT_THAT(service().Send(id, false, std::vector<uint8_t>{'y'}), IsOk());
    EXPECT_TRUE(Run([&] {
      return Channel().messages_received == before + 1 && next_->received() == heard + 1;
    }));
  }
  template <typename T>
  size_t Count() {
    return pair_.right_events().All<T>().size();
  }

  static constexpr uint8_t kAlert = 21, kApplicationData = 23;  // RFC 6347 section 4.3.1.
  struct Kept {
    std::vector<uint8_t> bytes{};
    ice::FakeIceNetwork::Deliver deliver{};
  };

  PeerPair pair_;
  std::shared_ptr<const dtls::Certificate> certificate_;
  std::unique_ptr<PeerConnection> old_;
  std::unique_ptr<NewEnd> next_;
  SessionDescription last_;
  IceParameters own_;
  bool keep_ = false;
  std::vector<Kept> kept_;
};

class ReplacedTransportOrder
    : public ReplacedTransport,
      public ::testing::WithParamInterface<std::tuple<Offerer, When, Told>> {};

TEST_P(ReplacedTransportOrder, TheChannelsGoOn) {
  const auto [offerer, when, told] = GetParam();
  Offer(offerer);
  EndTheOldEnd();
  if (when == When::kBefore) {
    TellTheEnd(told);
    pair_.loop().RunDue();
    ASSERT_TRUE(IsOpen());
  }
  Finish(offerer);
  if (when == When::kAfter) pair_.loop().RunFor(1s);
  if (when == When::kAtOnce || when == When::kAfter) TellTheEnd(told);
  BeginTheNewEnd();
  ExpectTheChannelGoesOn();
  if (when == When::kAfterTheNewOne) TellTheEnd(told);
  pair_.loop().RunFor(60s);
  ExpectTheChannelGoesOn();
  EXPECT_EQ(Count<DataChannelCloseEvent>(), 0u);
  EXPECT_EQ(Count<DataChannelClosingEvent>(), 0u);
  EXPECT_EQ(Count<DataChannelErrorEvent>(), 0u);
  EXPECT_EQ(service().Info().dtls_transports.at(0).state, DtlsState::kConnected);
}

constexpr std::array kTold = {Told::kAbort, Told::kCloseNotify, Told::kBothInOneTurn,
                              Told::kAbortFirst, Told::kCloseNotifyFirst};
INSTANTIATE_TEST_SUITE_P(TheServiceOffers, ReplacedTransportOrder,
                         ::testing::Combine(::testing::Values(Offerer::kService),
                                            ::testing::Values(When::kBefore, When::kAtOnce,
                                                              When::kAfter, When::kAfterTheNewOne),
                                            ::testing::ValuesIn(kTold)));
// The peer has our answer only when that is applied here.
INSTANTIATE_TEST_SUITE_P(ThePeerOffers, ReplacedTransportOrder,
                         ::testing::Combine(::testing::Values(Offerer::kPeer),
                                            ::testing::Values(When::kAtOnce, When::kAfter,
                                                              When::kAfterTheNewOne),
                                            ::testing::ValuesIn(kTold)));

// It was the end of the channels, too; that is known when nothing has followed.
TEST_F(ReplacedTransport, WithoutANewTransportTheChannelsEndAfterTenSeconds) {
  PeerOffers();
  Finish(Offerer::kPeer);
  EndTheOldEnd();
  TellTheEnd(Told::kAbortFirst);
  pair_.loop().RunFor(9900ms);
  EXPECT_TRUE(IsOpen());
  EXPECT_EQ(service().Info().sctp->state, SctpState::kConnecting);
  pair_.loop().RunFor(200ms);
  EXPECT_FALSE(IsOpen());
  EXPECT_EQ(Count<DataChannelCloseEvent>(), 1u);
  EXPECT_EQ(service().Info().sctp->state, SctpState::kClosed);
}

TEST_F(ReplacedTransport, AnAbortOnATransportThatStaysIsNotFollowedByAnotherAssociation) {
  PeerOffers();
  Finish(Offerer::kPeer);
  EndTheOldEnd();
  TellTheEnd(Told::kAbort);
  pair_.loop().RunFor(11s);
  EXPECT_FALSE(IsOpen());
  EXPECT_EQ(service().Info().dtls_transports.at(0).state, DtlsState::kConnected);
  pair_.loop().RunFor(60s);
  EXPECT_EQ(service().Info().sctp->state, SctpState::kClosed);
}

TEST_F(ReplacedTransport, TheSecondWordDoesNotPutOffTheEnd) {
  PeerOffers();
  Finish(Offerer::kPeer);
  EndTheOldEnd();
  TellTheEnd(Told::kAbort);
  pair_.loop().RunFor(9s);
  TellTheEnd(Told::kCloseNotify);
  pair_.loop().RunFor(900ms);
  EXPECT_TRUE(IsOpen());
  pair_.loop().RunFor(200ms);
  EXPECT_FALSE(IsOpen());
}

TEST_F(ReplacedTransport, ANewTransportThatComesTooLateCarriesNewChannelsOnly) {
  PeerOffers();
  Finish(Offerer::kPeer);
  EndTheOldEnd();
  TellTheEnd(Told::kAbortFirst);
  pair_.loop().RunFor(11s);
  EXPECT_FALSE(IsOpen());
  BeginTheNewEnd();
  ASSERT_THAT(service().CreateDataChannel({.label = "e"}, "e"), IsOk());
  EXPECT_TRUE(
      Run([&] { return service().GetDataChannel("e")->info.state == DataChannelState::kOpen; }));
}

// Half a minute after the answer the peer has applied it, or never will.
TEST_F(ReplacedTransport, LaterTheEndOfATransportIsThatOfItsChannelsAgain) {
  PeerOffers();
  Finish(Offerer::kPeer);
  pair_.loop().RunFor(31s);
  EndTheOldEnd();
  TellTheEnd(Told::kCloseNotify);
  pair_.loop().RunDue();
  EXPECT_FALSE(IsOpen());
}

TEST_F(ReplacedTransport, AfterTheReplacementTheEndIsThatOfTheChannels) {
  PeerOffers();
  Finish(Offerer::kPeer);
  EndTheOldEnd();
  BeginTheNewEnd();
  ExpectTheChannelGoesOn();
  EXPECT_TRUE(IsOpen());
  next_->Abort();
  EXPECT_TRUE(Run([&] { return !IsOpen(); }, 100ms));
}

class GenuineEnd : public ReplacedTransport, public ::testing::WithParamInterface<Told> {};

TEST_P(GenuineEnd, EndsTheChannelsAtOnce) {
  EndTheOldEnd();
  TellTheEnd(GetParam());
  pair_.loop().RunDue();
  EXPECT_FALSE(IsOpen());
}

// The peer's offer is not answered yet, so it has replaced nothing.
TEST_P(GenuineEnd, EndsTheChannelsAtOnceWhileThePeersOfferWaits) {
  PeerOffers();
  EndTheOldEnd();
  TellTheEnd(GetParam());
  pair_.loop().RunDue();
  EXPECT_FALSE(IsOpen());
}

// Another exchange changes nothing about that.
TEST_P(GenuineEnd, EndsTheChannelsAtOnceAfterAnExchangeThatEndsNoSection) {
  ASSERT_THAT(pair_.Negotiate(service(), *old_), IsOk());
  pair_.loop().RunDue();
  EndTheOldEnd();
  TellTheEnd(GetParam());
  pair_.loop().RunDue();
  EXPECT_FALSE(IsOpen());
}

INSTANTIATE_TEST_SUITE_P(All, GenuineEnd, ::testing::ValuesIn(kTold));

}  // namespace
}  // namespace pcd::peerconnection
