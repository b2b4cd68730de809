import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { test } from 'node:test';
import { UdpSink } from '../lib/udp_sink.js';
import { until } from '../lib/wait.js';

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
  const report = Buffer.alloc(28);
  report.set([0x80, 200, 0, 6, 0, 0, 0, 5]);
  report.writeUInt32BE(4, 20);
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
  assert.equal(sink.reportCountError, 1);
  assert.equal(sink.clock.result().reports, 1);
});
