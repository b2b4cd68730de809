import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as check from '../lib/checks.js';
import { ClockMap } from '../lib/clock_map.js';
import { InboundRates } from '../lib/inbound.js';
import { SequenceCheck } from '../lib/sequence.js';
import { formatTable } from '../lib/table.js';

test('both kinds must be decoded for long enough', () => {
  assert.equal(check.decodedLongEnough({ videoSeconds: 5, soundSeconds: 5.1 }).ok, true);
  assert.equal(check.decodedLongEnough({ videoSeconds: 4.9, soundSeconds: 6 }).ok, false);
  assert.equal(check.decodedLongEnough({ videoSeconds: 6, soundSeconds: 0 }).ok, false);
});

test('four of five frames must be decoded, and some must have been sent', () => {
  assert.equal(check.framesDecoded({ framesDecoded: 80, framesSent: 100 }).ok, true);
  assert.deepEqual(check.framesDecoded({ framesDecoded: 79, framesSent: 100 }), {
    name: 'frames decoded >= 80 % of framesSent',
    ok: false,
    measured: '79 of 100 (79 %)',
  });
  assert.equal(check.framesDecoded({ framesDecoded: 0, framesSent: 0 }).ok, false);
});

test('there must be two pictures that show something, and not the same', () => {
  const verdicts = (measured) => check.pictures(measured).map(({ ok }) => ok);
  assert.deepEqual(verdicts({ deviations: [40, 40], difference: 0.1 }), [true, true]);
  assert.deepEqual(verdicts({ deviations: [40, 0], difference: 0.1 }), [false, true]);
  assert.deepEqual(verdicts({ deviations: [40, 40], difference: 0 }), [true, false]);
  assert.deepEqual(verdicts({ deviations: [40], difference: 0 }), [false, false]);
  assert.deepEqual(verdicts({ deviations: [], difference: 0 }), [false, false]);
});

test('silence is told', () => {
  assert.equal(check.soundIsAudible({ peak: 0.2, rms: 0.1 }).ok, true);
  assert.equal(check.soundIsAudible({ peak: 0, rms: 0 }).ok, false);
});

test('a gap, a second SSRC or nothing at all fails the stream', () => {
  const sink = (sequences, ssrcs = [1], malformed = 0) => {
    const sequence = new SequenceCheck();
    for (const value of sequences) sequence.add(value);
    return { sequence, malformed, ssrcs: new Set(ssrcs) };
  };
  assert.equal(check.noGap('video', sink([1, 2, 3])).ok, true);
  assert.equal(check.noGap('video', sink([1, 3])).ok, false);
  assert.equal(check.noGap('video', sink([1, 2], [1, 2])).ok, false);
  assert.equal(check.noGap('video', sink([])).ok, false);
  const { ok, measured } = check.noGap('video', sink([1, 2], [1], 3));
  assert.equal(ok, false);
  assert.match(measured, /, 3 malformed,/);
});

test('sender reports must be there and map to the packets', () => {
  const clock = (reports) => {
    const map = new ClockMap(1_000);
    map.addPacket(0, 40);
    for (const report of reports) map.addReport(report);
    return map;
  };
  const at = (timeMs, rtpTimestamp) => ({ timeMs, rtpTimestamp });
  assert.equal(check.clockMaps('audio', clock([at(0, 0), at(1000, 1000)])).ok, true);
  assert.equal(check.clockMaps('audio', clock([at(0, 0)])).ok, false);
  assert.equal(check.clockMaps('audio', clock([at(0, 0), at(1000, 2000)])).ok, false);
  assert.equal(check.clockMaps('audio', clock([at(9000, 0), at(10_000, 1000)])).ok, false);
});

test('a clock that is off by 0.9 s or has the rate of another is found, a report that was late is not', () => {
  const stream = ({ seconds = 9, offMs = 0, pace = 1, lateMs = 0 }) => {
    const map = new ClockMap(1_000);
    for (let second = 0; second <= seconds; ++second) {
      const ms = second * 1_000;
      map.addReport({ timeMs: ms + offMs + (second === 0 ? lateMs : 0), rtpTimestamp: ms * pace });
      map.addPacket(ms * pace, ms + 10);
    }
    return check.clockMaps('audio', map).ok;
  };
  assert.equal(stream({}), true);
  assert.equal(stream({ lateMs: 300 }), true);
  assert.equal(stream({ offMs: 900 }), false);
  assert.equal(stream({ offMs: -900 }), false);
  assert.equal(stream({ seconds: 2, pace: 48 / 44.1 }), false);
  assert.equal(stream({ seconds: 2, pace: 44.1 / 48 }), false);
});

test('the last report must count all packets, at rest', () => {
  const sink = { packets: 10, lastReport: { packetCount: 10 }, isReportedAtRest: true };
  assert.equal(check.reportsCount('audio', sink).ok, true);
  assert.equal(check.reportsCount('audio', { ...sink, isReportedAtRest: false }).ok, false);
  assert.deepEqual(check.reportsCount('audio', { ...sink, packets: 11 }), {
    name: 'audio: the last RTCP SR counts all packets', ok: false, measured: '10 of 11',
  });
  assert.equal(check.reportsCount('audio', { packets: 10, lastReport: null, isReportedAtRest: false }).ok, false);
});

test('every echo must match', () => {
  assert.equal(check.echoMatched('echo', { matched: 2, mismatched: 0 }, 2).ok, true);
  assert.equal(check.echoMatched('echo', { matched: 1, mismatched: 0 }, 2).ok, false);
  assert.equal(check.echoMatched('echo', { matched: 2, mismatched: 1 }, 2).ok, false);
});

test('rates are taken between two reports', () => {
  const rates = new InboundRates();
  const report = (bytesReceived, packetsReceived) => ({
    stats: {
      v: { inboundRtp: { kind: 'MEDIA_KIND_VIDEO', bytesReceived, packetsReceived, packetsLost: 1 } },
      t: { transport: {} },
    },
  });
  assert.equal(rates.update(report(1_000, 10), 0).video.kilobitsPerSecond, 0);
  const { video, audio } = rates.update(report(126_000, 20), 1_000);
  assert.deepEqual(video, { kilobitsPerSecond: 1_000, packets: 20, lost: 1 });
  assert.deepEqual(audio, { kilobitsPerSecond: 0, packets: 0, lost: 0 });
});

test('columns of a table are aligned', () => {
  assert.equal(formatTable([['ok', 'a', 1], ['FAILED', 'bc', '']]), 'ok      a   1\nFAILED  bc');
});
