#include "engine/media/feedback_sender.h"

#include <array>
#include <utility>

#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/extended_report.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/remb.h"
#include "engine/rtp/rtcp/source_description.h"

namespace pcd::media {
namespace {

ByteWriter WriterOf(Packet& packet) { return ByteWriter({packet.data(), Packet::kMaxPayload}); }

}  // namespace

void FeedbackSender::SendReports(const Streams& streams, Timestamp now, NtpTime wall_clock) {
  std::array<rtp::ReportBlock, rtp::kMaxReportBlocks> blocks;
  size_t count = 0;
  for (size_t i = 0; i < streams.size() && count < blocks.size(); ++i) {
    next_stream_ = (next_stream_ + 1) % streams.size();
    RemoteStream& stream = *streams[next_stream_];
    if (stream.transport_index != transport_index_ || !stream.statistics.HasNews()) continue;
    rtp::ReportBlock& block = blocks[count++];
    block = stream.statistics.TakeReport();
    block.ssrc = stream.ssrc;
    if (stream.report.reports > 0) {
      block.last_sr = stream.report.ntp.Compact();
      block.delay_since_last_sr = rtp::CompactDelay(now - stream.report.arrival);
    }
  }
  if (count == 0) return;
  PacketPtr packet = pool_.Get();
  ByteWriter out = WriterOf(*packet);
  rtp::WriteReceiverReport(out, local_ssrc_, {blocks.data(), count});
  rtp::WriteCname(out, local_ssrc_, cname_);
  if (tells_reference_time_) {
    rtp::WriteReferenceTime(out, local_ssrc_, wall_clock);
    reference_times_.OnSent(wall_clock, now);
  }
  packet->set_size(out.size());
  sender_.SendRtcp(transport_index_, std::move(packet));
}

template <typename Write>
void FeedbackSender::SendFeedback(Write write) {
  PacketPtr packet = pool_.Get();
  ByteWriter out = WriterOf(*packet);
  if (!reduced_size_) {
    rtp::WriteReceiverReport(out, local_ssrc_, {});
    rtp::WriteCname(out, local_ssrc_, cname_);
  }
  if (!write(out)) return;
  packet->set_size(out.size());
  sender_.SendRtcp(transport_index_, std::move(packet));
}

void FeedbackSender::SendPli(uint32_t media_ssrc) {
  SendFeedback([&](ByteWriter& out) {
    rtp::WritePli(out, {local_ssrc_, media_ssrc});
    return true;
  });
}

void FeedbackSender::SendNack(uint32_t media_ssrc, std::span<const uint16_t> missing) {
  SendFeedback([&](ByteWriter& out) {
    rtp::WriteNack(out, local_ssrc_, media_ssrc, missing);
    return out.ok();
  });
}

void FeedbackSender::SendRemb(uint64_t bitrate_bps, std::span<const uint32_t> ssrcs) {
  SendFeedback([&](ByteWriter& out) {
    rtp::WriteRemb(out, local_ssrc_, bitrate_bps, ssrcs);
    return out.ok();
  });
}

void FeedbackSender::SendFir(uint32_t media_ssrc, uint8_t command_sequence) {
  SendFeedback([&](ByteWriter& out) {
    const rtp::FirEntry entry{media_ssrc, command_sequence};
    rtp::WriteFir(out, local_ssrc_, {&entry, 1});
    return true;
  });
}

void FeedbackSender::SendTransportCc(TransportCcRecorder& recorder, uint32_t media_ssrc) {
  for (bool more = true; more;) {
    SendFeedback([&](ByteWriter& out) {
      more = recorder.WriteFeedback(out, local_ssrc_, media_ssrc);
      return more;
    });
  }
}

}  // namespace pcd::media
