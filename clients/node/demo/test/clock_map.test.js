import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockMap, timestampDifference } from '../lib/clock_map.js';

const WRAP = 2 ** 32;

test('timestamps are subtracted over their wrap', () => {
  assert.equal(timestampDifference(5, WRAP - 5), 10);
  assert.equal(timestampDifference(WRAP - 5, 5), -10);
  assert.equal(timestampDifference(0, 2 ** 31), -(2 ** 31));
});

// A sender that captures at `captureMs`, whose RTP clock starts at `offset` and whose packets take `transitMs`.
function stream({ clockRate = 90_000, offset = WRAP - 90_000, transitMs = 20, seconds = 6, skew = 1 } = {}) {
  const map = new ClockMap(clockRate);
  const epoch = 1_700_000_000_000;
  const timestamp = (ms) => Math.floor(offset + (ms / 1000) * clockRate) % WRAP;
  for (let ms = 0; ms < seconds * 1000; ms += 33) map.addPacket(timestamp(ms), epoch + ms + transitMs);
  for (let ms = 500; ms < seconds * 1000; ms += 1000) {
    map.addReport({ timeMs: epoch + ms, rtpTimestamp: timestamp(ms * skew) });
  }
  return map.result();
}

test('reports that fit the packets show the way of the packets and no drift', () => {
  const { reports, spanMs, driftMs, delayMs } = stream();
  assert.equal(reports, 6);
  assert.equal(spanMs, 5_000);
  assert.ok(driftMs < 1, `${driftMs}`);
  assert.ok(Math.abs(delayMs - 20) < 1, `${delayMs}`);
});

test('a clock of the wrong rate drifts', () => {
  assert.ok(stream({ skew: 1.1 }).driftMs > 400);
});

test('without reports, or with one, nothing is known', () => {
  const none = new ClockMap(48_000);
  none.addPacket(0, 0);
  assert.deepEqual(none.result(), { reports: 0, spanMs: 0, driftMs: NaN, delayMs: NaN });
  none.addReport({ timeMs: 0, rtpTimestamp: 0 });
  assert.deepEqual(none.result(), { reports: 1, spanMs: 0, driftMs: NaN, delayMs: 0 });
});
