#include "engine/media/media_session.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/media/media_session_impl.h"

namespace pcd::media {

MediaSession::MediaSession(net::Loop& loop, RtcpSender& rtcp_sender,
                           const net::AddressPolicy& policy, net::DestinationClaims& claims,
                           const Limits& limits, MediaSessionOptions options)
    : impl_(std::make_unique<Impl>(loop, rtcp_sender, policy, claims, limits, std::move(options))) {
}

MediaSession::~MediaSession() = default;

void MediaSession::SetReceivers(std::vector<ReceiveParameters> receivers) {
  impl_->SetReceivers(std::move(receivers));
}

void MediaSession::SetTracks(std::vector<TrackBinding> tracks) {
  impl_->SetTracks(std::move(tracks));
}

void MediaSession::OnRtp(size_t transport_index, std::span<PacketPtr> packets) {
  impl_->OnRtp(transport_index, packets);
}

void MediaSession::OnRtcp(size_t transport_index, std::span<PacketPtr> packets) {
  impl_->OnRtcp(transport_index, packets);
}

absl::Status MediaSession::CreateSink(const SinkConfig& config) {
  if (impl_->closed()) return InvalidState("the session is closed");
  PCD_RETURN_IF_ERROR(impl_->sinks().Create(config));
  impl_->SettleSinks();
  return absl::OkStatus();
}

absl::Status MediaSession::UpdateSink(const std::string& id, const SinkUpdate& update) {
  if (impl_->closed()) return InvalidState("the session is closed");
  PCD_RETURN_IF_ERROR(impl_->sinks().Update(id, update));
  impl_->SettleSinks();
  return absl::OkStatus();
}

absl::Status MediaSession::DeleteSink(const std::string& id) { return impl_->sinks().Delete(id); }

absl::StatusOr<SinkInfo> MediaSession::GetSink(const std::string& id) const {
  PCD_ASSIGN_OR_RETURN(const Sink* sink, impl_->sinks().Find(id));
  return sink->Info();
}

std::vector<SinkInfo> MediaSession::ListSinks() const {
  std::vector<SinkInfo> infos;
  for (const auto& sink : impl_->sinks().all()) infos.push_back(sink->Info());
  return infos;
}

absl::StatusOr<std::string> MediaSession::GetSinkSdp(std::span<const std::string> ids) const {
  return impl_->sinks().MakeSdp(ids);
}

absl::StatusOr<std::string> MediaSession::GetSinkSdp(const std::string& id) const {
  return impl_->sinks().MakeSdp({&id, 1});
}

absl::StatusOr<bool> MediaSession::RequestKeyFrame(const TrackSelector& track,
                                                   const std::string& rid) {
  Section* section = impl_->FindSection(track);
  if (section == nullptr) {
    return MakeError(absl::StatusCode::kNotFound, ErrorReason::TRACK_NOT_FOUND,
                     "no negotiated track fits the selector");
  }
  return impl_->RequestKeyFrame(section, rid);
}

absl::StatusOr<bool> MediaSession::RequestKeyFrameOfSink(const std::string& id,
                                                         const std::string& rid) {
  PCD_ASSIGN_OR_RETURN(const Sink* sink, impl_->sinks().Find(id));
  if (sink->section() == nullptr) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::SINK_NOT_NEGOTIATED,
                     "the track of sink " + id + " is not negotiated");
  }
  return impl_->RequestKeyFrameOfSink(*sink, rid);
}

bool MediaSession::IsMuted(const std::string& mid) const { return impl_->IsMuted(mid); }

std::optional<MediaEvent> MediaSession::PollEvent() { return impl_->PollEvent(); }
void MediaSession::HandleTimeout(Timestamp now) { impl_->HandleTimeout(now); }
Timestamp MediaSession::NextDeadline() const { return impl_->NextDeadline(); }
MediaStats MediaSession::GetStats() const { return impl_->GetStats(); }
std::vector<TrackLayer> MediaSession::GetLayers(const std::string& mid) const {
  return impl_->GetLayers(mid);
}
RtpSources MediaSession::GetSources(const std::string& mid) const { return impl_->GetSources(mid); }
const DropCounters& MediaSession::drops() const { return impl_->drops(); }
void MediaSession::FlushSinks() { impl_->FlushSinks(); }
void MediaSession::Close() { impl_->Close(); }

}  // namespace pcd::media
