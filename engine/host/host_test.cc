#include "engine/host/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/host/accept_offer.h"
#include "engine/host/call_order.h"
#include "engine/ice/fake_ice_network.h"
#include "engine/net/address_policy.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/publisher.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"
#include "engine/testing/status_matchers.h"

namespace pcd::host {
namespace {

using testing::HasReason;
using testing::IsOk;
using namespace std::chrono_literals;

// One simulated loop, fake ICE and SCTP.
class HostTest : public ::testing::Test {
 protected:
  HostTest() { Start({}); }
  ~HostTest() override {
    bool done = false;
    host_->Shutdown([&] { done = true; });
    EXPECT_TRUE(loop_.RunUntil([&] { return done; }, 10s));
  }

  void Start(const Limits& limits) {
    host_ = std::make_unique<Host>(
        std::vector<net::Loop*>{&loop_},
        peerconnection::Dependencies{
            .ice_factory = &ice_, .sctp_factory = &sctp_, .sink_policy = &policy_},
        Host::Options{.node_name = "node-1", .limits = limits}, std::make_unique<SeededRandom>(3));
  }

  // Runs until the reply of an asynchronous call is there.
  template <typename T, typename Call>
  absl::StatusOr<T> Await(Call call) {
    std::optional<absl::StatusOr<T>> result;
    call(Reply<T>([&result](absl::StatusOr<T> reply) { result = std::move(reply); }));
    EXPECT_TRUE(loop_.RunUntil([&] { return result.has_value(); }, 60s));
    return result.value_or(absl::DeadlineExceededError("no reply"));
  }
  absl::StatusOr<PeerConnectionInfo> Create(CreateOptions options = {}) {
    return Await<PeerConnectionInfo>(
        [&](auto reply) { host_->Create(std::move(options), std::move(reply)); });
  }
  absl::StatusOr<ListPage> List(ListOptions options) {
    return Await<ListPage>([&](auto reply) { host_->List(std::move(options), std::move(reply)); });
  }
  absl::StatusOr<PeerConnectionInfo> Get(const std::string& id) {
    return Await<PeerConnectionInfo>([&](auto reply) {
      host_->Call<PeerConnectionInfo>(
          id, [](PeerConnection& pc) -> absl::StatusOr<PeerConnectionInfo> { return pc.Info(); },
          std::move(reply));
    });
  }
  absl::StatusOr<PeerConnectionInfo> Close(const std::string& id, Host::CloseOptions options = {}) {
    return Await<PeerConnectionInfo>(
        [&](auto reply) { host_->Close(id, std::move(options), std::move(reply)); });
  }

  testing::SimNetwork network_;
  testing::SimLoop loop_{network_};
  ice::FakeIceNetwork ice_;
  sctp::FakeSctpAssociationFactory sctp_;
  net::AddressPolicy policy_;
  std::unique_ptr<Host> host_;
};

// W3C's operations chain, with calls that come before the ones ahead of them have had their turn.
class ChainTest : public HostTest {
 protected:
  using Operation = absl::AnyInvocable<absl::Status(PeerConnection&)>;

  // Posted, not awaited.
  void Chain(const std::string& id, Operation operation) {
    ++waiting_;
    host_->Visit(
        id, {.chained = true},
        [this, operation = std::move(operation)](absl::StatusOr<PeerConnection*> pc) mutable {
          ASSERT_THAT(pc.status(), IsOk());
          EXPECT_THAT(operation(**pc), IsOk());
          --waiting_;
        });
  }
  void RunAll() {
    EXPECT_TRUE(loop_.RunUntil([&] { return waiting_ == 0; }, 1s));
  }
  static absl::Status AddVideo(PeerConnection& pc) {
    return pc.AddTransceiver(MediaKind::kVideo, {}, "").status();
  }
  static absl::Status Offer(PeerConnection& pc) {
    return pc.SetLocalDescription(std::nullopt).status();
  }
  static Operation Take(std::optional<SessionDescription>* description) {
    return [description](PeerConnection& pc) { return pc.SetRemoteDescription(**description); };
  }

  // `offerer_` waits for `answer_` and needs to negotiate more.
  void OfferAndAddVideo() {
    for (const std::string& id : {offerer_, answerer_}) ASSERT_FALSE(id.empty());
    Chain(offerer_, [this](PeerConnection& pc) -> absl::Status {
      PCD_RETURN_IF_ERROR(pc.AttachWatcher(1, 0, events_.Callback()));
      PCD_RETURN_IF_ERROR(AddVideo(pc));
      PCD_ASSIGN_OR_RETURN(offer_, pc.SetLocalDescription(std::nullopt));
      return AddVideo(pc);
    });
    RunAll();
    Chain(answerer_, [this](PeerConnection& pc) -> absl::Status {
      PCD_RETURN_IF_ERROR(pc.SetRemoteDescription(*offer_));
      PCD_ASSIGN_OR_RETURN(answer_, pc.SetLocalDescription(std::nullopt));
      return absl::OkStatus();
    });
    RunAll();
    events_.items.clear();
  }
  size_t Told() { return events_.All<peerconnection::NegotiationNeededEvent>().size(); }

  size_t waiting_ = 0;
  testing::EventRecorder events_;
  std::optional<SessionDescription> offer_, answer_;
  const std::string offerer_ = Create()->id;
  const std::string answerer_ = Create()->id;
};

TEST_F(ChainTest, NegotiationNeededFiresBehindOneOperation) {
  OfferAndAddVideo();
  Chain(offerer_, Take(&answer_));
  RunAll();
  EXPECT_EQ(Told(), 1u);
}

TEST_F(ChainTest, NegotiationNeededDoesNotFireWhileTheChainHasTheOfferThatItAsksFor) {
  OfferAndAddVideo();
  Chain(offerer_, Take(&answer_));
  Chain(offerer_, Offer);
  RunAll();
  EXPECT_EQ(Told(), 0u);
  // The second answer leaves nothing to ask for.
  Chain(offerer_, [this](PeerConnection& pc) {
    offer_ = *pc.Info().local_description;
    return absl::OkStatus();
  });
  RunAll();
  Chain(answerer_, [this](PeerConnection& pc) -> absl::Status {
    PCD_RETURN_IF_ERROR(pc.SetRemoteDescription(*offer_));
    PCD_ASSIGN_OR_RETURN(answer_, pc.SetLocalDescription(std::nullopt));
    return absl::OkStatus();
  });
  RunAll();
  Chain(offerer_, Take(&answer_));
  RunAll();
  EXPECT_EQ(Told(), 0u);
}

TEST_F(ChainTest, NegotiationNeededFiresWithTheLastOperationIfItIsStillNeeded) {
  OfferAndAddVideo();
  Chain(offerer_, Take(&answer_));
  for (int i = 0; i < 3; ++i) {
    Chain(offerer_, [this](PeerConnection& pc) {
      EXPECT_EQ(Told(), 0u);
      return pc.CreateOffer({}).status();
    });
  }
  // What is no operation of the chain makes nobody wait.
  host_->Visit(offerer_, [this](const absl::StatusOr<PeerConnection*>&) { EXPECT_EQ(Told(), 1u); });
  RunAll();
  loop_.RunFor(1ms);
  EXPECT_EQ(Told(), 1u);
}

// An offer that fails leaves the need, and is the end of the chain.
TEST_F(ChainTest, NegotiationNeededFiresWhenTheOperationThatItWaitedForFails) {
  OfferAndAddVideo();
  Chain(offerer_, Take(&answer_));
  Chain(offerer_, [](PeerConnection& pc) {
    EXPECT_FALSE(pc.CreateAnswer({}).ok());
    return absl::OkStatus();
  });
  RunAll();
  EXPECT_EQ(Told(), 1u);
}

TEST_F(HostTest, IdNamesItsOwnerAndEndsInTheSuffix) {
  const auto info = Create({.id_suffix = "camera_1"});
  ASSERT_THAT(info, IsOk());
  EXPECT_THAT(info->id, ::testing::MatchesRegex("node-1\\.[a-z2-7]{8}\\.[a-z2-7]{26}\\.camera_1"));
  EXPECT_EQ(Get(info->id)->id, info->id);
}

TEST_F(HostTest, RefusesBadSuffixesAndLabels) {
  EXPECT_THAT(Create({.id_suffix = "a b"}), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(Create({.id_suffix = std::string(41, 'a')}),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(Create({.labels = {{"a b", ""}}}), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_EQ(host_->size(), 0u);
}

TEST_F(HostTest, RefusesMoreConnectionsThanItsLimit) {
  Start({.max_peer_connections = 2});
  ASSERT_THAT(Create(), IsOk());
  const auto second = Create();
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(Create(), HasReason(ErrorReason::LIMIT_EXCEEDED));
  ASSERT_THAT(Close(second->id), IsOk());
  EXPECT_THAT(Create(), IsOk());
}

TEST_F(HostTest, AFailedCreateLeavesNothing) {
  Configuration configuration;
  configuration.ice_servers = {{.urls = {"stun:"}}};
  EXPECT_THAT(Create({.configuration = configuration}), HasReason(ErrorReason::INVALID_ICE_SERVER));
  EXPECT_EQ(host_->size(), 0u);
}

TEST_F(HostTest, UnknownIdsAreNotFound) {
  EXPECT_THAT(Get("node-1.x.y"), HasReason(ErrorReason::PEER_CONNECTION_NOT_FOUND));
  EXPECT_THAT(Close("node-1.x.y"), HasReason(ErrorReason::PEER_CONNECTION_NOT_FOUND));
}

TEST_F(HostTest, ClosedConnectionsAreGone) {
  const auto info = Create();
  const auto closed = Close(info->id, {.message = "done"});
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->connection_state, ConnectionState::kClosed);
  EXPECT_EQ(closed->close_message, "done");
  EXPECT_THAT(Get(info->id), HasReason(ErrorReason::PEER_CONNECTION_NOT_FOUND));
}

TEST_F(HostTest, GracefulCloseEndsAtOnceWithNothingQueued) {
  const auto info = Create();
  const auto closed = Close(info->id, {.graceful = true});
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(host_->size(), 0u);
}

TEST_F(HostTest, ListsInPagesAndByLabel) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(Create({.labels = {{"parity", i % 2 == 0 ? "even" : "odd"}}})->id);
  }
  std::vector<std::string> listed;
  ListOptions options{.page_size = 2};
  int pages = 0;
  do {
    const auto page = List(options);
    ASSERT_THAT(page, IsOk());
    for (const auto& info : page->peer_connections) listed.push_back(info.id);
    options.after = page->next;
    ++pages;
  } while (options.after != 0);
  EXPECT_EQ(listed, ids);
  EXPECT_EQ(pages, 3);
  const auto odd = List({.selector = *LabelSelector::Parse("parity=odd")});
  EXPECT_EQ(odd->peer_connections.size(), 2u);
}

TEST_F(HostTest, DrainRefusesNewConnectionsAndKeepsOldOnes) {
  const auto info = Create();
  host_->Drain();
  EXPECT_THAT(Create(), HasReason(ErrorReason::DRAINING));
  EXPECT_THAT(Get(info->id), IsOk());
}

// What a watch delivers, by connection.
struct RecordingWatcher : Watcher {
  struct Seen {
    int snapshots = 0;
    std::vector<uint64_t> sequences;
    std::optional<peerconnection::CloseReason> closed;
  };
  std::map<std::string, Seen> seen;
  std::vector<std::string> gone;
  std::vector<size_t> synced;
  std::vector<absl::Status> errors;

  void OnWatchItem(const std::string& id, const peerconnection::WatchItem& item) override {
    if (std::holds_alternative<peerconnection::SnapshotMark>(item)) ++seen[id].snapshots;
    if (const auto* event = std::get_if<std::shared_ptr<const peerconnection::Event>>(&item)) {
      seen[id].sequences.push_back((*event)->sequence);
      if (const auto* end = std::get_if<peerconnection::ClosedEvent>(&(*event)->payload)) {
        seen[id].closed = end->reason;
      }
    }
  }
  void OnGone(const std::string& id) override { gone.push_back(id); }
  void OnSynced(size_t count) override { synced.push_back(count); }
  void OnWatchError(const absl::Status& status) override { errors.push_back(status); }
};

TEST_F(HostTest, WatchOfAllCoversOldAndNewConnections) {
  const auto old_one = Create();
  auto watcher = std::make_shared<RecordingWatcher>();
  const auto watch = host_->Watch({}, watcher);
  ASSERT_THAT(watch, IsOk());
  loop_.RunDue();
  EXPECT_THAT(watcher->synced, ::testing::ElementsAre(1u));
  const auto new_one = Create();
  loop_.RunDue();
  EXPECT_EQ(watcher->seen[old_one->id].snapshots, 1);
  EXPECT_EQ(watcher->seen[new_one->id].snapshots, 0);
  EXPECT_EQ(watcher->seen[new_one->id].sequences.front(), 1u);
  host_->Unwatch(*watch);
  loop_.RunDue();
  const auto before = watcher->seen;
  ASSERT_THAT(Close(new_one->id), IsOk());
  EXPECT_EQ(watcher->seen[new_one->id].sequences, before.at(new_one->id).sequences);
}

TEST_F(HostTest, WatchByLabelAndById) {
  const auto acme = Create({.labels = {{"tenant", "acme"}}});
  const auto other = Create({.labels = {{"tenant", "other"}}});
  auto by_label = std::make_shared<RecordingWatcher>();
  auto by_id = std::make_shared<RecordingWatcher>();
  ASSERT_THAT(host_->Watch({.selector = *LabelSelector::Parse("tenant=acme")}, by_label), IsOk());
  ASSERT_THAT(host_->Watch({.ids = {other->id}, .resume_after = {{other->id, 0}}}, by_id), IsOk());
  loop_.RunDue();
  EXPECT_EQ(by_label->seen.size(), 1u);
  EXPECT_EQ(by_label->seen.count(acme->id), 1u);
  EXPECT_EQ(by_id->seen[other->id].snapshots, 0);
  EXPECT_EQ(by_id->seen[other->id].sequences.front(), 1u);
}

TEST_F(HostTest, WatchNamesWhatIsGoneAndRefusesWhatNeverWas) {
  auto watcher = std::make_shared<RecordingWatcher>();
  EXPECT_THAT(host_->Watch({.ids = {"nobody"}}, watcher),
              HasReason(ErrorReason::PEER_CONNECTION_NOT_FOUND));
  ASSERT_THAT(host_->Watch({.ids = {"nobody"}, .resume_after = {{"nobody", 7}}}, watcher), IsOk());
  EXPECT_THAT(watcher->gone, ::testing::ElementsAre("nobody"));
  EXPECT_THAT(watcher->synced, ::testing::ElementsAre(0u));
}

TEST_F(HostTest, WatchAheadOfTheLogIsAnError) {
  const auto info = Create();
  auto watcher = std::make_shared<RecordingWatcher>();
  ASSERT_THAT(host_->Watch({.ids = {info->id}, .resume_after = {{info->id, 99}}}, watcher), IsOk());
  loop_.RunDue();
  ASSERT_EQ(watcher->errors.size(), 1u);
  EXPECT_THAT(watcher->errors[0], HasReason(ErrorReason::EVENT_SEQUENCE_UNKNOWN));
}

TEST_F(HostTest, AcceptOfferAnswersWithSinksAndCandidates) {
  testing::Publisher publisher(loop_, ice_, {});
  std::optional<SessionDescription> offer;
  ASSERT_THAT(publisher.Start([&](const SessionDescription& ready) { offer = ready; }), IsOk());
  ASSERT_TRUE(loop_.RunUntil([&] { return offer.has_value(); }, 5s));
  media::SinkConfig sink{.id = "v",
                         .selector = media::KindSelector{.kind = MediaKind::kVideo},
                         .rtp_destination = *SocketAddress::Parse("127.0.0.1:6000")};
  const auto result = Await<AcceptOfferResult>([&](auto reply) {
    AcceptOffer(*host_, {.offer = *offer, .sinks = {sink}}, std::move(reply));
  });
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->gathering_complete);
  EXPECT_EQ(result->answer.type, SdpType::kAnswer);
  EXPECT_NE(result->answer.sdp.find("a=candidate:"), std::string::npos);
  EXPECT_EQ(result->sinks.size(), 1u);
  EXPECT_EQ(result->transceivers.size(), 2u);
  ASSERT_THAT(publisher.SetAnswer(result->answer), IsOk());
  EXPECT_TRUE(loop_.RunUntil([&] { return publisher.connected(); }, 30s));
}

// A publisher and the connection that accepted its offer, connected.
class ConnectedHostTest : public HostTest {
 protected:
  std::string Connect(testing::Publisher& publisher) {
    std::optional<SessionDescription> offer;
    EXPECT_THAT(publisher.Start([&](const SessionDescription& ready) { offer = ready; }), IsOk());
    EXPECT_TRUE(loop_.RunUntil([&] { return offer.has_value(); }, 5s));
    const auto result = Await<AcceptOfferResult>(
        [&](auto reply) { AcceptOffer(*host_, {.offer = *offer}, std::move(reply)); });
    EXPECT_THAT(result, IsOk());
    EXPECT_THAT(publisher.SetAnswer(result->answer), IsOk());
    EXPECT_TRUE(loop_.RunUntil([&] { return publisher.connected(); }, 30s));
    return result->info.id;
  }
};

TEST_F(HostTest, WhatNeverConnectsIsClosedInTheEnd) {
  Start({.never_connected_timeout = 20s});
  auto watcher = std::make_shared<RecordingWatcher>();
  ASSERT_THAT(host_->Watch({}, watcher), IsOk());
  const auto info = Create();
  ASSERT_THAT(info, IsOk());
  EXPECT_FALSE(loop_.RunUntil([&] { return host_->size() == 0; }, 19s));
  ASSERT_TRUE(loop_.RunUntil([&] { return host_->size() == 0; }, 2s));
  EXPECT_EQ(watcher->seen[info->id].closed, peerconnection::CloseReason::kNeverConnected);
}

TEST_F(HostTest, WithoutALimitItStays) {
  Start({.never_connected_timeout = 0s});
  ASSERT_THAT(Create(), IsOk());
  EXPECT_FALSE(loop_.RunUntil([&] { return host_->size() == 0; }, 600s));
}

TEST_F(ConnectedHostTest, WhatIsConnectedStays) {
  Start({.never_connected_timeout = 20s, .disconnected_timeout = 20s});
  testing::Publisher publisher(loop_, ice_, {});
  Connect(publisher);
  EXPECT_FALSE(loop_.RunUntil([&] { return host_->size() == 0; }, 120s));
}

TEST_F(ConnectedHostTest, WhatStaysDisconnectedIsClosed) {
  Start({.never_connected_timeout = 20s, .disconnected_timeout = 20s});
  testing::Publisher publisher(loop_, ice_, {});
  Connect(publisher);
  ice_.SetReachable(false);
  // Disconnected after 8 s, failed after 30 s; the clock runs from the first of them.
  EXPECT_FALSE(loop_.RunUntil([&] { return host_->size() == 0; }, 26s));
  EXPECT_TRUE(loop_.RunUntil([&] { return host_->size() == 0; }, 4s));
}

TEST_F(ConnectedHostTest, WhatComesBackInTimeStays) {
  Start({.disconnected_timeout = 20s});
  testing::Publisher publisher(loop_, ice_, {});
  Connect(publisher);
  ice_.SetReachable(false);
  EXPECT_FALSE(loop_.RunUntil([&] { return host_->size() == 0; }, 20s));
  ice_.SetReachable(true);
  EXPECT_FALSE(loop_.RunUntil([&] { return host_->size() == 0; }, 120s));
}

TEST_F(HostTest, TwoConnectionsNeverShareADestination) {
  const auto first = Create();
  const auto second = Create();
  const auto add = [&](const std::string& id) {
    return Await<media::SinkInfo>([&](auto reply) {
      host_->Call<media::SinkInfo>(
          id,
          [](PeerConnection& pc) {
            return pc.CreateSink({.selector = media::KindSelector{.kind = MediaKind::kVideo},
                                  .rtp_destination = *SocketAddress::Parse("127.0.0.1:6000")});
          },
          std::move(reply));
    });
  };
  ASSERT_THAT(add(first->id), IsOk());
  EXPECT_THAT(add(second->id), HasReason(ErrorReason::SINK_DESTINATION_IN_USE));
  ASSERT_THAT(Close(first->id), IsOk());
  EXPECT_THAT(add(second->id), IsOk());
}

TEST_F(HostTest, SinkWithoutIdGetsOne) {
  const auto info = Create();
  const auto sink = Await<media::SinkInfo>([&](auto reply) {
    host_->Call<media::SinkInfo>(
        info->id,
        [](PeerConnection& pc) {
          return pc.CreateSink({.selector = media::KindSelector{.kind = MediaKind::kVideo},
                                .rtp_destination = *SocketAddress::Parse("127.0.0.1:6000")});
        },
        std::move(reply));
  });
  ASSERT_THAT(sink, IsOk());
  EXPECT_THAT(sink->config.id, ::testing::MatchesRegex("sink-[a-z2-7]{12}"));
}

class AcceptOfferTracksTest : public HostTest {
 protected:
  // Of a connection with one video transceiver for each direction.
  SessionDescription Offer(std::vector<Direction> directions) {
    const std::string id = Create()->id;
    return *Await<SessionDescription>([&](auto reply) {
      host_->Call<SessionDescription>(
          id,
          [&](PeerConnection& pc) -> absl::StatusOr<SessionDescription> {
            for (const Direction direction : directions) {
              EXPECT_THAT(pc.AddTransceiver(MediaKind::kVideo, {.direction = direction}, ""),
                          IsOk());
            }
            return pc.CreateOffer({});
          },
          std::move(reply));
    });
  }
  static AcceptOfferTrack Track(const std::string& id) {
    return {.config = {.id = id, .kind = MediaKind::kVideo, .source = media::TestSourceConfig{}},
            .stream_ids = {"stream-" + id}};
  }
  absl::StatusOr<AcceptOfferResult> Accept(const SessionDescription& offer,
                                           std::vector<AcceptOfferTrack> tracks) {
    return Await<AcceptOfferResult>([&](auto reply) {
      AcceptOffer(*host_, {.offer = offer, .local_tracks = std::move(tracks)}, std::move(reply));
    });
  }
};

TEST_F(AcceptOfferTracksTest, AreSentOnTheFirstSectionsThatReceive) {
  const auto result =
      Accept(Offer({Direction::kSendOnly, Direction::kSendRecv, Direction::kInactive,
                    Direction::kRecvOnly, Direction::kSendRecv}),
             {Track("a"), Track("b")});
  ASSERT_THAT(result, IsOk());
  std::vector<std::string> sent;
  std::vector<Direction> directions;
  for (const jsep::Transceiver& transceiver : result->transceivers) {
    sent.push_back(transceiver.local_track_id);
    directions.push_back(transceiver.current_direction.value_or(Direction::kStopped));
  }
  EXPECT_THAT(sent, ::testing::ElementsAre("", "a", "", "b", ""));
  EXPECT_THAT(directions, ::testing::ElementsAre(Direction::kRecvOnly, Direction::kSendRecv,
                                                 Direction::kInactive, Direction::kSendOnly,
                                                 Direction::kRecvOnly));
  EXPECT_THAT(result->transceivers[3].sender_stream_ids, ::testing::ElementsAre("stream-b"));
  EXPECT_NE(result->answer.sdp.find("a=msid:stream-a "), std::string::npos);
}

TEST_F(AcceptOfferTracksTest, AreRefusedWhereNothingReceivesThem) {
  const size_t before = host_->size();
  const auto result =
      Accept(Offer({Direction::kRecvOnly, Direction::kSendOnly}), {Track("a"), Track("b")});
  EXPECT_THAT(result, HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_EQ(GetErrorDetail(result.status()).field, "local_tracks[1].kind");
  EXPECT_EQ(host_->size(), before + 1);  // The offerer alone.
}

TEST_F(HostTest, AcceptOfferThatFailsLeavesNothing) {
  const auto bad = Await<AcceptOfferResult>([&](auto reply) {
    AcceptOffer(*host_, {.offer = {.type = SdpType::kOffer, .sdp = "nonsense"}}, std::move(reply));
  });
  EXPECT_THAT(bad, HasReason(ErrorReason::INVALID_SDP));
  const auto answer = Await<AcceptOfferResult>([&](auto reply) {
    AcceptOffer(*host_, {.offer = {.type = SdpType::kAnswer}}, std::move(reply));
  });
  EXPECT_THAT(answer, HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_EQ(host_->size(), 0u);
}

// Calls that say which one of their caller they are.
class OrderedTest : public HostTest {
 protected:
  // Notes the number when its turn comes, or the reason why it does not.
  void Call(uint64_t number, bool chained = false) {
    host_->Visit(id_, {.chained = chained, .order = CallOrder{.caller = "a", .number = number}},
                 [this, number](absl::StatusOr<PeerConnection*> pc) {
                   seen_.push_back(pc.ok()
                                       ? std::to_string(number)
                                       : std::string(ErrorReasonName(GetErrorReason(pc.status()))));
                 });
    loop_.RunDue();
  }

  const std::string id_ = Create()->id;
  std::vector<std::string> seen_;
};

TEST_F(OrderedTest, HaveTheirTurnsByNumber) {
  for (const uint64_t number : {2, 1, 0, 3}) Call(number);
  EXPECT_THAT(seen_, ::testing::ElementsAre("0", "1", "2", "3"));
}

TEST_F(OrderedTest, WaitForOneThatNeverComesAndGoOnWithoutIt) {
  Call(1);
  loop_.RunFor(19s);
  Call(2);
  EXPECT_THAT(seen_, ::testing::IsEmpty());
  loop_.RunFor(1s);
  EXPECT_THAT(seen_, ::testing::ElementsAre("CALL_OUT_OF_ORDER", "2"));
  Call(0);
  Call(4);
  loop_.RunFor(10s);
  Call(3);
  loop_.RunFor(60s);
  EXPECT_THAT(seen_,
              ::testing::ElementsAre("CALL_OUT_OF_ORDER", "2", "CALL_OUT_OF_ORDER", "3", "4"));
}

TEST_F(OrderedTest, EndWithTheConnection) {
  Call(1);
  EXPECT_THAT(Close(id_), IsOk());
  loop_.RunDue();
  EXPECT_THAT(seen_, ::testing::ElementsAre("PEER_CONNECTION_CLOSED"));
  Call(0);
  EXPECT_THAT(seen_, ::testing::ElementsAre("PEER_CONNECTION_CLOSED", "PEER_CONNECTION_NOT_FOUND"));
  loop_.RunFor(60s);
}

TEST_F(OrderedTest, EndWithTheHost) {
  Call(1);
  bool done = false;
  host_->Shutdown([&done] { done = true; });
  EXPECT_TRUE(loop_.RunUntil([&done] { return done; }, 10s));
  EXPECT_THAT(seen_, ::testing::ElementsAre("PEER_CONNECTION_CLOSED"));
}

TEST_F(OrderedTest, OneThatWaitsInTheChainHoldsBackNegotiationNeeded) {
  testing::EventRecorder events;
  Call(1, /*chained=*/true);
  ASSERT_THAT(Await<Done>([&](auto reply) {
                host_->Call<Done>(
                    id_,
                    [&events](PeerConnection& pc) -> absl::StatusOr<Done> {
                      PCD_RETURN_IF_ERROR(pc.AttachWatcher(1, 0, events.Callback()));
                      PCD_RETURN_IF_ERROR(pc.AddTransceiver(MediaKind::kVideo, {}, "").status());
                      return Done{};
                    },
                    std::move(reply));
              }),
              IsOk());
  loop_.RunFor(1s);
  EXPECT_THAT(events.All<peerconnection::NegotiationNeededEvent>(), ::testing::IsEmpty());
  loop_.RunFor(20s);  // It fails, and leaves the chain.
  EXPECT_THAT(seen_, ::testing::ElementsAre("CALL_OUT_OF_ORDER"));
  EXPECT_THAT(events.All<peerconnection::NegotiationNeededEvent>(), ::testing::SizeIs(1));
  EXPECT_THAT(Close(id_), IsOk());
}

}  // namespace
}  // namespace pcd::host
