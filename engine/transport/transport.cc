#include "engine/transport/transport.h"

#include <algorithm>
#include <utility>

#include "engine/base/fifo.h"
#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/dtls/fingerprint.h"
#include "engine/rtp/demux.h"
#include "engine/transport/dtls_associations.h"
#include "engine/transport/media_path.h"
#include "engine/transport/send_queue.h"
#include "engine/transport/transport_stats.h"

namespace pcd::transport {

class Transport::Impl : public ice::PacketHandler, public net::EndOfTurnHandler {
 public:
  Impl(net::Loop& loop, std::unique_ptr<ice::IceTransport> ice, Config config);
  ~Impl() override;

  void OnIcePackets(std::span<PacketPtr> packets) override;
  void OnEndOfTurn() override;

  absl::Status SetDtlsParameters(DtlsRole our_role, std::vector<Fingerprint> fingerprints,
                                 bool new_association);
  bool SendMedia(PacketPtr packet, bool is_rtcp);
  bool SendData(ByteSpan data);
  std::optional<Event> PollEvent();
  void HandleTimeout(Timestamp now);
  void Close();

  net::Loop& loop_;
  const std::unique_ptr<ice::IceTransport> ice_;
  const Config config_;
  DropCounters drops_;
  DtlsAssociations dtls_;
  MediaPath media_;
  SendQueue send_queue_;
  net::Task callback_;
  DtlsRole role_ = DtlsRole::kAuto;
  TransportState state_;
  bool writable_ = false;
  // Of dtls_, which is asked at the end of whatever may change it: owners ask after each packet.
  Timestamp deadline_ = kNever;

 private:
  void HandleDtlsDatagram(ByteSpan datagram);
  void Enqueue(PacketPtr packet);
  void DrainIce();
  void DrainDtls();
  void OnDtlsEvent(dtls::Event event);
  void EndAssociation();
  void StartDtlsIfPossible();
  void UpdateWritable();
  void Push(Event event);
  void Notify();

  Fifo<Event> events_;
  bool closed_ = false;
};

Transport::Impl::Impl(net::Loop& loop, std::unique_ptr<ice::IceTransport> ice, Config config)
    : loop_(loop),
      ice_(std::move(ice)),
      config_(std::move(config)),
      dtls_(dtls::Config{.certificate = config_.certificate,
                         .srtp_profiles = config_.srtp_profiles,
                         .handshake_timeout = config_.limits.dtls_handshake_timeout,
                         .key_log = config_.key_log}),
      media_(config_.limits.max_ssrcs + config_.limits.max_unsignalled_ssrcs, drops_),
      send_queue_(*ice_, drops_) {
  ice_->SetPacketHandler(this);
  ice_->SetEventCallback([this] {
    DrainIce();
    Notify();
  });
}

Transport::Impl::~Impl() {
  loop_.CancelEndOfTurn(this);
  ice_->SetPacketHandler(nullptr);
}

void Transport::Impl::OnIcePackets(std::span<PacketPtr> packets) {
  if (closed_) return;
  for (PacketPtr& packet : packets) {
    switch (rtp::ClassifyPacket(packet->bytes())) {
      case rtp::PacketKind::kRtp:
        media_.Receive(std::move(packet), false);
        break;
      case rtp::PacketKind::kRtcp:
        media_.Receive(std::move(packet), true);
        break;
      case rtp::PacketKind::kDtls:
        HandleDtlsDatagram(packet->bytes());
        break;
      default:
        drops_.Add(DropReason::kReceiveNotDtlsOrRtp);
        break;
    }
  }
  media_.Deliver();
}

void Transport::Impl::HandleDtlsDatagram(ByteSpan datagram) {
  // The ClientHello may come before the event that ICE can send.
  if (dtls_.state() == DtlsState::kNew) DrainIce();
  const uint64_t dropped = dtls_.dropped_datagrams();
  dtls_.HandleDatagram(datagram, loop_.Now());
  drops_.Add(DropReason::kReceiveDtlsQueueFull, dtls_.dropped_datagrams() - dropped);
  DrainDtls();
}

// Early media whose keys came outside of OnIcePackets, then everything queued.
void Transport::Impl::OnEndOfTurn() {
  media_.Deliver();
  send_queue_.Flush();
}

absl::Status Transport::Impl::SetDtlsParameters(DtlsRole our_role,
                                                std::vector<Fingerprint> fingerprints,
                                                bool new_association) {
  if (closed_) return InvalidState("the transport is closed");
  if (our_role == DtlsRole::kAuto) return InvalidArgument("the DTLS role is not decided");
  const bool replace = new_association && role_ != DtlsRole::kAuto;
  if (!replace && role_ != DtlsRole::kAuto && role_ != our_role) {
    return InvalidState("the DTLS role of an established transport cannot change");
  }
  if (std::ranges::none_of(fingerprints, [](const Fingerprint& fingerprint) {
        return dtls::IsSupportedHash(fingerprint.algorithm);
      })) {
    return InvalidArgument("no fingerprint with a supported hash function");
  }
  role_ = our_role;
  if (replace) EndAssociation();
  dtls_.SetRemoteFingerprints(std::move(fingerprints), loop_.Now());
  DrainIce();
  DrainDtls();
  return absl::OkStatus();
}

// What it was is not told to the peer: the peer knows, or is another one.
void Transport::Impl::EndAssociation() {
  dtls_.Reset();
  media_.Reset();
  state_.dtls = DtlsState::kNew;
}

// A flight sent before ICE has a pair would be lost and cost a retransmission.
void Transport::Impl::StartDtlsIfPossible() {
  if (role_ != DtlsRole::kAuto && dtls_.state() == DtlsState::kNew && ice_->writable()) {
    dtls_.Start(role_, loop_.Now());
  }
}

void Transport::Impl::DrainDtls() {
  while (std::optional<std::vector<uint8_t>> datagram = dtls_.PollOutput()) {
    if (PacketPtr packet = loop_.packets().CopyOf(*datagram)) Enqueue(std::move(packet));
  }
  while (std::optional<dtls::Event> event = dtls_.PollEvent()) OnDtlsEvent(std::move(*event));
  UpdateWritable();
  Notify();
}

void Transport::Impl::OnDtlsEvent(dtls::Event event) {
  if (auto* data = std::get_if<dtls::DataReceived>(&event)) {
    return Push(DataReceived{std::move(data->data)});
  }
  if (auto* connected = std::get_if<dtls::Connected>(&event)) {
    if (state_.dtls != DtlsState::kConnecting) Push(AssociationReplaced{});
    media_.Reset();
    const absl::Status status =
        connected->srtp ? media_.SetKeys(*connected->srtp) : absl::OkStatus();
    if (!status.ok()) PCD_LOG(kError, "transport", std::string(status.message()));
    if (!media_.active()) media_.Stop();
    // Deliver what waited for the keys, from a place where the handler may be called.
    if (media_.has_early_packets()) loop_.RequestEndOfTurn(this);
    return;
  }
  auto& changed = std::get<dtls::StateChanged>(event);
  state_.dtls = changed.state;
  if (changed.state == DtlsState::kFailed || changed.state == DtlsState::kClosed) media_.Stop();
  Push(DtlsStateChanged{changed.state, std::move(changed.reason), changed.failure});
}

// Its events come first: a lite end may have been checked, and can send, before it has the remote's
// parameters, and DTLS begins with those in the same step in which ICE comes to be checking.
void Transport::Impl::DrainIce() {
  while (std::optional<ice::Event> event = ice_->PollEvent()) {
    if (auto* changed = std::get_if<ice::StateChanged>(&*event)) state_.ice = changed->state;
    if (auto* changed = std::get_if<ice::GatheringStateChanged>(&*event)) {
      state_.gathering = changed->state;
    }
    std::visit([this](auto& each) { Push(std::move(each)); }, *event);
  }
  if (dtls_.state() == DtlsState::kNew && role_ != DtlsRole::kAuto) {
    StartDtlsIfPossible();
    DrainDtls();
  }
  UpdateWritable();
}

void Transport::Impl::UpdateWritable() {
  const bool now_writable = dtls_.state() == DtlsState::kConnected && ice_->writable();
  if (now_writable == writable_) return;
  writable_ = now_writable;
  Push(WritableChanged{writable_});
}

void Transport::Impl::Enqueue(PacketPtr packet) {
  if (send_queue_.Add(std::move(packet))) loop_.RequestEndOfTurn(this);
}

bool Transport::Impl::SendMedia(PacketPtr packet, bool is_rtcp) {
  if (packet == nullptr || !writable_ || !media_.active()) {
    drops_.Add(DropReason::kSendNotConnected);
    return false;
  }
  if (is_rtcp ? !media_.ProtectRtcp(*packet) : !media_.ProtectRtp(*packet)) return false;
  Enqueue(std::move(packet));
  return true;
}

bool Transport::Impl::SendData(ByteSpan data) {
  if (!writable_ || !dtls_.SendApplicationData(data)) {
    drops_.Add(DropReason::kSendNotConnected);
    return false;
  }
  while (std::optional<std::vector<uint8_t>> datagram = dtls_.PollOutput()) {
    if (PacketPtr packet = loop_.packets().CopyOf(*datagram)) Enqueue(std::move(packet));
  }
  return true;
}

void Transport::Impl::Push(Event event) { events_.push_back(std::move(event)); }

void Transport::Impl::Notify() {
  const Timestamp before = std::exchange(deadline_, dtls_.NextDeadline());
  if (callback_ && (!events_.empty() || deadline_ != before)) callback_();
}

std::optional<Event> Transport::Impl::PollEvent() {
  if (events_.empty()) DrainIce();
  if (events_.empty()) return std::nullopt;
  return events_.Take();
}

void Transport::Impl::HandleTimeout(Timestamp now) {
  dtls_.HandleTimeout(now);
  DrainDtls();
}

void Transport::Impl::Close() {
  if (std::exchange(closed_, true)) return;
  dtls_.Close();
  DrainDtls();
  send_queue_.Flush();
  media_.Stop();
  ice_->Close();
  DrainIce();
  Notify();
}

Transport::Transport(net::Loop& loop, std::unique_ptr<ice::IceTransport> ice, Config config)
    : impl_(std::make_unique<Impl>(loop, std::move(ice), std::move(config))) {}
Transport::~Transport() = default;

ice::IceTransport& Transport::ice() { return *impl_->ice_; }
const ice::IceTransport& Transport::ice() const { return *impl_->ice_; }
void Transport::SetEventCallback(net::Task callback) { impl_->callback_ = std::move(callback); }
void Transport::SetMediaHandler(MediaHandler* handler) { impl_->media_.SetHandler(handler); }
absl::Status Transport::SetDtlsParameters(DtlsRole our_role,
                                          std::vector<Fingerprint> remote_fingerprints,
                                          bool new_association) {
  return impl_->SetDtlsParameters(our_role, std::move(remote_fingerprints), new_association);
}
bool Transport::SendRtp(PacketPtr packet) { return impl_->SendMedia(std::move(packet), false); }
bool Transport::SendRtcp(PacketPtr packet) { return impl_->SendMedia(std::move(packet), true); }
bool Transport::SendData(ByteSpan packet) { return impl_->SendData(packet); }
void Transport::Flush() { impl_->send_queue_.Flush(); }
bool Transport::writable() const { return impl_->writable_; }
bool Transport::srtp_active() const { return impl_->media_.active(); }
void Transport::RemoveReceiveSsrc(uint32_t ssrc) { impl_->media_.RemoveReceiveSsrc(ssrc); }
void Transport::RemoveSendSsrc(uint32_t ssrc) { impl_->media_.RemoveSendSsrc(ssrc); }
std::optional<Event> Transport::PollEvent() { return impl_->PollEvent(); }
void Transport::HandleTimeout(Timestamp now) { impl_->HandleTimeout(now); }
Timestamp Transport::NextDeadline() const { return impl_->deadline_; }
TransportState Transport::state() const { return impl_->state_; }
DtlsRole Transport::dtls_role() const { return impl_->role_; }
ByteSpan Transport::remote_certificate_der() const {
  return impl_->dtls_.current().remote_certificate_der();
}
const MediaCounters& Transport::media_counters() const { return impl_->media_.counters(); }
const DropCounters& Transport::drops() const { return impl_->drops_; }
void Transport::AppendStats(const std::string& id, std::vector<StatsEntry>& out) const {
  AppendTransportStats(id, *impl_->ice_, impl_->dtls_.current(), *impl_->config_.certificate,
                       impl_->role_, out);
}
std::string Transport::LocalCertificateId(const std::string& id) {
  return LocalCertificateStatsId(id);
}
void Transport::Close() { impl_->Close(); }

}  // namespace pcd::transport
