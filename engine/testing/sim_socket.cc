#include "engine/testing/sim_socket.h"

#include <algorithm>

namespace pcd::testing {

SimSocket::SimSocket(SimLoop& loop, const SocketAddress& local,
                     const net::DatagramSocketOptions& options)
    : loop_(loop), local_(local), connected_(options.connect), remote_(options.remote) {}

SimSocket::~SimSocket() {
  loop_.network_.Unbind(local_);
  loop_.flushes_.Remove(this);
  std::replace(loop_.readable_.begin(), loop_.readable_.end(), this,
               static_cast<SimSocket*>(nullptr));
}

void SimSocket::Queue(PacketPtr packet) {
  if (connected_) return Queue(std::move(packet), remote_);
  ++counters_.send_drops;
}

void SimSocket::Queue(PacketPtr packet, const SocketAddress& destination) {
  sending_.push_back({std::move(packet), destination});
  loop_.flushes_.Add(this);
}

void SimSocket::Flush() {
  for (const Queued& queued : sending_) {
    loop_.network_.Send(local_, queued.destination, queued.packet->bytes());
    ++counters_.packets_sent;
    counters_.bytes_sent += queued.packet->size();
  }
  sending_.clear();
}

void SimSocket::Arrive(const SocketAddress& source, ByteSpan bytes) {
  if (connected_ && source != remote_) return;
  PacketPtr packet = loop_.packets_.CopyOf(bytes);
  if (packet == nullptr) {
    ++counters_.receive_drops;
    return;
  }
  packet->arrival = loop_.Now();
  ++counters_.packets_received;
  counters_.bytes_received += bytes.size();
  arrived_.emplace_back(source, std::move(packet));
  if (!std::exchange(readable_, true)) loop_.readable_.push_back(this);
}

void SimSocket::Deliver() {
  readable_ = false;
  std::vector<PacketPtr> packets;
  std::vector<SocketAddress> sources;
  while (!arrived_.empty() && packets.size() < kBatch) {
    sources.push_back(arrived_.front().first);
    packets.push_back(std::move(arrived_.front().second));
    arrived_.pop_front();
  }
  more_may_wait_ = packets.size() == kBatch;
  if (!arrived_.empty()) {
    readable_ = true;
    loop_.readable_.push_back(this);
  }
  if (handler_ != nullptr) handler_->OnDatagrams(packets, sources);
}

}  // namespace pcd::testing
