// werift as a peer; see README.md for what it is asked. It passes media on and does not encode.
import { createSocket } from 'node:dgram';
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useVP8 } from 'werift';
import { packageVersion, serve, tell } from '../support/json_lines.js';

const HOST = '127.0.0.1';
const MAGIC = [0x21, 0x12, 0xa4, 0x42]; // Of STUN.
const ABORT = 6; // Of SCTP.

const sockets = [];

async function open(onMessage) {
  const socket = createSocket('udp4', (data, from) => onMessage(data, from, socket));
  sockets.push(socket);
  await new Promise((resolve) => socket.bind(0, HOST, resolve));
  return socket.address().port;
}

// werift asks a STUN server in any case, Google's unless another is given, and waits for its answer. This one says that
// the address is what it seems (RFC 8489, 14.2).
function answerStun(request, { address, port }, socket) {
  const response = Buffer.alloc(32);
  request.copy(response, 0, 0, 20);
  response.writeUInt16BE(0x0101, 0);
  response.writeUInt16BE(12, 2);
  response.set([0x00, 0x20, 0, 8, 0, 1], 20);
  response.writeUInt16BE(port ^ MAGIC[0] << 8 ^ MAGIC[1], 26);
  response.set(address.split('.').map((byte, i) => Number(byte) ^ MAGIC[i]), 28);
  socket.send(response, port, address);
}

const connection = new RTCPeerConnection({
  codecs: { audio: [useOPUS()], video: [useVP8()] },
  iceServers: [{ urls: `stun:${HOST}:${await open(answerStun)}` }],
  iceUseIpv6: false,
});

const packets = { audio: 0, video: 0 };
const counted = new Set();

function count(track) {
  if (counted.has(track)) return;
  counted.add(track);
  track.onReceiveRtp.subscribe(() => ++packets[track.kind]);
}

const toBytes16 = (...values) => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
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
  return open((data) => track.writeRtp(data));
}

const describe = async (description) => {
  await connection.setLocalDescription(description);
  return { sdp: connection.localDescription.sdp };
};

await serve(packageVersion('werift'), {
  publish: async () => ({ feed: { audio: await addTrack('audio'), video: await addTrack('video') } }),
  async receive({ offers }) {
    connection.onTrack.subscribe(count);
    // A transceiver that an offer makes has a track for each source of it; onTrack tells of the first that there was.
    connection.onRemoteTransceiverAdded.subscribe((transceiver) => transceiver.onTrack.subscribe(count));
    for (const kind of offers ? Object.keys(packets) : []) connection.addTransceiver(kind, { direction: 'recvonly' });
  },
  received: async () => ({ packets }),
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
  // werift gives no cause, so the chunk (RFC 9260, 3.3.7) is made here.
  async abort({ cause, reason = '' }) {
    const text = Buffer.from(reason);
    const causes = cause === undefined ? Buffer.alloc(0) : Buffer.concat([toBytes16(cause, 4 + text.length), text]);
    const padding = Buffer.alloc((4 - (causes.length % 4)) % 4);
    const bytes = Buffer.concat([toBytes16(ABORT << 8, 4 + causes.length), causes, padding]);
    await connection.sctpTransport.sctp.sendChunk({ bytes });
  },
}, async () => {
  for (const socket of sockets) socket.close();
  await connection.close();
});
