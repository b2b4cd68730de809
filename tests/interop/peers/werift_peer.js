// werift as a peer; see README.md for what it is asked. It passes media on and does not encode.
import { createSocket } from 'node:dgram';
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useVP8 } from 'werift';
import { packageVersion, serve, tell } from '../support/json_lines.js';

const HOST = '127.0.0.1';

const connection = new RTCPeerConnection({
  codecs: { audio: [useOPUS()], video: [useVP8()] },
  iceServers: [],
  iceUseIpv6: false,
});
const sockets = [];

const fromRequest = ({ text, base64 }) => text ?? Buffer.from(base64, 'base64');
const toEvent = (data) => (typeof data === 'string' ? { text: data } : { base64: data.toString('base64') });
const tellMessages = (channel) => channel.onMessage.subscribe((data) => tell('message', { label: channel.label, ...toEvent(data) }));

connection.connectionStateChange.subscribe((state) => tell('state', { state }));
connection.onIceCandidate.subscribe((candidate) => tell('candidate', { candidate: candidate?.toJSON() ?? null }));
connection.onDataChannel.subscribe((channel) => {
  tellMessages(channel);
  channel.onMessage.subscribe((data) => channel.send(data));
});

// A track whose packets come from a port of loopback.
async function addTrack(kind) {
  const track = new MediaStreamTrack({ kind });
  connection.addTrack(track);
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (data) => track.writeRtp(data));
  await new Promise((resolve) => socket.bind(0, HOST, resolve));
  return socket.address().port;
}

const describe = async (description) => {
  await connection.setLocalDescription(description);
  return { sdp: connection.localDescription.sdp };
};

await serve(packageVersion('werift'), {
  publish: async () => ({ feed: { audio: await addTrack('audio'), video: await addTrack('video') } }),
  async channel({ label, messages }) {
    const channel = connection.createDataChannel(label);
    tellMessages(channel);
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') for (const message of messages) channel.send(fromRequest(message));
    });
  },
  offer: async () => describe(await connection.createOffer()),
  async answer({ sdp }) {
    await connection.setRemoteDescription({ type: 'offer', sdp });
    return describe(await connection.createAnswer());
  },
  accept: ({ sdp }) => connection.setRemoteDescription({ type: 'answer', sdp }),
  candidate: ({ candidate }) => connection.addIceCandidate(candidate ?? {}),
  stop: async () => ({}),
}, async () => {
  for (const socket of sockets) socket.close();
  await connection.close();
});
