// PeerConnectionService of the contract over engine/host.
#ifndef SERVICE_PEER_CONNECTION_SERVICE_H_
#define SERVICE_PEER_CONNECTION_SERVICE_H_

#include "peerconnection/v1/peer_connection_service.grpc.pb.h"
#include "service/calls.h"
#include "service/contract.h"
#include "service/not_implemented.h"

namespace pcd::service {

// Threading: gRPC calls methods from its own threads; each posts to a loop and returns.
class PeerConnectionService final : public v1::PeerConnectionService::CallbackService {
 public:
  explicit PeerConnectionService(const Calls& calls) : calls_(calls) {}

  // lifecycle_methods.cc
  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const v1::CreateRequest* request,
                                   v1::CreateResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetRequest* request,
                                v1::GetResponse* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListRequest* request,
                                 v1::ListResponse* response) override;
  grpc::ServerUnaryReactor* Close(grpc::CallbackServerContext* context,
                                  const v1::CloseRequest* request,
                                  v1::CloseResponse* response) override;
  grpc::ServerUnaryReactor* AcceptOffer(grpc::CallbackServerContext* context,
                                        const v1::AcceptOfferRequest* request,
                                        v1::AcceptOfferResponse* response) override;

  // negotiation_methods.cc
  grpc::ServerUnaryReactor* CreateOffer(grpc::CallbackServerContext* context,
                                        const v1::CreateOfferRequest* request,
                                        v1::CreateOfferResponse* response) override;
  grpc::ServerUnaryReactor* CreateAnswer(grpc::CallbackServerContext* context,
                                         const v1::CreateAnswerRequest* request,
                                         v1::CreateAnswerResponse* response) override;
  grpc::ServerUnaryReactor* SetLocalDescription(grpc::CallbackServerContext* context,
                                                const v1::SetLocalDescriptionRequest* request,
                                                v1::SetLocalDescriptionResponse* response) override;
  grpc::ServerUnaryReactor* SetRemoteDescription(
      grpc::CallbackServerContext* context, const v1::SetRemoteDescriptionRequest* request,
      v1::SetRemoteDescriptionResponse* response) override;
  grpc::ServerUnaryReactor* AddIceCandidate(grpc::CallbackServerContext* context,
                                            const v1::AddIceCandidateRequest* request,
                                            v1::AddIceCandidateResponse* response) override;
  grpc::ServerUnaryReactor* AddTransceiver(grpc::CallbackServerContext* context,
                                           const v1::AddTransceiverRequest* request,
                                           v1::AddTransceiverResponse* response) override;
  grpc::ServerUnaryReactor* ListTransceivers(grpc::CallbackServerContext* context,
                                             const v1::ListTransceiversRequest* request,
                                             v1::ListTransceiversResponse* response) override;
  grpc::ServerUnaryReactor* RestartIce(grpc::CallbackServerContext* context,
                                       const v1::RestartIceRequest* request,
                                       v1::RestartIceResponse* response) override;
  grpc::ServerUnaryReactor* Negotiate(grpc::CallbackServerContext* context,
                                      const v1::NegotiateRequest* request,
                                      v1::NegotiateResponse* response) override;
  grpc::ServerUnaryReactor* ExplainNegotiation(grpc::CallbackServerContext* context,
                                               const v1::ExplainNegotiationRequest* request,
                                               v1::ExplainNegotiationResponse* response) override;
  grpc::ServerUnaryReactor* GetStats(grpc::CallbackServerContext* context,
                                     const v1::GetStatsRequest* request,
                                     v1::GetStatsResponse* response) override;

  // certificate_methods.cc
  grpc::ServerUnaryReactor* GenerateCertificate(grpc::CallbackServerContext* context,
                                                const v1::GenerateCertificateRequest* request,
                                                v1::GenerateCertificateResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCertificate(grpc::CallbackServerContext* context,
                                              const v1::DeleteCertificateRequest* request,
                                              v1::DeleteCertificateResponse* response) override;

  // configuration_methods.cc
  grpc::ServerUnaryReactor* GetConfiguration(grpc::CallbackServerContext* context,
                                             const v1::GetConfigurationRequest* request,
                                             v1::GetConfigurationResponse* response) override;
  grpc::ServerUnaryReactor* SetConfiguration(grpc::CallbackServerContext* context,
                                             const v1::SetConfigurationRequest* request,
                                             v1::SetConfigurationResponse* response) override;

  // sender_methods.cc
  grpc::ServerUnaryReactor* AddTrack(grpc::CallbackServerContext* context,
                                     const v1::AddTrackRequest* request,
                                     v1::AddTrackResponse* response) override;
  grpc::ServerUnaryReactor* ReplaceTrack(grpc::CallbackServerContext* context,
                                         const v1::ReplaceTrackRequest* request,
                                         v1::ReplaceTrackResponse* response) override;
  grpc::ServerUnaryReactor* GetSenderParameters(grpc::CallbackServerContext* context,
                                                const v1::GetSenderParametersRequest* request,
                                                v1::GetSenderParametersResponse* response) override;
  grpc::ServerUnaryReactor* SetSenderParameters(grpc::CallbackServerContext* context,
                                                const v1::SetSenderParametersRequest* request,
                                                v1::SetSenderParametersResponse* response) override;
  grpc::ServerUnaryReactor* GetReceiverParameters(
      grpc::CallbackServerContext* context, const v1::GetReceiverParametersRequest* request,
      v1::GetReceiverParametersResponse* response) override;
  grpc::ServerUnaryReactor* ListReceiverSources(grpc::CallbackServerContext* context,
                                                const v1::ListReceiverSourcesRequest* request,
                                                v1::ListReceiverSourcesResponse* response) override;
  grpc::ServerUnaryReactor* InsertDtmf(grpc::CallbackServerContext* context,
                                       const v1::InsertDtmfRequest* request,
                                       v1::InsertDtmfResponse* response) override;
  grpc::ServerUnaryReactor* WriteRtcp(grpc::CallbackServerContext* context,
                                      const v1::WriteRtcpRequest* request,
                                      v1::WriteRtcpResponse* response) override;

  // transceiver_methods.cc
  grpc::ServerUnaryReactor* RemoveTrack(grpc::CallbackServerContext* context,
                                        const v1::RemoveTrackRequest* request,
                                        v1::RemoveTrackResponse* response) override;
  grpc::ServerUnaryReactor* SetTransceiverDirection(
      grpc::CallbackServerContext* context, const v1::SetTransceiverDirectionRequest* request,
      v1::SetTransceiverDirectionResponse* response) override;
  grpc::ServerUnaryReactor* StopTransceiver(grpc::CallbackServerContext* context,
                                            const v1::StopTransceiverRequest* request,
                                            v1::StopTransceiverResponse* response) override;
  grpc::ServerUnaryReactor* SetCodecPreferences(grpc::CallbackServerContext* context,
                                                const v1::SetCodecPreferencesRequest* request,
                                                v1::SetCodecPreferencesResponse* response) override;
  grpc::ServerUnaryReactor* ListSenders(grpc::CallbackServerContext* context,
                                        const v1::ListSendersRequest* request,
                                        v1::ListSendersResponse* response) override;
  grpc::ServerUnaryReactor* ListReceivers(grpc::CallbackServerContext* context,
                                          const v1::ListReceiversRequest* request,
                                          v1::ListReceiversResponse* response) override;
  grpc::ServerUnaryReactor* SetSenderStreams(grpc::CallbackServerContext* context,
                                             const v1::SetSenderStreamsRequest* request,
                                             v1::SetSenderStreamsResponse* response) override;
  grpc::ServerUnaryReactor* GetCapabilities(grpc::CallbackServerContext* context,
                                            const v1::GetCapabilitiesRequest* request,
                                            v1::GetCapabilitiesResponse* response) override;

  PCD_NOT_IMPLEMENTED_UNARY(CreateLease)
  PCD_NOT_IMPLEMENTED_UNARY(GetLease)
  PCD_NOT_IMPLEMENTED_UNARY(KeepAliveLease)
  PCD_NOT_IMPLEMENTED_UNARY(TakeOverLease)
  PCD_NOT_IMPLEMENTED_UNARY(ReleaseLease)
  PCD_NOT_IMPLEMENTED_UNARY(AssignLease)

 private:
  const Calls calls_;
};

}  // namespace pcd::service

#endif  // SERVICE_PEER_CONNECTION_SERVICE_H_
