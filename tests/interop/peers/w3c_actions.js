// What a peer is asked (README.md), in terms of RTCPeerConnection alone: for pages and for @roamhq/wrtc.

const toBytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const toBase64 = (buffer) => {
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};

/**
 * @param {RTCPeerConnection} connection
 * @param {object} options
 * @param {() => Promise<void>} options.publish Adds tracks.
 * @param {(event: string, details: object) => void} options.tell
 * @param {(track: MediaStreamTrack) => void} [options.play] Plays a remote track: browsers decode what somebody sees or hears.
 * @returns {Record<string, (request: object) => Promise<object | void>>}
 */
export function w3cActions(connection, { publish, tell, play = () => {} }) {
  const tellMessage = ({ label }, data) =>
    tell('message', { label, ...(typeof data === 'string' ? { text: data } : { base64: toBase64(data) }) });

  connection.onconnectionstatechange = () => tell('state', { state: connection.connectionState });
  connection.onicecandidate = ({ candidate }) => tell('candidate', { candidate: candidate?.toJSON() ?? null });
  connection.ondatachannel = ({ channel }) => {
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => {
      tellMessage(channel, data);
      channel.send(data);
    };
  };

  const describe = async (description) => {
    await connection.setLocalDescription(description);
    return { sdp: connection.localDescription.sdp };
  };

  const packetsSent = async () => {
    const sent = {};
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === 'outbound-rtp') sent[entry.kind] = entry.packetsSent;
    }
    return sent;
  };

  const decoded = async () => {
    const counts = { audio: 0, video: 0 };
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== 'inbound-rtp') continue;
      const { kind, framesDecoded, totalSamplesReceived = 0, concealedSamples = 0 } = entry;
      counts[kind] = kind === 'video' ? framesDecoded ?? 0 : Math.floor((totalSamplesReceived - concealedSamples) / 960);
    }
    return counts;
  };

  return {
    publish,
    async receive({ offers }) {
      connection.ontrack = ({ track }) => play(track);
      for (const kind of offers ? ['audio', 'video'] : []) connection.addTransceiver(kind, { direction: 'recvonly' });
    },
    received: async () => ({ decoded: await decoded() }),
    async channel({ label, messages }) {
      const channel = connection.createDataChannel(label);
      channel.binaryType = 'arraybuffer';
      channel.onmessage = ({ data }) => tellMessage(channel, data);
      channel.onopen = () => {
        for (const { text, base64 } of messages) channel.send(text ?? toBytes(base64));
      };
    },
    offer: async () => describe(await connection.createOffer()),
    async answer({ sdp }) {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      return describe(await connection.createAnswer());
    },
    accept: ({ sdp }) => connection.setRemoteDescription({ type: 'answer', sdp }),
    candidate: ({ candidate }) => connection.addIceCandidate(candidate ?? undefined),
    async stop() {
      for (const sender of connection.getSenders()) await sender.replaceTrack(null);
      return { sent: await packetsSent() };
    },
  };
}
