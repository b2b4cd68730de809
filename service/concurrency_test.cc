// Several callers of one connection at the same time: their calls are carried out one after
// the other, each sees one state, and a revision keeps two controllers from undoing each other.
#include <algorithm>
#include <barrier>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;
using DataStub = v1::DataChannelService::Stub;

// Each call of `caller` on a thread of its own, all let go at the same moment.
void Together(int callers, const std::function<void(int)>& caller) {
  std::barrier start(callers);
  std::vector<std::jthread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      caller(i);
    });
  }
}

size_t MediaSections(const std::string& sdp, const std::string& kind = "") {
  const std::string line = "\nm=" + kind;
  size_t count = 0;
  for (size_t at = sdp.find(line); at != std::string::npos; at = sdp.find(line, at + 1)) ++count;
  return count;
}

// Threading: any thread.
class ConcurrencyTest : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  grpc::Status Try(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response* response) {
    return ServiceHarness::Call(method, *service_.connections, request, response);
  }
  template <typename Request, typename Response>
  Response Must(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    Response response;
    const grpc::Status status = Try(method, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  template <typename Request>
  Request For() {
    Request request;
    request.set_peer_connection_id(id_);
    return request;
  }

  grpc::Status AddTransceiver(const std::string& transceiver_id, uint64_t revision = 0) {
    auto request = For<v1::AddTransceiverRequest>();
    request.set_kind(v1::MEDIA_KIND_AUDIO);
    request.set_transceiver_id(transceiver_id);
    request.set_revision(revision);
    v1::AddTransceiverResponse response;
    const grpc::Status status = Try(&Stub::AddTransceiver, request, &response);
    if (status.ok()) {
      EXPECT_EQ(response.transceiver().transceiver_id(), transceiver_id);
    }
    return status;
  }
  grpc::Status CreateChannel(const std::string& channel_id, uint64_t revision = 0) {
    auto request = For<v1::CreateDataChannelRequest>();
    request.set_data_channel_id(channel_id);
    request.mutable_init()->set_label(channel_id);
    request.set_revision(revision);
    v1::CreateDataChannelResponse response;
    return ServiceHarness::Call(&DataStub::CreateDataChannel, *service_.data, request, &response);
  }
  grpc::Status SetPoolSize(uint32_t size, uint64_t revision) {
    auto request = For<v1::SetConfigurationRequest>();
    request.mutable_configuration()->set_ice_candidate_pool_size(size);
    request.set_revision(revision);
    v1::SetConfigurationResponse response;
    return Try(&Stub::SetConfiguration, request, &response);
  }

  v1::PeerConnection Get() { return service_.Get(id_); }
  uint64_t Revision() { return Get().revision(); }
  std::vector<std::string> TransceiverIds() {
    std::vector<std::string> ids;
    const auto list = Must(&Stub::ListTransceivers, For<v1::ListTransceiversRequest>());
    for (const auto& transceiver : list.transceivers()) ids.push_back(transceiver.transceiver_id());
    return ids;
  }
  std::vector<std::string> ChannelIds() {
    v1::ListDataChannelsResponse response;
    const grpc::Status status = ServiceHarness::Call(&DataStub::ListDataChannels, *service_.data,
                                                     For<v1::ListDataChannelsRequest>(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> ids;
    for (const auto& channel : response.data_channels()) ids.push_back(channel.data_channel_id());
    return ids;
  }

  ServiceHarness service_;
  const std::string id_ = service_.Create("shared");
};

TEST_F(ConcurrencyTest, EveryChangeIsMadeOnceAndCounted) {
  constexpr int kCallers = 8;
  constexpr int kEach = 6;
  const uint64_t before = Revision();
  Together(kCallers, [this](int caller) {
    size_t seen = 0;
    for (int i = 0; i < kEach; ++i) {
      const std::string name = std::to_string(caller) + "-" + std::to_string(i);
      EXPECT_TRUE(AddTransceiver("t" + name).ok());
      EXPECT_TRUE(CreateChannel("c" + name).ok());
      // What this caller has been told of is there, and nothing goes away again.
      const std::vector<std::string> ids = TransceiverIds();
      EXPECT_EQ(std::count(ids.begin(), ids.end(), "t" + name), 1);
      EXPECT_GT(ids.size(), seen);
      seen = ids.size();
    }
  });
  EXPECT_EQ(Revision(), before + 2 * kCallers * kEach);
  const std::vector<std::string> transceivers = TransceiverIds();
  const std::vector<std::string> channels = ChannelIds();
  EXPECT_EQ(transceivers.size(), size_t{kCallers * kEach});
  EXPECT_EQ(std::set(transceivers.begin(), transceivers.end()).size(), transceivers.size());
  EXPECT_EQ(channels.size(), size_t{kCallers * kEach});
  EXPECT_EQ(std::set(channels.begin(), channels.end()).size(), channels.size());
}

TEST_F(ConcurrencyTest, OneIdIsGivenOnce) {
  constexpr int kCallers = 8;
  for (int round = 0; round < 20; ++round) {
    const std::string name = std::to_string(round);
    std::vector<grpc::Status> results(kCallers);
    Together(kCallers, [&](int caller) { results[caller] = AddTransceiver(name); });
    EXPECT_EQ(std::count_if(results.begin(), results.end(), [](const auto& r) { return r.ok(); }),
              1);
    for (const grpc::Status& result : results) {
      if (result.ok()) continue;
      EXPECT_EQ(result.error_code(), grpc::StatusCode::ALREADY_EXISTS);
    }
  }
  EXPECT_EQ(TransceiverIds().size(), 20u);
}

TEST_F(ConcurrencyTest, OfSeveralWithOneRevisionExactlyOneWinsAndTheStateIsItsOwn) {
  constexpr int kCallers = 3;  // One for each kind of change below.
  std::set<int> winners;
  uint32_t pool_size = 0;
  for (int round = 0; round < 40; ++round) {
    const std::string name = std::to_string(round);
    const uint64_t revision = Revision();
    const size_t transceivers = TransceiverIds().size(), channels = ChannelIds().size();
    std::vector<grpc::Status> results(kCallers);
    Together(kCallers, [&](int caller) {
      // Not always in the same order.
      switch ((caller + round) % kCallers) {
        case 0:
          results[0] = AddTransceiver(name, revision);
          break;
        case 1:
          results[1] = CreateChannel(name, revision);
          break;
        default:
          results[2] = SetPoolSize(pool_size + 1, revision);
      }
    });
    const v1::PeerConnection after = Get();
    EXPECT_EQ(after.revision(), revision + 1);
    int winner = -1;
    for (int i = 0; i < kCallers; ++i) {
      if (results[i].ok()) {
        EXPECT_EQ(winner, -1) << "a second winner in round " << round;
        winner = i;
        continue;
      }
      EXPECT_EQ(results[i].error_code(), grpc::StatusCode::ABORTED);
      EXPECT_EQ(Reason(results[i]), "STALE_REVISION");
      EXPECT_EQ(InfoOf(results[i]).metadata().at("revision"), std::to_string(revision + 1));
    }
    ASSERT_NE(winner, -1);
    winners.insert(winner);
    EXPECT_EQ(TransceiverIds().size(), transceivers + (winner == 0 ? 1 : 0));
    EXPECT_EQ(ChannelIds().size(), channels + (winner == 1 ? 1 : 0));
    if (winner == 2) ++pool_size;
    EXPECT_EQ(after.configuration().ice_candidate_pool_size(), pool_size);
  }
  EXPECT_GT(winners.size(), 1u) << "one kind of change won each round";
}

// What a revision is for: each reads, decides by what it read, and tries again when it was late.
TEST_F(ConcurrencyTest, ControllersThatDecideByWhatTheyReadLoseNoChange) {
  constexpr int kCallers = 6;
  constexpr int kEach = 8;
  Together(kCallers, [this](int) {
    for (int done = 0; done < kEach;) {
      const uint64_t revision = Revision();
      const std::string next = std::to_string(TransceiverIds().size());
      const grpc::Status status = AddTransceiver(next, revision);
      if (status.ok()) {
        ++done;
      } else {
        EXPECT_EQ(Reason(status), "STALE_REVISION");
      }
    }
  });
  const std::vector<std::string> ids = TransceiverIds();
  ASSERT_EQ(ids.size(), size_t{kCallers * kEach});
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], std::to_string(i));
}

// Revisions of a caller's successive answers, and of what changed something.
class Revisions {
 public:
  void Saw(uint64_t revision) {
    EXPECT_GE(revision, last_);
    last_ = revision;
  }
  void Made(uint64_t revision) {
    EXPECT_GT(revision, last_);
    last_ = revision;
    made_.push_back(revision);
  }
  const std::vector<uint64_t>& made() const { return made_; }

 private:
  uint64_t last_ = 0;
  std::vector<uint64_t> made_;
};

// The description and the state of one answer belong together.
void ExpectOneMoment(const v1::PeerConnection& pc) {
  const bool offered = pc.signaling_state() == v1::SIGNALING_STATE_HAVE_LOCAL_OFFER;
  EXPECT_EQ(pc.has_pending_local_description(), offered);
  EXPECT_EQ(pc.has_local_description(), offered);
  if (!offered) {
    EXPECT_EQ(pc.signaling_state(), v1::SIGNALING_STATE_STABLE);
  }
}

TEST_F(ConcurrencyTest, EachAnswerIsOfOneMoment) {
  constexpr int kRounds = 15;
  std::vector<Revisions> revisions(5);
  const auto negotiates = [&] {
    auto rollback = For<v1::SetLocalDescriptionRequest>();
    rollback.mutable_description()->set_type(v1::SDP_TYPE_ROLLBACK);
    for (int i = 0; i < kRounds; ++i) {
      const auto offered = Must(&Stub::SetLocalDescription, For<v1::SetLocalDescriptionRequest>());
      revisions[0].Made(offered.peer_connection().revision());
      ExpectOneMoment(offered.peer_connection());
      const std::string& sdp = offered.peer_connection().pending_local_description().sdp();
      EXPECT_EQ(MediaSections(sdp, "audio"), static_cast<size_t>(offered.transceivers_size()));
      const auto back = Must(&Stub::SetLocalDescription, rollback);
      revisions[0].Made(back.peer_connection().revision());
      EXPECT_EQ(back.peer_connection().signaling_state(), v1::SIGNALING_STATE_STABLE);
      ExpectOneMoment(back.peer_connection());
    }
  };
  const auto adds = [&] {
    for (int i = 0; i < 2 * kRounds; ++i) {
      EXPECT_TRUE(AddTransceiver("t" + std::to_string(i)).ok());
      EXPECT_TRUE(CreateChannel("c" + std::to_string(i)).ok());
      revisions[1].Saw(Revision());
    }
  };
  const auto offers = [&] {
    size_t sections = 0;
    for (int i = 0; i < 2 * kRounds; ++i) {
      const auto offer = Must(&Stub::CreateOffer, For<v1::CreateOfferRequest>()).description();
      EXPECT_GE(MediaSections(offer.sdp()), sections);
      sections = MediaSections(offer.sdp());
    }
  };
  const auto restarts = [&] {
    for (int i = 0; i < 2 * kRounds; ++i) {
      const auto restarted = Must(&Stub::RestartIce, For<v1::RestartIceRequest>());
      revisions[3].Made(restarted.peer_connection().revision());
      ExpectOneMoment(restarted.peer_connection());
    }
  };
  const auto reads = [&] {
    for (int i = 0; i < 4 * kRounds; ++i) {
      const v1::PeerConnection pc = Get();
      revisions[4].Saw(pc.revision());
      ExpectOneMoment(pc);
    }
  };
  const std::vector<std::function<void()>> callers = {negotiates, adds, offers, restarts, reads};
  Together(static_cast<int>(callers.size()), [&](int i) { callers[i](); });

  // Two changes never have the same revision.
  std::vector<uint64_t> made;
  for (const Revisions& of : revisions) made.insert(made.end(), of.made().begin(), of.made().end());
  EXPECT_EQ(made.size(), size_t{4 * kRounds});
  EXPECT_EQ(std::set(made.begin(), made.end()).size(), made.size());
  EXPECT_EQ(TransceiverIds().size(), size_t{2 * kRounds});
  EXPECT_EQ(ChannelIds().size(), size_t{2 * kRounds});
}

TEST_F(ConcurrencyTest, CallsThatMeetACloseAreCarriedOutOrFindNothing) {
  Together(6, [this](int caller) {
    if (caller == 0) {
      for (int i = 0; i < 3; ++i) EXPECT_TRUE(AddTransceiver("last" + std::to_string(i)).ok());
      EXPECT_TRUE(service_.Close(id_).ok());
      return;
    }
    for (int i = 0;; ++i) {
      const grpc::Status status = CreateChannel(std::to_string(caller) + "-" + std::to_string(i));
      if (status.ok() || Reason(status) == "LIMIT_EXCEEDED") continue;
      EXPECT_EQ(Reason(status), "PEER_CONNECTION_NOT_FOUND");
      return;
    }
  });
  v1::GetResponse response;
  EXPECT_EQ(Reason(Try(&Stub::Get, For<v1::GetRequest>(), &response)), "PEER_CONNECTION_NOT_FOUND");
}

}  // namespace
}  // namespace pcd::service
