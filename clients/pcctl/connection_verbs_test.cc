// create, get, list and close.
#include <nlohmann/json.hpp>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class ConnectionVerbsTest : public AppFixture {
 protected:
  void AddConnections(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      service_.state.connections.push_back(MakeConnection(id, {{"app", "demo"}}));
      service_.state.connections.back().mutable_create_time()->set_seconds(kNow - 90);
    }
  }
};

TEST_F(ConnectionVerbsTest, CreatePrintsTheIdAlone) {
  const RunResult result = Run({"create"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "made\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(ConnectionVerbsTest, CreatePassesLabelsAndSuffix) {
  Run({"create", "--label", "app=demo", "--suffix", "cam-1", "--label", "user=7"});
  ASSERT_EQ(service_.state.create_requests.size(), 1u);
  const auto& request = service_.state.create_requests[0];
  EXPECT_EQ(request.peer_connection_id_suffix(), "cam-1");
  EXPECT_EQ(request.labels().size(), 2u);
  EXPECT_EQ(request.labels().at("app"), "demo");
  EXPECT_EQ(request.labels().at("user"), "7");
}

TEST_F(ConnectionVerbsTest, CreatePrintsTheConnectionAsJson) {
  const Json json = Json::parse(Run({"create", "-o", "json"}).out);
  EXPECT_EQ(json["peerConnectionId"], "made");
  EXPECT_EQ(json["connectionState"], "PEER_CONNECTION_STATE_NEW");
}

TEST_F(ConnectionVerbsTest, GetShowsDetails) {
  AddConnections({"a"});
  const RunResult result = Run({"get", "a"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("ID               a\nLabels           app=demo\n"));
  EXPECT_THAT(result.out, HasSubstr("\nConnection       new\n"));
  EXPECT_EQ(Json::parse(Run({"get", "a", "-o", "json"}).out)["peerConnectionId"], "a");
}

TEST_F(ConnectionVerbsTest, GetOfSeveralShowsThoseFoundAndFails) {
  AddConnections({"a", "b"});
  const RunResult result = Run({"get", "a", "missing", "b"});
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.out, HasSubstr("\n\nID               b\n"));
  EXPECT_EQ(result.err,
            "Error: missing: NOT_FOUND (PEER_CONNECTION_NOT_FOUND): no connection has the id "
            "missing\n"
            "  domException: InvalidStateError\n"
            "Hint: It never existed or is closed; \"pcctl list\" shows those open.\n");
  const Json json = Json::parse(Run({"get", "a", "missing", "b", "-o", "json"}).out);
  EXPECT_EQ(json["peerConnections"].size(), 2u);
}

TEST_F(ConnectionVerbsTest, GetOfNothingFoundPrintsNothing) {
  const RunResult result = Run({"get", "missing", "-o", "json"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.out, "");
}

TEST_F(ConnectionVerbsTest, ListReadsAllPages) {
  AddConnections({"a", "bbbb", "c", "d", "e"});
  const RunResult result = Run({"list", "-l", "app=demo"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out,
            "ID    STATE  ICE  SIGNALING  AGE  LABELS\n"
            "a     new    new  stable     90s  app=demo\n"
            "bbbb  new    new  stable     90s  app=demo\n"
            "c     new    new  stable     90s  app=demo\n"
            "d     new    new  stable     90s  app=demo\n"
            "e     new    new  stable     90s  app=demo\n");
  ASSERT_EQ(service_.state.list_requests.size(), 3u);
  for (const auto& request : service_.state.list_requests) {
    EXPECT_EQ(request.label_selector(), "app=demo");
    EXPECT_EQ(request.page_size(), service_.state.list_requests[0].page_size());
  }
  EXPECT_EQ(Json::parse(Run({"list", "-o", "json"}).out)["peerConnections"].size(), 5u);
}

TEST_F(ConnectionVerbsTest, ListOfNothingIsNoError) {
  const RunResult table = Run({"list"});
  EXPECT_EQ(table.code, 0);
  EXPECT_EQ(table.out, "");
  EXPECT_EQ(table.err, "No connections.\n");
  EXPECT_EQ(Run({"list", "-ojson"}).out, "{\n  \"peerConnections\": []\n}\n");
}

TEST_F(ConnectionVerbsTest, ListThatFailsOnALaterPagePrintsNoPart) {
  AddConnections({"a", "b", "c"});
  service_.state.errors["List later page"] = {
      .code = 3, .reason = "STALE_PAGE_TOKEN", .message = "too old", .metadata = {}};
  const RunResult result = Run({"list"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "Error: INVALID_ARGUMENT (STALE_PAGE_TOKEN): too old\n");
}

TEST_F(ConnectionVerbsTest, CloseTriesAllAndReportsTheFirstFailure) {
  AddConnections({"a", "b"});
  const RunResult result = Run({"close", "a", "missing", "b"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.out, "a closed\nb closed\n");
  EXPECT_THAT(result.err, HasSubstr("Error: missing: NOT_FOUND"));
  EXPECT_TRUE(service_.state.connections.empty());
}

TEST_F(ConnectionVerbsTest, ClosePassesItsFlags) {
  AddConnections({"a", "b"});
  Run({"close", "a"});
  Run({"close", "--graceful", "-m", "done", "b"});
  ASSERT_EQ(service_.state.close_requests.size(), 2u);
  EXPECT_FALSE(service_.state.close_requests[0].graceful());
  EXPECT_EQ(service_.state.close_requests[0].message(), "");
  EXPECT_TRUE(service_.state.close_requests[1].graceful());
  EXPECT_EQ(service_.state.close_requests[1].message(), "done");
}

TEST_F(ConnectionVerbsTest, ClosePrintsJson) {
  AddConnections({"a", "b", "c"});
  EXPECT_EQ(Json::parse(Run({"close", "a", "-o", "json"}).out)["peerConnectionId"], "a");
  EXPECT_EQ(Json::parse(Run({"close", "b", "c", "-o", "json"}).out)["peerConnections"].size(), 2u);
}

}  // namespace
}  // namespace pcd::pcctl
