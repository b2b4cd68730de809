import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRtcp, parseRtcp, parseRtp } from '../lib/rtp.js';

const rtp = (first, rest = []) =>
  Buffer.from([first, 0xe0, 0x12, 0x34, 0, 0, 0x10, 0, 0xde, 0xad, 0xbe, 0xef, ...rest]);

test('the fields of an RTP header are read', () => {
  assert.deepEqual(parseRtp(rtp(0x80, [1, 2, 3])), {
    marker: true,
    payloadType: 96,
    sequence: 0x1234,
    timestamp: 0x1000,
    ssrc: 0xdeadbeef,
    payloadStart: 12,
    payloadBytes: 3,
  });
});

test('CSRCs, extension and padding do not count as payload', () => {
  const csrcs = [0, 0, 0, 1, 0, 0, 0, 2];
  const extension = [0xbe, 0xde, 0, 1, 0x10, 7, 0, 0];
  assert.equal(parseRtp(rtp(0xb2, [...csrcs, ...extension, 9, 9, 9, 0, 2])).payloadBytes, 3);
});

test('what is cut short or of another version is no RTP', () => {
  for (const data of [rtp(0x40), rtp(0x80).subarray(0, 11), rtp(0x81), rtp(0x90, [0xbe, 0xde, 0, 9]), rtp(0xa0, [200]),
    rtp(0xa0, [1, 0])]) {
    assert.equal(parseRtp(data), null);
  }
});

function senderReport({ ssrc, seconds, fraction, rtpTimestamp, packets, octets }) {
  const data = Buffer.alloc(28);
  data.set([0x80, 200, 0, 6]);
  [ssrc, seconds, fraction, rtpTimestamp, packets, octets].forEach((value, i) => data.writeUInt32BE(value, 4 + 4 * i));
  return data;
}

test('a compound of sender report and BYE is read, with its NTP time', () => {
  const report = { ssrc: 7, seconds: 2_208_988_800 + 1_000, fraction: 2 ** 31, rtpTimestamp: 90, packets: 3, octets: 400 };
  const bye = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 7]);
  const compound = Buffer.concat([senderReport(report), bye]);
  assert.equal(isRtcp(compound), true);
  assert.deepEqual(parseRtcp(compound), {
    types: [200, 203],
    senderReports: [{ ssrc: 7, timeMs: 1_000_500, rtpTimestamp: 90, packetCount: 3, octetCount: 400 }],
    byes: [7],
  });
});

test('a compound whose lengths do not fit is malformed', () => {
  const bye = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 7]);
  for (const data of [Buffer.alloc(0), bye.subarray(0, 7), Buffer.concat([bye, Buffer.from([0x80])]),
    Buffer.from([0x80, 200, 0, 0])]) {
    assert.equal(parseRtcp(data), null);
  }
});

test('RTP is not taken for RTCP', () => {
  assert.equal(isRtcp(rtp(0x80)), false);
});
