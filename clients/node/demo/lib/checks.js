// What must hold at the end, each with what was measured.

export const LIMITS = {
  decodedSeconds: 5,
  decodedShare: 0.8,
  // Of 255. Compression noise on a plain surface stays below 1.
  pictureDeviation: 4,
  // Of all pixels.
  pictureDifference: 0.001,
  // Of full scale.
  soundPeak: 0.01,
  // Both clocks are the one of this machine and do not move apart by themselves. But a fake microphone counts samples, and
  // loses some on a busy machine: up to 90 ms in 9 s with ten programs on two cores. A wrong clock is worse: the two
  // rates that are nearest to each other, 44.1 and 48 kHz, are 180 ms apart after the two seconds of the shortest check.
  // One report that was late does not count (see ClockMap).
  clockDriftMs: 150,
  // From capture to arrival, by one clock of one machine. It takes a frame interval to encode, a pacer's turn, and 20 ms
  // of sound to fill a packet; beyond 185 ms viewers object to sound and picture apart (ITU-R BT.1359), and the map does
  // not do what sender reports are for. Nothing arrives before it is captured, but the service learns the browser's clock
  // from its first report and takes for the offset how long that one took: as late as it was sent by a browser that was
  // just starting (a quarter of a second is seen with ten programs on two cores), so much earlier all seems to come.
  clockDelayMs: { least: -500, most: 185 },
  clockReports: 2,
};

/** @typedef {{name: string, measured: string, ok: boolean}} Check */

const check = (name, ok, measured) => ({ name, ok: Boolean(ok), measured });

/** @param {{videoSeconds: number, soundSeconds: number}} measured @returns {Check} */
export const decodedLongEnough = ({ videoSeconds, soundSeconds }) =>
  check(
    `at least ${LIMITS.decodedSeconds} s decoded`,
    videoSeconds >= LIMITS.decodedSeconds && soundSeconds >= LIMITS.decodedSeconds,
    `video ${videoSeconds.toFixed(1)} s, audio ${soundSeconds.toFixed(1)} s`,
  );

/** @param {{framesDecoded: number, framesSent: number}} measured @returns {Check} */
export const framesDecoded = ({ framesDecoded: decoded, framesSent }) =>
  check(
    `frames decoded >= ${100 * LIMITS.decodedShare} % of framesSent`,
    framesSent > 0 && decoded >= LIMITS.decodedShare * framesSent,
    `${decoded} of ${framesSent}${framesSent > 0 ? ` (${Math.round((100 * decoded) / framesSent)} %)` : ''}`,
  );

/** @param {{deviations: number[], difference: number}} measured `deviations`: one for each picture. @returns {Check[]} */
export const pictures = ({ deviations, difference }) => [
  check(
    'two pictures, not uniform',
    deviations.length === 2 && deviations.every((value) => value >= LIMITS.pictureDeviation),
    deviations.length === 0 ? 'no picture' : `deviation ${deviations.map((value) => value.toFixed(1)).join(' and ')}`,
  ),
  check(
    'the pictures differ',
    difference >= LIMITS.pictureDifference,
    `${(100 * difference).toFixed(1)} % of the pixels`,
  ),
];

/** @param {{peak: number, rms: number}} sound @returns {Check} */
export const soundIsAudible = ({ peak, rms }) =>
  check('the sound is not silent', peak >= LIMITS.soundPeak, `peak ${peak.toFixed(3)}, mean ${rms.toFixed(3)}`);

/** @param {string} kind @param {import('./udp_sink.js').UdpSink} sink @returns {Check} */
export function noGap(kind, { sequence, malformed, ssrcs }) {
  const { received, missing, duplicates, reordered } = sequence;
  return check(
    `${kind}: no gap in RTP sequence numbers`,
    received > 0 && missing === 0 && duplicates === 0 && malformed === 0 && ssrcs.size === 1,
    `${received} packets, ${missing} missing, ${duplicates} twice, ${reordered} out of order, ` +
      `${malformed === 0 ? '' : `${malformed} malformed, `}${ssrcs.size} SSRC`,
  );
}

/** @param {string} kind @param {import('./clock_map.js').ClockMap} clock @returns {Check} */
export function clockMaps(kind, clock) {
  const { reports, driftMs, delayMs } = clock.result();
  const shown = (value) => (Number.isNaN(value) ? 'unknown' : `${value.toFixed(0)} ms`);
  return check(
    `${kind}: RTCP SR map to RTP timestamps`,
    reports >= LIMITS.clockReports && driftMs <= LIMITS.clockDriftMs &&
      delayMs >= LIMITS.clockDelayMs.least && delayMs <= LIMITS.clockDelayMs.most,
    `${reports} reports, drift ${shown(driftMs)}, capture to arrival ${shown(delayMs)}`,
  );
}

/**
 * Only at rest: while packets flow, some are on their way beside a report.
 * @param {string} kind @param {import('./udp_sink.js').UdpSink} sink @returns {Check}
 */
export function reportsCount(kind, { packets, lastReport, isReportedAtRest }) {
  return check(
    `${kind}: the last RTCP SR counts all packets`,
    isReportedAtRest && lastReport.packetCount === packets,
    `${lastReport?.packetCount ?? 'no report'} of ${packets}${isReportedAtRest ? '' : ', not at rest'}`,
  );
}

/** @param {string} name @param {{matched: number, mismatched: number}} echo @param {number} sent @returns {Check} */
export const echoMatched = (name, { matched, mismatched }, sent) =>
  check(name, matched === sent && mismatched === 0, `${matched} of ${sent} came back, ${mismatched} changed`);
