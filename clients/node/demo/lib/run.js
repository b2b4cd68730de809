// The demo step by step. Each step says what it does; whoever wants to use the service can read them in order.
import { join } from 'node:path';
import { Client } from '../../dist/index.js';
import { BROWSERS } from './browsers.js';
import * as check from './checks.js';
import { Echo, GREETINGS } from './echo.js';
import { Decoder } from './ffmpeg.js';
import { InboundRates } from './inbound.js';
import { measurePictures, measureSound } from './output.js';
import { HOST, openPortPair } from './ports.js';
import { startService } from './service.js';
import { Signaling } from './signaling.js';
import { UdpSink } from './udp_sink.js';
import { delay, until, within } from './wait.js';
import { Watcher } from './watcher.js';

const MEDIA = {
  video: { kind: 'MEDIA_KIND_VIDEO', clockRate: 90_000 },
  audio: { kind: 'MEDIA_KIND_AUDIO', clockRate: 48_000 },
};
const KINDS = Object.keys(MEDIA);
const CHANNEL_ID = 'from-the-service';
const PAGE_GREETINGS = 2; // What page/publish.js sends.
const MEASURE_MS = 7_000;
// ffmpeg holds frames back until it knows the streams, and decodes them in a burst; counting begins after that.
const FRAMES_BEFORE_COUNT = 25;

/**
 * Runs the demo.
 * @param {{browser: string, directory: string, cleanup: import('./cleanup.js').Cleanup, say: (text: string) => void}} context
 *   `browser`: a key of BROWSERS.
 * @returns {Promise<import('./checks.js').Check[]>}
 */
export async function run({ browser, directory, cleanup, say }) {
  say('starting peerconnectiond');
  const service = await startService({ logFile: join(directory, 'service.log') });
  cleanup.defer('stop of peerconnectiond', () => service.child.stop());
  const client = new Client({ address: service.address });
  cleanup.defer('close of the client', () => client.close());

  const died = service.child.ended.then((how) => {
    throw new Error(`peerconnectiond ended in the middle (${how}); see service.log`);
  });
  return Promise.race([publishAndCheck({ client, service, browser, directory, cleanup, say }), died]);
}

async function publishAndCheck({ client, service, browser, directory, cleanup, say }) {
  const { peerConnection } = await client.peerConnections.create({ peerConnectionIdSuffix: 'demo' });
  const { peerConnectionId } = peerConnection;
  say(`${service.address}: created PeerConnection ${peerConnectionId}`);

  const sinks = await createSinks(client, peerConnectionId, cleanup);
  say('created four paused sinks: video and audio, each to ffmpeg and to a receiver of the demo');
  await client.dataChannels.createDataChannel({
    peerConnectionId,
    dataChannelId: CHANNEL_ID,
    init: { label: 'from the service' },
  });
  const echo = new Echo(client, peerConnectionId, CHANNEL_ID);
  cleanup.defer('close of the data stream', () => echo.close());

  const page = await openPage({ client, peerConnectionId, name: browser, cleanup, say });
  const decoder = await startDecoder({ client, peerConnectionId, sinks, directory, cleanup, say });
  for (const sinkId of sinks.ids) await resume(client, peerConnectionId, sinkId);
  say('sinks started');

  const measured = await measure({ client, peerConnectionId, page, decoder, say });
  const pageEcho = await waitForEchoes(page.tab, echo);
  const how = await decoder.finish();
  say(`ffmpeg ended: ${how}`);
  await client.peerConnections.close({ peerConnectionId });
  return verify({ measured, sinks, echo, pageEcho, directory });
}

// Two sinks for each kind: one for ffmpeg, one that the demo itself receives.
async function createSinks(client, peerConnectionId, cleanup) {
  const sinks = { ids: [], own: {}, ffmpeg: {} };
  for (const kind of KINDS) {
    sinks.own[kind] = await UdpSink.open(MEDIA[kind].clockRate);
    cleanup.defer(`close of the ${kind} receiver`, () => sinks.own[kind].close());
    // ffmpeg binds its ports itself; until then they are held for it.
    sinks.ffmpeg[kind] = await openPortPair();
    const destinations = {
      [`${kind}-ffmpeg`]: { host: HOST, port: sinks.ffmpeg[kind].rtpPort },
      [`${kind}-check`]: sinks.own[kind].destination,
    };
    for (const [sinkId, destination] of Object.entries(destinations)) {
      const selector = { kindAndOrdinal: { kind: MEDIA[kind].kind, ordinal: 0 } };
      await client.media.createSink({ peerConnectionId, spec: { sinkId, selector, destination, paused: true } });
      sinks.ids.push(sinkId);
    }
  }
  return sinks;
}

async function openPage({ client, peerConnectionId, name, cleanup, say }) {
  const signaling = new Signaling(client, peerConnectionId);
  const watcher = new Watcher(client, peerConnectionId, (candidate) => signaling.sendCandidate(candidate));
  cleanup.defer('close of the watcher', () => watcher.close());
  const url = await signaling.listen();
  cleanup.defer('close of the web server', () => signaling.close());

  const { label, launch } = BROWSERS[name];
  say(`starting ${label}`);
  const browser = await launch();
  cleanup.defer(`close of ${label}`, () => browser.close());
  const tab = await browser.newPage();
  tab.on('console', (message) => say(`page: ${message.text()}`));
  tab.on('pageerror', (error) => say(`page: ${error.message}`));
  await tab.goto(url);
  say(`${label} ${(await browser.version()).replace(/^\w+\//, '')} opened ${url}`);
  await within(tab.evaluate(() => globalThis.demo.published), 'offer and answer', 30_000);
  say('offer and answer exchanged');
  await until('the connection is connected', () => watcher.connectionState === 'connected', { timeoutMs: 30_000 });
  const { fromPage, toPage } = signaling.counts;
  say(`connected; candidates trickled: ${fromPage} from the page, ${toPage} to it`);
  return { tab, watcher };
}

async function startDecoder({ client, peerConnectionId, sinks, directory, cleanup, say }) {
  const sinkIds = KINDS.map((kind) => `${kind}-ffmpeg`);
  const { sdp } = await client.media.getSinkSdp({ peerConnectionId, sinkIds });
  const ports = KINDS.flatMap((kind) => [sinks.ffmpeg[kind].rtpPort, sinks.ffmpeg[kind].rtcpPort]);
  for (const kind of KINDS) await sinks.ffmpeg[kind].close();
  const decoder = await Decoder.start({ sdp, ports, directory });
  cleanup.defer('stop of ffmpeg', () => decoder.stop());
  say('ffmpeg listens, with the SDP of GetSinkSdp');
  return decoder;
}

const resume = (client, peerConnectionId, sinkId) =>
  client.media.updateSink({ peerConnectionId, sinkId, spec: { paused: false }, updateMask: { paths: ['paused'] } });

// Says once a second what happens, and counts frames on both ends over the same interval.
async function measure({ client, peerConnectionId, page: { tab, watcher }, decoder, say }) {
  // Should it never begin, the checks say so, beside all else that can be measured.
  await until('ffmpeg decodes', () => decoder.howEnded !== null || decoder.frames >= FRAMES_BEFORE_COUNT, {
    timeoutMs: 30_000,
  }).catch((error) => say(`${error.message}; see ffmpeg.log`));
  const count = async () => {
    const sent = await tab.evaluate(() => globalThis.demo.framesSent());
    return { at: performance.now(), sent, decoded: decoder.frames };
  };
  const inbound = new InboundRates();
  const rates = async () => {
    const { report } = await client.peerConnections.getStats({ peerConnectionId, types: ['STATS_TYPE_INBOUND_RTP'] });
    return inbound.update(report, performance.now());
  };
  await rates();
  const first = await count();
  let last = first;
  while (last.at - first.at < MEASURE_MS) {
    await delay(1_000);
    const { video, audio } = await rates();
    const decodedBefore = last.decoded;
    last = await count();
    say(
      `${watcher.connectionState}, ice ${watcher.iceConnectionState} | ${describe('video', video)} | ` +
        `${describe('audio', audio)} | ${last.decoded} frames decoded (+${last.decoded - decodedBefore})`,
    );
  }
  return {
    framesDecoded: last.decoded - first.decoded,
    framesSent: last.sent - first.sent,
    videoSeconds: Math.max(0, (decoder.lastFrameAt || 0) - first.at) / 1000,
  };
}

const describe = (kind, { kilobitsPerSecond, packets, lost }) =>
  `${kind} ${kilobitsPerSecond.toFixed(0).padStart(4)} kbit/s ${packets} packets ${lost} lost`;

async function waitForEchoes(tab, echo) {
  const read = () => tab.evaluate(() => ({ ...globalThis.demo.echo, expected: undefined }));
  const done = ({ matched, mismatched }, sent) => matched + mismatched >= sent;
  const both = async () => done(echo, GREETINGS.length) && done(await read(), PAGE_GREETINGS);
  await until('echoes', both, { timeoutMs: 5_000 }).catch(() => {}); // The checks say what is missing.
  return read();
}

async function verify({ measured, sinks, echo, pageEcho, directory }) {
  const sound = await measureSound(directory);
  return [
    check.decodedLongEnough({ videoSeconds: measured.videoSeconds, soundSeconds: sound.seconds }),
    check.framesDecoded(measured),
    ...check.pictures(await measurePictures(directory)),
    check.soundIsAudible(sound),
    ...KINDS.map((kind) => check.noGap(kind, sinks.own[kind])),
    ...KINDS.map((kind) => check.clockMaps(kind, sinks.own[kind].clock)),
    check.echoMatched('data channel of the page: echoes match', pageEcho, PAGE_GREETINGS),
    check.echoMatched('data channel of the service: echoes match', echo, GREETINGS.length),
  ];
}
