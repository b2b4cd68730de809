// One connection between a peer program and the service, with candidates trickled both ways, sinks for what it sends
// and data channels of both sides.
import { UdpSink } from '../../../clients/node/demo/lib/udp_sink.js';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Watcher } from '../../../clients/node/demo/lib/watcher.js';
import { assertBackend } from './backend.js';
import { Capture } from './capture.js';
import { Peer } from './json_lines.js';
import { DataStream } from './messages.js';

const KINDS = {
  audio: {
    kind: 'MEDIA_KIND_AUDIO', clockRate: 48_000, codec: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  },
  video: { kind: 'MEDIA_KIND_VIDEO', clockRate: 90_000, codec: { mimeType: 'video/VP8', clockRate: 90_000 } },
};

/** A peer and a PeerConnection of the service. */
export class PeerCall {
  sinks = {};
  captures = {};

  /**
   * Starts the peer and makes a connection with a sink for each kind. All of it ends with the test.
   * @param {import('node:test').TestContext} t
   * @param {import('./bench.js').Bench} bench
   * @param {string[]} command Of the peer.
   * @param {{configuration?: object, change?: (sdp: string) => string}} [options] `change`: descriptions on their way, in
   *   both directions.
   * @returns {Promise<PeerCall>}
   */
  static async create(t, bench, command, { configuration, change = (sdp) => sdp } = {}) {
    const call = new PeerCall();
    call.change = change;
    call.client = bench.client;
    call.iceBackend = configuration?.iceBackend;
    call.peer = new Peer(command);
    t.after(() => call.peer.close());
    const { peerConnection } = await bench.client.peerConnections.create({ configuration });
    call.peerConnectionId = peerConnection.peerConnectionId;
    t.after(() => bench.client.peerConnections.close({ peerConnectionId: call.peerConnectionId }));
    for (const kind of Object.keys(KINDS)) await call.#addSink(t, kind);
    await call.peer.started();
    return call;
  }

  async #addSink(t, kind) {
    const sink = await UdpSink.open(KINDS[kind].clockRate);
    t.after(() => sink.close());
    this.sinks[kind] = sink;
    this.captures[kind] = new Capture(sink);
    const selector = { kindAndOrdinal: { kind: KINDS[kind].kind, ordinal: 0 } };
    await this.client.media.createSink({
      peerConnectionId: this.peerConnectionId,
      spec: { sinkId: kind, selector, destination: sink.destination },
    });
  }

  /** Opens a data channel of the service. @returns {Promise<DataStream>} */
  async openChannel(t, label) {
    const { client, peerConnectionId } = this;
    await client.dataChannels.createDataChannel({ peerConnectionId, dataChannelId: label, init: { label } });
    return new DataStream(t, this);
  }

  /** The service offers to receive a kind. */
  async receive(kind) {
    await this.client.peerConnections.addTransceiver({
      peerConnectionId: this.peerConnectionId,
      kind: KINDS[kind].kind,
      direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY',
    });
  }

  /**
   * The service sends a track of each kind that it takes from UDP: VP8 and Opus.
   * @returns {Promise<{audio: number, video: number}>} The ports where it wants the RTP.
   */
  async sendFromUdp() {
    const { client, peerConnectionId } = this;
    const ports = {};
    for (const [trackId, { kind, codec }] of Object.entries(KINDS)) {
      const { track } = await client.media.createLocalTrack({ peerConnectionId, trackId, kind, source: { udp: { codec } } });
      await client.peerConnections.addTrack({ peerConnectionId, trackId, streamIds: ['stream'] });
      ports[trackId] = track.source.localRtp.port;
    }
    return ports;
  }

  #setRemote(type, sdp) {
    const { client, peerConnectionId } = this;
    return client.peerConnections.setRemoteDescription({ peerConnectionId, description: { type, sdp: this.change(sdp) } });
  }

  async #setLocal() {
    const { peerConnection } = await this.client.peerConnections.setLocalDescription({ peerConnectionId: this.peerConnectionId });
    return this.change(peerConnection.localDescription.sdp);
  }

  // Candidates follow the descriptions, on both sides.
  #trickle(t) {
    const { client, peer, peerConnectionId } = this;
    const note = (error) => (this.trickleError ??= error);
    peer.takeCandidates((candidate) =>
      client.peerConnections.addIceCandidate({ peerConnectionId, candidate }).catch(note));
    this.watcher = new Watcher(client, peerConnectionId, (candidate) => {
      if (!peer.howEnded) peer.request('candidate', { candidate }).catch(note);
    });
    t.after(() => this.watcher.close());
  }

  /** The peer offers. */
  async peerOffers(t) {
    const { sdp } = await this.peer.request('offer');
    await this.#setRemote('SDP_TYPE_OFFER', sdp);
    await this.peer.request('accept', { sdp: await this.#setLocal() });
    this.#trickle(t);
  }

  /** The service offers. */
  async serviceOffers(t) {
    const { sdp } = await this.peer.request('answer', { sdp: await this.#setLocal() });
    await this.#setRemote('SDP_TYPE_ANSWER', sdp);
    this.#trickle(t);
  }

  /** Waits until both sides are connected. */
  async connected() {
    await until('the service is connected', () => this.#is(this.watcher.connectionState), { timeoutMs: 20_000 });
    await until('the peer is connected', () => this.#is(this.peer.connectionState), { timeoutMs: 20_000 });
    await assertBackend(this.client, this.peerConnectionId, this.iceBackend);
  }

  #is(state) {
    if (this.trickleError) throw this.trickleError;
    if (this.peer.howEnded) throw new Error(`the peer ended: ${this.peer.howEnded}`);
    return state === 'connected';
  }

  /**
   * Has the peer send no more media, and waits until nothing is under way any more: browsers go on to probe the path.
   * @returns {Promise<{sent?: object, inbound: object}>} What the peer has sent, and what the service has received.
   */
  async stopMedia() {
    let last = '';
    return until('the media ends', async () => {
      const { sent } = await this.peer.request('stop');
      const inbound = await this.inbound();
      const arrived = Object.values(inbound).map((entry) => [entry.packetsReceived, entry.retransmittedPacketsReceived]);
      const counts = JSON.stringify([sent, arrived, Object.values(this.sinks).map(({ packets }) => packets)]);
      const steady = counts === last;
      last = counts;
      return steady && { sent, inbound };
    }, { intervalMs: 300 });
  }

  /** `inbound-rtp` of the service by kind. */
  async inbound() {
    const { report } = await this.client.peerConnections.getStats({
      peerConnectionId: this.peerConnectionId,
      types: ['STATS_TYPE_INBOUND_RTP'],
    });
    const entries = Object.values(report.stats).map(({ inboundRtp }) => inboundRtp);
    return Object.fromEntries(
      Object.entries(KINDS).map(([name, { kind }]) => [name, entries.find((entry) => entry.kind === kind)]));
  }
}
