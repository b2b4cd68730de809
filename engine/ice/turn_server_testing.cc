#include "engine/ice/turn_server_testing.h"

#include <cstring>

namespace pcd::ice {

TurnServer::TurnServer(net::Loop& loop, const std::string& relayed)
    : answers(*SocketAddress::Parse(relayed)), loop_(loop) {
  socket_ = loop.OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
  socket_->SetHandler(this);
}

void TurnServer::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) {
  for (size_t i = 0; i < packets.size(); ++i) {
    std::vector<uint8_t> answer = answers.Answer(packets[i]->bytes(), sources[i]);
    if (answer.empty()) continue;
    if (on_held_ && TurnAnswers::GivesAnAddress(answer)) {
      held_.emplace_back(std::move(answer), sources[i]);
      on_held_();
    } else {
      Send(answer, sources[i]);
    }
  }
}

void TurnServer::Release() {
  for (const auto& [bytes, destination] : held_) Send(bytes, destination);
  held_.clear();
}

void TurnServer::Send(const std::vector<uint8_t>& bytes, const SocketAddress& destination) {
  PacketPtr packet = loop_.packets().Get();
  std::memcpy(packet->data(), bytes.data(), bytes.size());
  packet->set_size(bytes.size());
  socket_->Queue(std::move(packet), destination);
}

}  // namespace pcd::ice
