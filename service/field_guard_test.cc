#include "service/field_guard.h"

#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "peerconnection/v1/lifecycle_messages.pb.h"
#include "peerconnection/v1/sink_messages.pb.h"
#include "peerconnection/v1/track.pb.h"

namespace pcd::service {
namespace {

namespace v1 = ::peerconnection::v1;

std::string RefusedField(const absl::Status& status) {
  if (status.ok()) return "";
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(GetErrorReason(status), ErrorReason::FIELD_NOT_IMPLEMENTED);
  EXPECT_EQ(GetErrorDetail(status).dom_exception, "NotSupportedError");
  return GetErrorDetail(status).field;
}

TEST(FieldGuard, AnEmptyRequestPasses) { EXPECT_TRUE(CheckFields(v1::CreateRequest(), {}).ok()); }

TEST(FieldGuard, AListedFieldPasses) {
  v1::CloseRequest request;
  request.set_peer_connection_id("x");
  EXPECT_TRUE(CheckFields(request, {"peer_connection_id"}).ok());
}

TEST(FieldGuard, AFieldThatIsNotListedIsRefusedByName) {
  v1::CloseRequest request;
  request.set_peer_connection_id("x");
  request.set_request_id("y");
  EXPECT_EQ(RefusedField(CheckFields(request, {"peer_connection_id"})), "request_id");
  EXPECT_TRUE(CheckFields(request, {"peer_connection_id"}, {"request_id"}).ok());
}

TEST(FieldGuard, ANestedFieldIsRefusedByItsPathAndIndex) {
  v1::CreateRequest request;
  request.mutable_configuration()->add_ice_servers()->add_urls("stun:x");
  request.mutable_configuration()->add_ice_servers()->set_username("u");
  EXPECT_EQ(RefusedField(CheckFields(request, {"configuration.ice_servers.urls"})),
            "configuration.ice_servers[1].username");
}

TEST(FieldGuard, AListedMessageIsAcceptedWhole) {
  v1::CreateRequest request;
  request.mutable_configuration()->add_ice_servers()->set_username("u");
  EXPECT_TRUE(CheckFields(request, {"configuration.ice_servers"}).ok());
}

TEST(FieldGuard, AnEmptyMessageOfWhichPartsAreListedPasses) {
  v1::CreateRequest request;
  request.mutable_configuration();
  EXPECT_TRUE(CheckFields(request, {"configuration.bundle_policy"}).ok());
  EXPECT_EQ(RefusedField(CheckFields(request, {"labels"})), "configuration");
}

TEST(FieldGuard, AListedNameDoesNotAcceptALongerOne) {
  v1::UpdateSinkRequest request;
  request.set_sink_id("x");
  EXPECT_EQ(RefusedField(CheckFields(request, {"sink"})), "sink_id");
}

TEST(FieldGuard, MapsAreAcceptedWhole) {
  v1::CreateRequest request;
  (*request.mutable_labels())["a"] = "b";
  EXPECT_TRUE(CheckFields(request, {"labels"}).ok());
  EXPECT_EQ(RefusedField(CheckFields(request, {})), "labels");
}

TEST(FieldGuard, AnOptionalFieldSetToItsDefaultCountsAsSet) {
  v1::CreateSinkRequest request;
  request.mutable_spec()->set_ssrc(0);
  EXPECT_EQ(RefusedField(CheckFields(request, {"spec.paused"})), "spec.ssrc");
}

TEST(FieldGuard, AFieldOfALaterContractIsRefusedByNumber) {
  v1::CloseRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(77, 1);
  EXPECT_EQ(RefusedField(CheckFields(request, {})), "#77");
}

TEST(FieldGuard, AnAcceptedMessageHidesNoFieldOfALaterContract) {
  v1::CreateRequest request;
  request.mutable_configuration()->add_ice_servers()->set_username("u");
  v1::IceServer& second = *request.mutable_configuration()->add_ice_servers();
  second.GetReflection()->MutableUnknownFields(&second)->AddVarint(77, 1);
  EXPECT_EQ(RefusedField(CheckFields(request, {"configuration.ice_servers"})),
            "configuration.ice_servers[1].#77");
  EXPECT_EQ(RefusedField(CheckFields(request, {"configuration"})),
            "configuration.ice_servers[1].#77");
}

TEST(FieldGuard, AnAcceptedSingleMessageHidesNoFieldOfALaterContract) {
  v1::CreateSinkRequest request;
  v1::TransportAddress& destination = *request.mutable_spec()->mutable_destination();
  destination.GetReflection()->MutableUnknownFields(&destination)->AddVarint(78, 1);
  EXPECT_EQ(RefusedField(CheckFields(request, {"spec.destination"})), "spec.destination.#78");
}

}  // namespace
}  // namespace pcd::service
