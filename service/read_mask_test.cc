#include "service/read_mask.h"

#include <gtest/gtest.h>

#include "peerconnection/v1/peer_connection.pb.h"
#include "service/contract.h"

namespace pcd::service {
namespace {

v1::PeerConnection Connection() {
  v1::PeerConnection connection;
  connection.set_peer_connection_id("id");
  connection.set_revision(3);
  connection.mutable_local_description()->set_sdp("v=0");
  connection.mutable_local_description()->set_type(v1::SDP_TYPE_OFFER);
  connection.add_ice_transports()->set_transport_id("T0");
  return connection;
}

google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
  google::protobuf::FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

TEST(ReadMask, LeavesWhatItNames) {
  v1::PeerConnection connection = Connection();
  const auto mask = Mask({"revision", "local_description.type", "ice_transports"});
  ASSERT_TRUE(CheckReadMask<v1::PeerConnection>(mask).ok());
  ApplyReadMask(mask, connection);
  v1::PeerConnection expected;
  expected.set_revision(3);
  expected.mutable_local_description()->set_type(v1::SDP_TYPE_OFFER);
  expected.add_ice_transports()->set_transport_id("T0");
  EXPECT_EQ(connection.SerializeAsString(), expected.SerializeAsString());
}

TEST(ReadMask, WithoutPathsOrWithAStarLeavesEverything) {
  for (const auto& mask : {Mask({}), Mask({"revision", "*"})}) {
    v1::PeerConnection connection = Connection();
    ASSERT_TRUE(CheckReadMask<v1::PeerConnection>(mask).ok());
    ApplyReadMask(mask, connection);
    EXPECT_EQ(connection.SerializeAsString(), Connection().SerializeAsString());
  }
}

TEST(ReadMask, AnUnknownPathIsRefused) {
  for (const char* path : {"", "nothing", "revision.x", "ice_transports.transport_id", "labels.a",
                           "local_description.nothing", "revision,peer_connection_id"}) {
    const absl::Status status = CheckReadMask<v1::PeerConnection>(Mask({path}));
    EXPECT_EQ(GetErrorReason(status), ErrorReason::INVALID_ARGUMENT) << path;
    EXPECT_EQ(GetErrorDetail(status).field, "read_mask");
  }
  google::protobuf::FieldMask many;
  for (int i = 0; i <= kMaxMaskPaths; ++i) many.add_paths("revision");
  EXPECT_FALSE(CheckReadMask<v1::PeerConnection>(many).ok());
}

}  // namespace
}  // namespace pcd::service
