#include "engine/ice/turn/turn_server_testing.h"

#include <cstring>

namespace pcd::ice {

TurnServer::TurnServer(net::Loop& loop, const std::string& relayed, bool tcp)
    : answers(*SocketAddress::Parse(relayed)), loop_(loop) {
  if (tcp) {
    listener_ = std::make_unique<TurnListener>(
        loop,
        [this](ByteSpan message, const SocketAddress& source) { OnMessage(message, source); });
    return;
  }
  socket_ = loop.OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
  socket_->SetHandler(this);
}

std::string TurnServer::url() const {
  if (listener_ == nullptr) return "turn:" + socket_->local_address().ToString();
  return "turn:" + listener_->address().ToString() + "?transport=tcp";
}

void TurnServer::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) {
  for (size_t i = 0; i < packets.size(); ++i) OnMessage(packets[i]->bytes(), sources[i]);
}

void TurnServer::OnMessage(ByteSpan message, const SocketAddress& source) {
  std::vector<uint8_t> answer = answers.Answer(message, source);
  if (answer.empty()) return;
  if (on_held_ && TurnAnswers::GivesAnAddress(answer)) {
    held_.emplace_back(std::move(answer), source);
    on_held_();
  } else {
    Send(answer, source);
  }
}

void TurnServer::Release() {
  for (const auto& [bytes, destination] : held_) Send(bytes, destination);
  held_.clear();
}

void TurnServer::Send(const std::vector<uint8_t>& bytes, const SocketAddress& destination) {
  if (listener_ != nullptr) {
    listener_->Send(bytes, destination);
    return;
  }
  PacketPtr packet = loop_.packets().Get();
  std::memcpy(packet->data(), bytes.data(), bytes.size());
  packet->set_size(bytes.size());
  socket_->Queue(std::move(packet), destination);
}

}  // namespace pcd::ice
