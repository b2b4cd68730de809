// Compiled by test/types.test.js as a user of the package would: what must type-check, and what must not.
import { Client, PeerConnectionError, type CreateResponse, type Event } from '@peerconnectiond/client';
import {
  connect, createMediaStreamTrack, install, RTCPeerConnection, type RtpContributingSource, type RTCDataChannel, type RTCIceCandidatePair, type RTCSignalingState,
} from '@peerconnectiond/client/w3c';

export async function lowLevel(): Promise<string> {
  const client = new Client({ address: 'localhost:1', tls: { ca: 'x' }, token: async () => 'x' });
  const response: CreateResponse = await client.peerConnections.create({ labels: { a: 'b' } }, { timeoutMs: 5 });
  // @ts-expect-error: no such field
  await client.peerConnections.create({ label: {} });
  // @ts-expect-error: no such value
  await client.media.requestKeyFrame({ method: 'PLI' });
  for await (const { event } of client.follow({ peerConnectionIds: ['x'] })) use(event);
  const stream = client.dataChannels.stream();
  await stream.write({ open: { peerConnectionId: 'x', initialReceiveCredit: 1 } });
  for await (const { message } of stream) return message?.message?.text ?? '';
  return response.peerConnection?.localDescription?.sdp ?? '';
}

function use(event: Event | undefined): number | undefined {
  return event?.sequence;
}

export async function w3c(): Promise<void> {
  const service = await connect('localhost:1', { labels: { a: 'b' } });
  install(globalThis);
  const connection = new RTCPeerConnection({ iceServers: [{ urls: 'stun:192.0.2.1' }] });
  const channel: RTCDataChannel = connection.createDataChannel('x', { ordered: false });
  channel.send(new Uint8Array(3));
  connection.addTrack(createMediaStreamTrack('video'));
  connection.addTransceiver('audio', { direction: 'recvonly' });
  // @ts-expect-error: read-only
  connection.signalingState = 'stable';
  const state: RTCSignalingState = connection.signalingState;
  // @ts-expect-error: no such state
  if (connection.connectionState === 'conected') return;
  const gathering: 'new' | 'gathering' | 'complete' | undefined = connection.sctp?.transport.iceTransport.gatheringState;
  console.log(state, gathering, [...(await connection.getStats())].length);
  const heard: RtpContributingSource[] = connection.getReceivers()[0].getSynchronizationSources();
  const level: number | undefined = heard[0].audioLevel;
  const pair: RTCIceCandidatePair | null | undefined = connection.sctp?.transport.iceTransport.getSelectedCandidatePair();
  console.log(level, pair?.local.address);
  const offer = await connection.createOffer({ iceRestart: true });
  await connection.setLocalDescription(offer);
  const error: unknown = await connection.setRemoteDescription({ type: 'answer', sdp: offer.sdp }).catch((reason: Error) => reason.cause);
  if (error instanceof PeerConnectionError) console.log(error.reason);
  service.close();
}
