// What must be true of every sink that received a whole call.
import assert from 'node:assert/strict';
import * as check from '../../../clients/node/demo/lib/checks.js';

/** Asserts that a sink's stream is unbroken, of one SSRC, and all RTP. @param {string} kind @param {object} sink */
export function assertUnbroken(kind, sink) {
  const { ok, measured } = check.noGap(kind, sink);
  assert.ok(ok, `${kind}: ${measured}`);
}

/** Asserts that its sender reports map to its packets, and count them, once nothing more comes (`Call.stopSending`). */
export function assertReportsMatch(kind, sink) {
  for (const { name, ok, measured } of [check.clockMaps(kind, sink.clock), check.reportsCount(kind, sink)]) {
    assert.ok(ok, `${name}: ${measured}`);
  }
}

/**
 * Asserts that the service got every packet that the page sent, and the sinks every byte and frame of it. What Chromium
 * sends to probe the path is packets of padding; they count as packets, are no media, and do not reach a sink.
 * @param {import('./call.js').Call} call Which sends no more (`stopSending`).
 * @param {{audio?: object, video?: object}} sent `outbound-rtp` of the page.
 */
export async function assertAllArrived(call, sent) {
  const inbound = await call.inbound();
  for (const [kind, page] of Object.entries(sent)) {
    const [service, sink] = [inbound[kind], call.sinks[kind]];
    assert.equal(service.ssrc, page.ssrc);
    assert.equal(service.packetsReceived, page.packetsSent, `${kind} packets at the service`);
    assert.equal(service.packetsLost, 0);
    assert.equal(service.bytesReceived, page.bytesSent, `${kind} bytes at the service`);
    // Retransmission (RTX) is a part of both; it also serves to probe the path, and no sink gets that.
    const media = {
      packets: page.packetsSent - Number(service.retransmittedPacketsReceived ?? 0),
      bytes: page.bytesSent - Number(service.retransmittedBytesReceived ?? 0),
    };
    assertUnbroken(kind, sink);
    assert.equal(sink.payloadBytes, media.bytes, `${kind} bytes at the sink`);
    assert.ok(sink.packets <= media.packets, `${sink.packets} ${kind} packets at the sink, ${media.packets} sent`);
    if (kind === 'video') assert.equal(sink.markers, page.framesSent, 'frames at the sink');
  }
}
