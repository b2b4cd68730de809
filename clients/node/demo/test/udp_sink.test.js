import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { test } from 'node:test';
import { UdpSink } from '../lib/udp_sink.js';
import { until } from '../lib/wait.js';

function senderReport(packetCount) {
  const report = Buffer.alloc(28);
  report.set([0x80, 200, 0, 6, 0, 0, 0, 5]);
  report.writeUInt32BE(packetCount, 20);
  return report;
}

test('what arrives on both ports is counted and checked', async (t) => {
  const sink = await UdpSink.open(90_000);
  const sender = dgram.createSocket('udp4');
  t.after(() => Promise.all([sink.close(), new Promise((resolve) => sender.close(resolve))]));
  const { host, port } = sink.destination;
  assert.equal(port % 2, 0);

  for (const sequence of [7, 8, 10]) {
    sender.send(Buffer.from([0x80, sequence === 8 ? 0xe0 : 96, 0, sequence, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2]), port, host);
  }
  sender.send('noise', port, host);
  await until('RTP', () => sink.datagrams === 4);
  const report = senderReport(4);
  sender.send(Buffer.concat([report, Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 5])]), port + 1, host);
  await until('RTCP', () => sink.datagrams === 5);

  assert.equal(sink.packets, 3);
  assert.equal(sink.sequence.missing, 1);
  assert.equal(sink.malformed, 1);
  assert.equal(sink.payloadBytes, 6);
  assert.equal(sink.markers, 1);
  assert.deepEqual([...sink.ssrcs], [5]);
  assert.deepEqual([...sink.payloadTypes], [96]);
  assert.deepEqual(sink.byes, [5]);
  assert.equal(sink.lastReport.packetCount, 4);
  assert.equal(sink.isReportedAtRest, false);
  assert.equal(sink.clock.result().reports, 1);
});

test('a report that comes when no packet has come for a while was made at rest', async (t) => {
  const sink = await UdpSink.open(90_000);
  const sender = dgram.createSocket('udp4');
  t.after(() => Promise.all([sink.close(), new Promise((resolve) => sender.close(resolve))]));
  const { host, port } = sink.destination;
  assert.equal(sink.isReportedAtRest, false);
  sender.send(Buffer.from([0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2]), port, host);
  await until('RTP', () => sink.packets === 1);
  // Its own time is what is tested: reports go on as the service's do, one of them comes late enough.
  await until('a report at rest', () => {
    sender.send(senderReport(1), port + 1, host);
    return sink.isReportedAtRest;
  }, { intervalMs: 100 });
  sender.send(Buffer.from([0x80, 96, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2]), port, host);
  await until('RTP', () => sink.packets === 2);
  assert.equal(sink.isReportedAtRest, false);
});
