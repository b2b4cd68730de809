// A page that publishes to a sink.
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Call } from './call.js';

/** Goes on until a sink has so many packets more. */
export async function flows(sink, more = 50) {
  const target = sink.packets + more;
  await until('media flows', () => sink.packets > target);
}

/** A connected call of which the page sends audio to a sink, and gets the built-in clip's if it shall. */
export async function publishingAudio(t, bench, { both = false } = {}) {
  const call = await Call.create(t, bench);
  const { client, peerConnectionId } = call;
  const audio = await call.addSink('audio');
  if (both) {
    await client.media.createLocalTrack({ peerConnectionId, trackId: 'clip', kind: 'MEDIA_KIND_AUDIO', source: { test: {} } });
    await client.peerConnections.addTrack({ peerConnectionId, trackId: 'clip', streamIds: ['stream'] });
  }
  await call.trickleFromPage();
  await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
  await call.pageOffers();
  await call.connected();
  await flows(audio);
  return { call, audio };
}
