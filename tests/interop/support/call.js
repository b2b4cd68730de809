// One connection between a page and the service, with candidates trickled both ways.
import { until } from '../../../clients/node/demo/lib/wait.js';
import { UdpSink } from '../../../clients/node/demo/lib/udp_sink.js';
import { Watcher } from '../../../clients/node/demo/lib/watcher.js';
import { assertBackend } from './backend.js';

const KINDS = {
  video: { kind: 'MEDIA_KIND_VIDEO', clockRate: 90_000 },
  audio: { kind: 'MEDIA_KIND_AUDIO', clockRate: 48_000 },
};
const CONNECT_TIMEOUT_MS = 20_000;

/** A page, a PeerConnection of the service, and the sinks of the test. */
export class Call {
  sinks = {};
  /** Called with each candidate of the service on its way to the page; null: it is left out. */
  mapCandidate = (candidate) => candidate;
  /** The same for its answers. */
  mapAnswer = (sdp) => sdp;
  #answered = Promise.resolve(); // When the service has the page's answer.
  #queue = []; // Candidates of the service, until the page has the description that they belong to.

  /**
   * Makes a connection on both sides, not yet negotiated. Everything ends with the test.
   * @param {import('node:test').TestContext} t
   * @param {import('./bench.js').Bench} bench
   * @param {{configuration?: object}} [options]
   * @returns {Promise<Call>}
   */
  static async create(t, bench, { configuration } = {}) {
    const { peerConnection } = await bench.client.peerConnections.create({ configuration });
    const call = await Call.forConnection(t, bench, peerConnection.peerConnectionId, await openPage(t, bench));
    call.iceBackend = configuration?.iceBackend;
    return call;
  }

  /** The same for a connection that exists already, as after AcceptOffer. */
  static async forConnection(t, bench, peerConnectionId, page) {
    const call = new Call();
    call.client = bench.client;
    call.peerConnectionId = peerConnectionId;
    call.page = page;
    call.watcher = new Watcher(bench.client, peerConnectionId, (candidate) => call.#fromService(candidate));
    t.after(async () => {
      call.watcher.close();
      await Promise.all(Object.values(call.sinks).map((sink) => sink.close()));
      await bench.client.peerConnections.close({ peerConnectionId }).catch((error) => {
        if (error.code !== 'NOT_FOUND') throw error;
      });
    });
    return call;
  }

  #fromService(candidate) {
    if (this.#queue === null) this.#toPage(candidate);
    else this.#queue.push(candidate);
  }

  #toPage(candidate) {
    const pass = async () => {
      const mapped = candidate === null ? null : await this.mapCandidate(candidate);
      if (candidate !== null && mapped === null) return;
      await this.page.evaluate((init) => globalThis.peer.addCandidate(init), mapped);
    };
    pass().catch((error) => {
      this.pageError ??= error;
    });
  }

  #pageIsReady() {
    const queue = this.#queue ?? [];
    this.#queue = null;
    for (const candidate of queue) this.#toPage(candidate);
  }

  /** Sends the page's candidates to the service from now on. */
  async trickleFromPage() {
    const { client, peerConnectionId } = this;
    await this.page.exposeFunction('onLocalCandidate', async (candidate) => {
      await this.#answered;
      return client.peerConnections.addIceCandidate({ peerConnectionId, candidate });
    });
  }

  /**
   * Makes a sink that the test receives itself.
   * @param {'audio' | 'video'} kind
   * @param {object} [spec] Further fields.
   * @returns {Promise<UdpSink>}
   */
  async addSink(kind, spec = {}) {
    const sink = await UdpSink.open(KINDS[kind].clockRate);
    const sinkId = spec.sinkId ?? kind;
    this.sinks[sinkId] = sink;
    const selector = { kindAndOrdinal: { kind: KINDS[kind].kind, ordinal: 0 } };
    await this.client.media.createSink({
      peerConnectionId: this.peerConnectionId,
      spec: { selector, destination: sink.destination, ...spec, sinkId },
    });
    return sink;
  }

  /** The page offers, the service answers. @param {(sdp: string) => string} [change] Changes the offer on its way. */
  async pageOffers(change = (sdp) => sdp) {
    const { client, peerConnectionId, page } = this;
    const sdp = change(await page.evaluate(() => globalThis.peer.offer()));
    await client.peerConnections.setRemoteDescription({ peerConnectionId, description: { type: 'SDP_TYPE_OFFER', sdp } });
    this.#queue ??= []; // Candidates of an answer that the page does not have yet.
    const { peerConnection } = await client.peerConnections.setLocalDescription({ peerConnectionId });
    await page.evaluate((answer) => globalThis.peer.accept(answer), this.mapAnswer(peerConnection.localDescription.sdp));
    this.#pageIsReady();
  }

  /** The service offers, the page answers. @returns {Promise<{offer: string, answer: string}>} */
  async serviceOffers() {
    const { client, peerConnectionId, page } = this;
    const { description } = await client.peerConnections.createOffer({ peerConnectionId });
    const again = this.#queue === null;
    this.#queue ??= []; // Candidates of an offer that the page does not have yet.
    await client.peerConnections.setLocalDescription({ peerConnectionId, description });
    // Before the first answer the service keeps the page's candidates; those of a restart belong to no description until it has
    // the answer, and are refused (W3C addIceCandidate).
    let answered = () => {};
    if (again) this.#answered = new Promise((resolve) => (answered = resolve));
    const answer = await page.evaluate((offer) => globalThis.peer.answer(offer), description.sdp);
    this.#pageIsReady();
    await client.peerConnections.setRemoteDescription({
      peerConnectionId,
      description: { type: 'SDP_TYPE_ANSWER', sdp: answer },
    });
    answered();
    return { offer: description.sdp, answer };
  }

  /** Waits until both sides say that they are connected. */
  async connected() {
    await until('the service is connected', () => this.watcher.connectionState === 'connected', {
      timeoutMs: CONNECT_TIMEOUT_MS,
    });
    await until('the page is connected', async () => (await this.pageState()).connectionState === 'connected', {
      timeoutMs: CONNECT_TIMEOUT_MS,
    });
    if (this.pageError) throw this.pageError;
    await assertBackend(this.client, this.peerConnectionId, this.iceBackend);
  }

  pageState() {
    return this.page.evaluate(() => globalThis.peer.state());
  }

  /** `outbound-rtp` of the page by kind. */
  outbound() {
    return this.page.evaluate(() => globalThis.peer.outbound());
  }

  /** The service's statistics of some types. @returns {Promise<object[]>} */
  async stats(...types) {
    const { report } = await this.client.peerConnections.getStats({ peerConnectionId: this.peerConnectionId, types });
    return Object.values(report.stats);
  }

  /** `inbound-rtp` of the service by kind. */
  async inbound() {
    const entries = (await this.stats('STATS_TYPE_INBOUND_RTP')).map(({ inboundRtp }) => inboundRtp);
    return Object.fromEntries(
      Object.entries(KINDS).map(([name, { kind }]) => [name, entries.find((entry) => entry.kind === kind)]));
  }

  /**
   * Stops the page's media and waits until nothing is under way any more, and the sinks that get sender reports have one
   * about all of it.
   * @returns {Promise<object>} Its last stats.
   */
  async stopSending() {
    await this.page.evaluate(() => globalThis.peer.stopSending());
    let last = '';
    return until('the page sends no more', async () => {
      const outbound = await this.outbound();
      const inbound = await this.inbound();
      const sinks = Object.values(this.sinks).map(({ packets }) => packets);
      const counts = [outbound.video?.packetsSent, outbound.audio?.packetsSent, inbound.video?.packetsReceived,
        inbound.audio?.packetsReceived, ...sinks].join();
      const steady = counts === last;
      last = counts;
      const reported = Object.values(this.sinks).every((sink) => sink.lastReport === null || sink.isReportedAtRest);
      return steady && reported && outbound;
    }, { intervalMs: 500 });
  }
}

/**
 * Opens a page with an RTCPeerConnection; it closes with the test.
 * @returns {Promise<import('playwright-core').Page>}
 */
export async function openPage(t, bench) {
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(bench.url);
  await page.evaluate(() => globalThis.peer.create());
  return page;
}
