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
      CloseAssociation();
      break;
    case CloseStep::kMedia:
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
    case CloseStep::kWaiters:
      closed_ = true;
      timer_->Set(kNever);
      RunWaiters();
      break;
    case CloseStep::kClosedEvent:
      FinishClose();
      break;
  }
}

void PeerConnection::CloseAssociation() {
  if (association_ == nullptr) return;
  association_->Abort();
  transport::Transport& transport = *transports_[data_section_->transport_index]->transport;
  while (const auto packet = association_->PollOutput()) transport.SendData(*packet);
  channels_.DetachAssociation();
  association_.reset();
  sctp_state_ = SctpState::kClosed;
}

void PeerConnection::FinishClose() {
  signaling_state_ = SignalingState::kClosed;
  ice_state_ = IceConnectionState::kClosed;
  connection_state_ = ConnectionState::kClosed;
  Emit(ClosedEvent{.reason = close_reason_, .message = close_message_});
  watchers_.clear();
}

}  // namespace pcd::peerconnection
