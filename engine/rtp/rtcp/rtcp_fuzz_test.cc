#include <cstdlib>

#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/extended_report.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/remb.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/rtp/rtcp/source_description.h"
#include "engine/rtp/rtcp/transport_feedback.h"

namespace {

using namespace pcd::rtp;

volatile uint64_t sink = 0;

void ReadFeedback(const RtcpPacketView& packet) {
  if (const auto nack = ParseNack(packet)) {
    uint16_t sequence = 0;
    for (auto reader = nack->sequences(); reader.Next(sequence);) sink = sink + sequence;
  }
  if (const auto feedback = ParseTransportFeedback(packet)) {
    TransportFeedback::Status status;
    size_t count = 0;
    for (auto reader = feedback->statuses(); reader.Next(status);) ++count;
    if (count != feedback->status_count) std::abort();
  }
  if (const auto fir = ParseFir(packet)) {
    for (size_t i = 0; i < fir->entry_count; ++i) sink = sink + fir->entry(i).media_ssrc;
  }
  if (const auto remb = ParseRemb(packet)) {
    for (size_t i = 0; i < remb->ssrc_count; ++i) sink = sink + remb->ssrc(i);
  }
  if (const auto pli = ParsePli(packet)) sink = sink + pli->media_ssrc;
}

void ReadReports(const RtcpPacketView& packet) {
  if (const auto report = ParseSenderReport(packet)) {
    for (size_t i = 0; i < report->block_count; ++i) sink = sink + report->block(i).jitter;
  }
  if (const auto report = ParseReceiverReport(packet)) {
    for (size_t i = 0; i < report->block_count; ++i) sink = sink + report->block(i).jitter;
  }
  XrBlockReader blocks(packet);
  for (XrBlock block; blocks.Next(block);) {
    if (const auto time = ParseReferenceTime(block)) sink = sink + time->value;
    const pcd::ByteSpan delays = ParseDelays(block);
    for (size_t i = 0; i < delays.size() / kDelaySinceLastRrBytes; ++i) {
      sink = sink + LoadDelay(delays, i).delay;
    }
  }
  SourceDescriptionReader chunks(packet);
  for (CnameChunk chunk; chunks.Next(chunk);) sink = sink + chunk.cname.size();
  if (const auto bye = ParseBye(packet)) {
    for (size_t i = 0; i < bye->ssrc_count; ++i) sink = sink + bye->ssrc(i);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  CompoundReader reader({data, size});
  for (RtcpPacketView packet; reader.Next(packet);) {
    ReadReports(packet);
    ReadFeedback(packet);
  }
  return 0;
}
