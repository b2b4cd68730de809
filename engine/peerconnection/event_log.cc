#include "engine/peerconnection/event_log.h"

#include <string>
#include <utility>
#include <vector>

namespace pcd::peerconnection {
namespace {

size_t Bytes(const std::vector<std::string>& texts) {
  size_t bytes = 0;
  for (const std::string& text : texts) bytes += sizeof(text) + text.size();
  return bytes;
}

size_t Bytes(const DescriptionPtr& description) {
  // Texts are shared between events and with their connection; the last owner is what counts.
  if (description == nullptr) return 0;
  return description->sdp.size() / static_cast<size_t>(description.use_count());
}

size_t Bytes(const PeerConnectionInfo& info) {
  size_t bytes = info.id.size() + info.close_message.size();
  for (const auto& [key, value] : info.labels) bytes += key.size() + value.size();
  for (const IceTransportInfo& transport : info.ice_transports) {
    bytes += sizeof(transport) + Bytes(transport.mids);
  }
  for (const DtlsTransportInfo& transport : info.dtls_transports) {
    bytes += sizeof(transport) + transport.remote_certificate_der.size();
  }
  return bytes + Bytes(info.local_description) + Bytes(info.remote_description);
}

size_t Bytes(const TransceiverInfo& transceiver) {
  return transceiver.id.size() + transceiver.mid.value_or("").size() + transceiver.track_id.size() +
         Bytes(transceiver.sender_stream_ids) + Bytes(transceiver.remote_stream_ids);
}

size_t Bytes(const std::vector<TransceiverInfo>& transceivers) {
  size_t bytes = 0;
  for (const TransceiverInfo& t : transceivers) bytes += sizeof(t) + Bytes(t);
  return bytes;
}

size_t Bytes(const DataChannelView& channel) {
  return channel.info.channel_id.size() + channel.info.init.label.size() +
         channel.info.init.protocol.size();
}

template <typename T>
size_t Bytes(const Shared<T>& shared) {
  return sizeof(T) + Bytes(*shared);
}

// What an event keeps on the heap beside its own size.
struct HeapBytes {
  size_t operator()(const CreatedEvent& e) const { return Bytes(e.info); }
  size_t operator()(const DescriptionChangeEvent& e) const {
    size_t bytes = Bytes(e.info) + Bytes(e.transceivers);
    for (const DataChannelView& channel : e.numbered) bytes += sizeof(channel) + Bytes(channel);
    return bytes;
  }
  size_t operator()(const ConfigurationChangeEvent& e) const { return Bytes(e.info); }
  size_t operator()(const IceCandidateEvent& e) const {
    if (!e.candidate.has_value()) return 0;
    return sizeof(*e.candidate) + e.candidate->candidate.candidate.size();
  }
  size_t operator()(const IceCandidateErrorEvent& e) const {
    return e.url.size() + e.error_text.size();
  }
  size_t operator()(const DtlsTransportChangeEvent& e) const {
    return sizeof(*e.transport) + e.transport->remote_certificate_der.size() + e.error_text.size();
  }
  size_t operator()(const ClosedEvent& e) const { return e.message.size(); }
  size_t operator()(const TrackEvent& e) const { return Bytes(e.transceiver); }
  size_t operator()(const TrackRemovedEvent& e) const {
    return e.track_id.size() + Bytes(e.stream_ids);
  }
  size_t operator()(const TrackMutedEvent& e) const { return e.track_id.size(); }
  size_t operator()(const TransceiverChangeEvent& e) const { return Bytes(e.transceivers); }
  size_t operator()(const LocalTrackChangeEvent& e) const {
    return sizeof(*e.track) + e.track->config.id.size() + 2 * e.track->codec.FmtpText().size();
  }
  size_t operator()(const DataChannelEvent& e) const { return Bytes(e.channel); }
  size_t operator()(const DataChannelCreatedEvent& e) const { return Bytes(e.channel); }
  size_t operator()(const DataChannelOpenEvent& e) const { return Bytes(e.channel); }
  size_t operator()(const DataChannelCloseEvent& e) const { return Bytes(e.channel); }
  size_t operator()(const DataChannelErrorEvent& e) const { return e.error_text.size(); }
  // The others hold nothing whose length a peer chooses.
  template <typename T>
  size_t operator()(const T&) const {
    return 0;
  }
};

}  // namespace

std::shared_ptr<const Event> EventLog::Append(int64_t unix_us, uint64_t revision,
                                              EventPayload payload) {
  const size_t bytes = sizeof(Event) + std::visit(HeapBytes(), payload);
  auto event = std::make_shared<const Event>(Event{.sequence = ++last_sequence_,
                                                   .unix_us = unix_us,
                                                   .revision = revision,
                                                   .payload = std::move(payload)});
  events_.push_back({event, bytes});
  bytes_ += bytes;
  while (events_.size() > max_events_ || (bytes_ > max_bytes_ && events_.size() > 1)) {
    bytes_ -= events_.front().bytes;
    events_.pop_front();
  }
  return event;
}

std::vector<std::shared_ptr<const Event>> EventLog::After(uint64_t sequence) const {
  std::vector<std::shared_ptr<const Event>> after;
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].event->sequence > sequence) after.push_back(events_[i].event);
  }
  return after;
}

}  // namespace pcd::peerconnection
