// A page that publishes to a sink.
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Call } from './call.js';

/** Goes on until a sink has so many packets more. */
export async function flows(sink, more = 50) {
  const target = sink.packets + more;
  await until('media flows', () => sink.packets > target);
}

/** A connected call of which the page sends audio to a sink. */
export async function publishingAudio(t, bench) {
  const call = await Call.create(t, bench);
  const audio = await call.addSink('audio');
  await call.trickleFromPage();
  await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
  await call.pageOffers();
  await call.connected();
  await flows(audio);
  return { call, audio };
}
