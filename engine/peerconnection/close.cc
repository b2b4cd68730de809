// The end of a connection, step by step (close_sequence.h).
#include "engine/peerconnection/close_sequence.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

void PeerConnection::Close(const CloseParams& params) {
  if (closed_) return;
  close_reason_ = params.reason;
  close_message_ = params.message;
  for (const CloseStepName& step : kCloseSequence) RunCloseStep(step.step);
}

void PeerConnection::RunCloseStep(CloseStep step) {
  switch (step) {
    case CloseStep::kStreams:
      streams_.CloseAll();
      break;
    case CloseStep::kChannels:
      channels_.CloseAll();
      break;
    case CloseStep::kAssociation:
      EndAssociation();
      break;
    case CloseStep::kMedia:
      if (closing_) media_.FlushSinks();
      sending_.Close();
      media_.Close();
      break;
    case CloseStep::kTransports:
      for (const auto& slot : transports_) {
        slot->transport->Flush();
        slot->transport->Close();
      }
      break;
    case CloseStep::kSession:
      session_.Close();
      break;
    case CloseStep::kClosedEvent:
      FinishClose();
      break;
    case CloseStep::kWaiters:
      RunWaiters();
      break;
  }
}

void PeerConnection::FinishClose() {
  closed_ = true;
  timer_->Set(kNever);
  signaling_state_ = SignalingState::kClosed;
  ice_state_ = IceConnectionState::kClosed;
  connection_state_ = ConnectionState::kClosed;
  Emit(ClosedEvent{.reason = close_reason_, .message = close_message_});
  watchers_.clear();
}

}  // namespace pcd::peerconnection
