// One DataChannelService.Stream: messages of one channel or of all, with credits both ways.
#ifndef SERVICE_DATA_STREAM_REACTOR_H_
#define SERVICE_DATA_STREAM_REACTOR_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/host/host.h"
#include "engine/peerconnection/data_streams.h"
#include "peerconnection/v1/data_channel_service.pb.h"
#include "service/contract.h"
#include "service/receive_window.h"
#include "service/stream_cap.h"
#include "service/write_queue.h"

namespace pcd::service {

// The next message of the caller is read when the one before has been dealt with on the loop,
// so a caller is never ahead by more than one message and gRPC's own window. Towards the
// caller the ReceiveWindow keeps the queue short.
//
// Threading: gRPC threads and the connection's loop; the members are marked. Lives until
// OnDone and the last task of its own has run.
class DataStreamReactor final
    : public grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse>,
      public std::enable_shared_from_this<DataStreamReactor>,
      private WriteTarget<v1::StreamResponse> {
 public:
  // Returns what gRPC wants. `host` outlives the stream.
  static grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse>* Start(
      host::Host& host, StreamCap::Permit permit);

  DataStreamReactor(host::Host& host, StreamCap::Permit permit);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  using Response = v1::StreamResponse;

  // Any thread.
  void ReadNext();
  // On a gRPC thread.
  void HandleRequest();
  void HandleOpen();
  void Fail(const absl::Status& status);
  void Push(Response response);
  void PassCreditOn(uint64_t credit);
  void Detach();

  // On the loop.
  void Attach(host::PeerConnection& pc);
  void SendMessage(host::PeerConnection& pc);
  void OnItem(peerconnection::StreamItem item);

  void StartWriteOf(const Response& response) override;
  void FinishWith(const grpc::Status& status) override;

  host::Host& host_;
  const StreamCap::Permit permit_;
  std::shared_ptr<DataStreamReactor> self_;  // Until OnDone.
  WriteQueue<Response> queue_;
  ReceiveWindow window_;
  v1::StreamRequest request_;       // Belongs to the reading side: gRPC, then whoever handles it.
  std::string peer_connection_id_;  // Set once by HandleOpen, before the first task.
  uint64_t message_number_ = 0;     // Of the reading side.
  uint64_t write_cost_ = 0;         // Of the write in flight.
  std::optional<peerconnection::StreamId> stream_id_;  // Of the loop.
  bool detached_ = false;                              // Of the loop.
  // gRPC takes no read after the end, and the end may come while the loop asks for the next.
  // It never calls back from within either, so the lock may be held.
  std::mutex finish_mutex_;
  bool finished_ = false;  // Guarded by finish_mutex_.
};

}  // namespace pcd::service

#endif  // SERVICE_DATA_STREAM_REACTOR_H_
