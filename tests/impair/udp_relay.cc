#include "tests/impair/udp_relay.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/testing/impaired_pipe.h"

namespace pcd::impair {
namespace {

// Room for a burst that a capped link keeps waiting anyway.
constexpr int kBufferBytes = 1 << 20;

void Add(const testing::ImpairmentModel::Counters& from, testing::ImpairmentModel::Counters& to) {
  to.offered += from.offered;
  to.delivered += from.delivered;
  to.lost += from.lost;
  to.queue_full += from.queue_full;
  to.blacked_out += from.blacked_out;
  to.duplicated += from.duplicated;
  to.reordered += from.reordered;
}

}  // namespace

// One sender on the front side. Threading: as UdpRelay.
class UdpRelay::Client : public net::DatagramHandler {
 public:
  Client(net::Loop& loop, const RelayOptions& options, SocketAddress address, uint64_t seed,
         net::DatagramSocket& front, std::unique_ptr<net::DatagramSocket> back)
      : address_(address),
        back_(std::move(back)),
        up_(loop, options.up, seed,
            [&loop, this](ByteSpan packet) { back_->Queue(loop.packets().CopyOf(packet)); }),
        down_(loop, options.down, seed ^ 0x9E3779B97F4A7C15,
              [&loop, &front, this](ByteSpan packet) {
                front.Queue(loop.packets().CopyOf(packet), address_);
              }) {
    back_->SetHandler(this);
  }

  void Rebind(std::unique_ptr<net::DatagramSocket> back) {
    back_ = std::move(back);
    back_->SetHandler(this);
  }

  const SocketAddress& address() const { return address_; }
  testing::ImpairedPipe& up() { return up_; }
  testing::ImpairedPipe& down() { return down_; }

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) down_.Send(packet->bytes());
  }

 private:
  const SocketAddress address_;
  std::unique_ptr<net::DatagramSocket> back_;
  testing::ImpairedPipe up_, down_;
};

UdpRelay::UdpRelay(net::Loop& loop, const RelayOptions& options) : loop_(loop), options_(options) {}

UdpRelay::~UdpRelay() = default;

absl::StatusOr<std::unique_ptr<UdpRelay>> UdpRelay::Create(net::Loop& loop,
                                                           const RelayOptions& options) {
  if (options.target.port == 0) return InvalidArgument("the target has a port", "to");
  std::unique_ptr<UdpRelay> relay(new UdpRelay(loop, options));
  net::DatagramSocketOptions socket;
  socket.local = options.listen;
  socket.receive_buffer_bytes = kBufferBytes;
  PCD_ASSIGN_OR_RETURN(relay->front_, loop.OpenDatagramSocket(socket));
  relay->front_->SetHandler(relay.get());
  return relay;
}

absl::StatusOr<std::unique_ptr<net::DatagramSocket>> UdpRelay::OpenBack() {
  net::DatagramSocketOptions socket;
  socket.local.ip = options_.listen.ip;
  socket.connect = true;
  socket.remote = options_.target;
  socket.receive_buffer_bytes = kBufferBytes;
  return loop_.OpenDatagramSocket(socket);
}

UdpRelay::Client* UdpRelay::FindOrAdd(const SocketAddress& address) {
  for (const auto& client : clients_) {
    if (client->address() == address) return client.get();
  }
  if (clients_.size() >= options_.max_clients) return nullptr;
  auto back = OpenBack();
  if (!back.ok()) return nullptr;
  clients_.push_back(std::make_unique<Client>(
      loop_, options_, address, options_.seed + clients_.size(), *front_, std::move(*back)));
  Client& client = *clients_.back();
  client.up().link().model().SetBlackout(loop_.Now(), dark_until_);
  client.down().link().model().SetBlackout(loop_.Now(), dark_until_);
  return &client;
}

void UdpRelay::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) {
  for (size_t i = 0; i < packets.size(); ++i) {
    if (Client* client = FindOrAdd(sources[i])) {
      client->up().Send(packets[i]->bytes());
    } else {
      ++refused_;
    }
  }
}

RelayCounters UdpRelay::counters() const {
  RelayCounters counters{.clients = clients_.size(), .refused = refused_};
  for (const auto& client : clients_) {
    Add(client->up().link().model().counters(), counters.up);
    Add(client->down().link().model().counters(), counters.down);
  }
  return counters;
}

void UdpRelay::SetImpairment(const testing::ImpairmentOptions& up,
                             const testing::ImpairmentOptions& down) {
  options_.up = up;
  options_.down = down;
  for (const auto& client : clients_) {
    client->up().link().model().set_options(up);
    client->down().link().model().set_options(down);
  }
}

void UdpRelay::BlackOut(Duration duration) {
  dark_until_ = loop_.Now() + duration;
  for (const auto& client : clients_) {
    client->up().link().model().SetBlackout(loop_.Now(), dark_until_);
    client->down().link().model().SetBlackout(loop_.Now(), dark_until_);
  }
}

void UdpRelay::Rebind() {
  for (const auto& client : clients_) {
    auto back = OpenBack();
    if (back.ok()) client->Rebind(std::move(*back));
  }
}

}  // namespace pcd::impair
