// Two connections of one service, connected with each other: what goes in at the one comes out at the other.
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Watcher } from '../../../clients/node/demo/lib/watcher.js';
import { assertBackend } from './backend.js';

/** A connection that sends and one that receives. */
export class ServicePair {
  #watchers = [];

  /**
   * Makes both, not yet negotiated. They end with the test.
   * @param {import('node:test').TestContext} t
   * @param {import('../../../clients/node/dist/index.js').Client} client
   * @returns {Promise<ServicePair>}
   */
  static async create(t, client) {
    const pair = new ServicePair();
    pair.client = client;
    [pair.sender, pair.receiver] = await Promise.all([0, 1].map(async () => {
      const { peerConnection: { peerConnectionId } } = await client.peerConnections.create({});
      t.after(() => client.peerConnections.close({ peerConnectionId }));
      return peerConnectionId;
    }));
    return pair;
  }

  /**
   * Makes a local track of RTP from UDP, and sends it.
   * @param {string} kind `MEDIA_KIND_…` @param {object} codec
   * @returns {Promise<{host: string, port: number}>} Where the RTP is expected.
   */
  async send(kind, codec) {
    const at = { peerConnectionId: this.sender, trackId: 'track' };
    const { track } = await this.client.media.createLocalTrack({ ...at, kind, source: { udp: { codec } } });
    await this.client.peerConnections.addTrack({ ...at, streamIds: ['stream'] });
    return track.source.localRtp;
  }

  /** The sender offers, the receiver answers, and candidates follow. Resolves when both are connected. */
  async connect(t) {
    const { peerConnections } = this.client;
    const local = async (peerConnectionId) =>
      (await peerConnections.setLocalDescription({ peerConnectionId })).peerConnection.localDescription;
    const remote = (peerConnectionId, description) => peerConnections.setRemoteDescription({ peerConnectionId, description });
    await remote(this.receiver, await local(this.sender));
    await remote(this.sender, await local(this.receiver));
    const note = (error) => (this.error ??= error);
    const ends = [[this.sender, this.receiver], [this.receiver, this.sender]];
    this.#watchers = ends.map(([from, peerConnectionId]) => new Watcher(this.client, from, (candidate) => {
      peerConnections.addIceCandidate({ peerConnectionId, candidate }).catch(note);
    }));
    t.after(() => this.#watchers.forEach((watcher) => watcher.close()));
    await until('both are connected', () => {
      if (this.error) throw this.error;
      return this.#watchers.every(({ connectionState }) => connectionState === 'connected');
    });
    for (const peerConnectionId of [this.sender, this.receiver]) await assertBackend(this.client, peerConnectionId);
  }
}
