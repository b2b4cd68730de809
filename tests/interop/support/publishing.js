// A page that publishes to sinks.
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Call } from './call.js';

/** Goes on until a sink has so many packets more. */
export async function flows(sink, more = 50) {
  const target = sink.packets + more;
  await until('media flows', () => sink.packets > target);
}

/** A connected call of which the page sends these kinds to a sink each, and gets the built-in clip's if it shall. */
export async function publishing(t, bench, kinds, { both = false } = {}) {
  const call = await Call.create(t, bench);
  const { client, peerConnectionId } = call;
  for (const kind of kinds) {
    await call.addSink(kind);
    if (!both) continue;
    const trackId = `clip-${kind}`;
    await client.media.createLocalTrack({ peerConnectionId, trackId, kind: `MEDIA_KIND_${kind.toUpperCase()}`, source: { test: {} } });
    await client.peerConnections.addTrack({ peerConnectionId, trackId, streamIds: ['stream'] });
  }
  await call.trickleFromPage();
  await call.page.evaluate((published) => globalThis.peer.publish(published), Object.fromEntries(kinds.map((kind) => [kind, true])));
  await call.pageOffers();
  await call.connected();
  await Promise.all(kinds.map((kind) => flows(call.sinks[kind])));
  return call;
}

/** The same with sound alone. */
export async function publishingAudio(t, bench, options) {
  const call = await publishing(t, bench, ['audio'], options);
  return { call, audio: call.sinks.audio };
}
