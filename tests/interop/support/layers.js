// What a sink makes of the layers of a simulcast: packets compared with those of sinks that each take one layer.
import assert from 'node:assert/strict';
import { timestampDifference } from '../../../clients/node/demo/lib/clock_map.js';
import { vp8DescriptorLength } from './capture.js';

// From one layer to the next the service goes by when packets came. So does this, and it may have read either late. A
// layer is given up after a second of silence: were that left out, this would tell.
const MOST_LATE_MS = 500;

/** Keeps what a sink gets, and when. */
export class LayerLog {
  packets = [];

  /** @param {import('../../../clients/node/demo/lib/udp_sink.js').UdpSink} sink */
  constructor(sink) {
    sink.onPacket = ({ timestamp, marker }, payload) =>
      this.packets.push({ timestamp, marker, payload, arrivalMs: performance.now() });
  }
}

function beginsKeyFrame(payload) {
  const partitionZero = (payload[0] & 0x17) === 0x10; // S, and PID 0 (RFC 7741, 4.2).
  return partitionZero && (payload[vp8DescriptorLength(payload)] & 1) === 0; // P of RFC 6386, 9.1.
}

/**
 * Cuts a stream where another layer begins.
 * @param {LayerLog} log @param {Record<string, LayerLog>} byRid What each layer is.
 * @returns {{rid: string, packets: object[]}[]}
 */
export function layerRuns({ packets }, byRid) {
  const payloadsOf = Object.entries(byRid).map(([rid, { packets: own }]) =>
    [rid, new Set(own.map(({ payload }) => payload.toString('latin1')))]);
  const runs = [];
  for (const packet of packets) {
    const text = packet.payload.toString('latin1');
    const rids = payloadsOf.filter(([, payloads]) => payloads.has(text)).map(([rid]) => rid);
    assert.equal(rids.length, 1, `a packet of ${text.length} bytes is of ${rids.length} layers`);
    if (runs.at(-1)?.rid !== rids[0]) runs.push({ rid: rids[0], packets: [] });
    runs.at(-1).packets.push(packet);
  }
  return runs;
}

/**
 * Asserts that each layer begins with a key frame, behind a whole frame, and that the time goes on as the clock does.
 * @param {{rid: string, packets: object[]}[]} runs
 */
export function assertSwitchesClean(runs) {
  for (const [i, { rid, packets }] of runs.entries()) {
    assert.ok(beginsKeyFrame(packets[0].payload), `run ${i}, of ${rid}, begins with no key frame`);
    if (i === 0) continue;
    const [first, last] = [packets[0], runs[i - 1].packets.at(-1)];
    assert.ok(last.marker, `run ${i}, of ${rid}, begins within a frame`);
    const late = first.arrivalMs - last.arrivalMs - timestampDifference(first.timestamp, last.timestamp) / 90;
    assert.ok(Math.abs(late) < MOST_LATE_MS, `time is ${late} ms off where run ${i}, of ${rid}, begins`);
  }
  const all = runs.flatMap(({ packets }) => packets);
  for (let i = 1; i < all.length; ++i) {
    const step = timestampDifference(all[i].timestamp, all[i - 1].timestamp);
    assert.ok(all[i - 1].marker ? step > 0 : step === 0, `a step of ${step} at packet ${i}`);
  }
}
