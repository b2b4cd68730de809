// One end of the sequence player, whatever RTCPeerConnection it is: of Node, of a page, of a library. The function needs
// nothing from outside, so that its text can be sent to a page.

/**
 * @param {RTCPeerConnection} connection
 * @param {{makeTrack: (kind: string) => MediaStreamTrack, stream: MediaStream, explicit?: boolean}} options `explicit`: its
 *   setLocalDescription wants a description, and an offer that meets its own does not roll that back.
 */
export function sequenceEnd(connection, { makeTrack, stream, explicit = false }) {
  const keys = new Map(); // Transceiver -> the name that the player has for it.
  const candidates = [];
  const channels = new Map();
  let needed = false;

  connection.onicecandidate = ({ candidate }) => void (candidate && candidates.push(candidate.toJSON()));
  connection.onnegotiationneeded = () => void (needed = true);
  connection.ondatachannel = ({ channel }) => {
    channels.set(channel.label, { channel, received: [] });
    channel.onmessage = ({ data }) => channel.send(data);
  };

  const keyOf = (transceiver) => {
    if (!keys.has(transceiver)) keys.set(transceiver, `t${keys.size + 1}`);
    return keys.get(transceiver);
  };
  const find = (key) => [...keys].find(([, name]) => name === key)[0];
  const local = async (description) => {
    needed = false;
    await connection.setLocalDescription(description);
    return connection.localDescription.sdp;
  };

  return {
    // ---- Calls between negotiations.
    addTransceiver: (kind, direction, withTrack) =>
      keyOf(connection.addTransceiver(withTrack ? makeTrack(kind) : kind, { direction })),
    addTrack(kind) {
      const sender = connection.addTrack(makeTrack(kind), stream);
      return keyOf(connection.getTransceivers().find((transceiver) => transceiver.sender === sender));
    },
    removeTrack(key) {
      const { sender } = find(key);
      const { track } = sender;
      connection.removeTrack(sender);
      track?.stop();
    },
    async replaceTrack(key, kind) {
      const { sender } = find(key);
      const { track } = sender;
      await sender.replaceTrack(kind ? makeTrack(kind) : null);
      track?.stop();
    },
    setDirection: (key, direction) => void (find(key).direction = direction),
    stop(key) {
      const { sender } = find(key);
      const { track } = sender;
      find(key).stop();
      track?.stop();
    },
    restartIce: () => connection.restartIce(),
    openChannel(label) {
      const entry = { channel: connection.createDataChannel(label), received: [] };
      entry.channel.onmessage = ({ data }) => entry.received.push(data);
      channels.set(label, entry);
    },
    closeChannel: (label) => channels.get(label).channel.close(),

    // ---- Negotiation.
    offer: async () => local(explicit ? await connection.createOffer() : undefined),
    async takeOffer(sdp) {
      if (explicit && connection.signalingState === 'have-local-offer') await connection.setLocalDescription({ type: 'rollback' });
      await connection.setRemoteDescription({ type: 'offer', sdp });
    },
    answer: async () => local(explicit ? await connection.createAnswer() : undefined),
    async pranswer() {
      const { sdp } = await connection.createAnswer();
      return local({ type: 'pranswer', sdp });
    },
    accept: (type, sdp) => connection.setRemoteDescription({ type, sdp }),
    rollBackLocal: () => connection.setLocalDescription({ type: 'rollback' }),
    rollBackRemote: () => connection.setRemoteDescription({ type: 'rollback', sdp: '' }),
    /** Without those of offers that were rolled back: not every implementation refuses them. */
    takeCandidates: () => candidates.splice(0).filter(({ usernameFragment }) =>
      connection.localDescription.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`)),
    async addCandidates(list) {
      // Of a section that is rejected there may still be some.
      for (const candidate of list) await connection.addIceCandidate(candidate).catch(() => {});
    },
    /** Name of the exception that a call ends with; null: none. */
    refuses: async (what, ...args) => {
      try {
        await connection[what](...args);
        return null;
      } catch (error) {
        return error.name;
      }
    },

    /** All calls so far have been carried out, wherever that is done. */
    settled: async () => void (await connection.getStats()),

    // ---- What is to be seen.
    state: () => ({
      signalingState: connection.signalingState,
      connectionState: connection.connectionState,
      needed,
      transceivers: connection.getTransceivers().map((transceiver) => ({
        key: keyOf(transceiver),
        mid: transceiver.mid,
        kind: transceiver.receiver.track.kind,
        direction: transceiver.direction,
        currentDirection: transceiver.currentDirection,
        hasTrack: transceiver.sender.track !== null,
      })),
      ended: [...keys].filter(([transceiver]) => !connection.getTransceivers().includes(transceiver))
        .map(([{ currentDirection, receiver }, key]) => ({ key, currentDirection, track: receiver.track.readyState })),
    }),
    /** The four descriptions, without candidates: those come when they come. */
    descriptions: () => ['currentLocalDescription', 'pendingLocalDescription', 'currentRemoteDescription', 'pendingRemoteDescription']
      .map((which) => connection[which] && [connection[which].type,
        connection[which].sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r\n|^(?:m=\w+ |c=|a=rtcp:).*\r\n/gm, '')]),
    /** Packets received, by mid. */
    async received() {
      const counts = {};
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === 'inbound-rtp') counts[entry.mid] = (counts[entry.mid] ?? 0) + entry.packetsReceived;
      }
      return counts;
    },
    send: (label, text) => channels.get(label).channel.send(text),
    channels: () => [...channels].map(([label, { channel, received }]) => ({ label, state: channel.readyState, received: received.length, last: received.at(-1) })),
    close: () => connection.close(),
  };
}
