// Follows the events of one connection: hands local candidates on and keeps the states.

const NULL_CANDIDATE = null; // W3C: gathering is complete.

// The API's candidate has more fields than an RTCIceCandidateInit.
const candidateInit = ({ candidate, sdpMid, sdpMLineIndex, usernameFragment }) =>
  ({ candidate, sdpMid, sdpMLineIndex, usernameFragment });

// `PEER_CONNECTION_STATE_CONNECTED` -> `connected`
const shortName = (value, prefix) => value.slice(prefix.length).toLowerCase();

/** Watches one connection until it is closed. */
export class Watcher {
  #stream;
  #onCandidate;
  connectionState = 'new';
  iceConnectionState = 'new';
  lastSequence = 0;

  /**
   * @param {import('../../dist/index.js').Client} client
   * @param {string} peerConnectionId
   * @param {(candidate: object | null) => void} onCandidate Takes local candidates as RTCIceCandidateInit.
   */
  constructor(client, peerConnectionId, onCandidate) {
    this.#onCandidate = onCandidate;
    this.#stream = client.events.watchEvents({ peerConnectionIds: [peerConnectionId] });
    /** Resolves when the stream has ended, rejects when it failed. */
    this.ended = this.#run();
    this.ended.catch(() => {}); // Whoever waits for `ended` learns of it.
  }

  async #run() {
    for await (const { response, snapshot, event } of this.#stream) {
      if (response === 'snapshot') this.#onSnapshot(snapshot);
      if (response === 'event') this.#onEvent(event);
    }
  }

  #onSnapshot({ peerConnection, localCandidates }) {
    this.lastSequence = peerConnection.lastEventSequence;
    this.#setConnectionState(peerConnection);
    this.#setIceConnectionState(peerConnection);
    for (const candidate of localCandidates) this.#onCandidate(candidateInit(candidate));
  }

  #onEvent(event) {
    if (event.sequence !== this.lastSequence + 1) {
      throw new Error(`event ${event.sequence} followed ${this.lastSequence}: the log must have no gap`);
    }
    this.lastSequence = event.sequence;
    if (event.event === 'iceCandidate') {
      const { candidate } = event.iceCandidate;
      this.#onCandidate(candidate ? candidateInit(candidate) : NULL_CANDIDATE);
    }
    if (event.event === 'connectionStateChange') this.#setConnectionState(event.connectionStateChange);
    if (event.event === 'iceConnectionStateChange') this.#setIceConnectionState(event.iceConnectionStateChange);
  }

  #setConnectionState({ connectionState }) {
    this.connectionState = shortName(connectionState, 'PEER_CONNECTION_STATE_');
  }

  #setIceConnectionState({ iceConnectionState }) {
    this.iceConnectionState = shortName(iceConnectionState, 'ICE_CONNECTION_STATE_');
  }

  /** Stops watching. */
  close() {
    this.#stream.cancel();
  }
}
