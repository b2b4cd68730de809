// One call between a page and an RTCPeerConnection of Node, with candidates trickled both ways.
import { until } from '../../../clients/node/demo/lib/wait.js';
import { RTCPeerConnection } from '../../../clients/node/esm/w3c.mjs';
import { openPage } from './call.js';

const TIMEOUT_MS = 20_000;

/** A page and a connection of ours. */
export class W3cCall {
  /** Makes both, not yet negotiated; they end with the test. */
  static async create(t, bench) {
    const call = new W3cCall();
    call.page = await openPage(t, bench);
    call.connection = new RTCPeerConnection();
    t.after(() => call.connection.close());
    call.connection.onicecandidate = ({ candidate }) => call.#toPage(candidate);
    await call.page.exposeFunction('onLocalCandidate', (candidate) => call.connection.addIceCandidate(candidate));
    return call;
  }

  #queue = []; // Until the page has a remote description.

  #toPage(candidate) {
    if (this.#queue) this.#queue.push(candidate);
    else void this.page.evaluate((init) => globalThis.peer.addCandidate(init), candidate?.toJSON() ?? null);
  }

  #pageIsReady() {
    const queue = this.#queue ?? [];
    this.#queue = null;
    for (const candidate of queue) this.#toPage(candidate);
  }

  async weOffer() {
    await this.connection.setLocalDescription();
    const sdp = await this.page.evaluate((offer) => globalThis.peer.answer(offer), this.connection.localDescription.sdp);
    // The page's candidates may come before its answer does.
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    this.#pageIsReady();
  }

  async pageOffers() {
    const sdp = await this.page.evaluate(() => globalThis.peer.offer());
    await this.connection.setRemoteDescription({ type: 'offer', sdp });
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    await this.page.evaluate((answer) => globalThis.peer.accept(answer), this.connection.localDescription.sdp);
    this.#pageIsReady();
  }

  async connected() {
    await until('we are connected', () => this.connection.connectionState === 'connected', { timeoutMs: TIMEOUT_MS });
    await until('the page is connected', async () =>
      (await this.page.evaluate(() => globalThis.peer.state())).connectionState === 'connected', { timeoutMs: TIMEOUT_MS });
  }
}
