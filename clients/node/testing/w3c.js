// What tests of the W3C layer need: the real service, and connections that end with their test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startService } from '../demo/lib/service.js';
import { within } from '../demo/lib/wait.js';
import { connect, RTCPeerConnection } from '../esm/w3c.mjs';

const EVENT_TIMEOUT_MS = 15_000;

/** Starts the service for the tests of a file. @returns {{service: import('../esm/w3c.mjs').Service}} Filled in `before`. */
export function useService({ args = [] } = {}) {
  const held = {};
  before(async () => {
    held.directory = await mkdtemp(join(tmpdir(), 'pcd-w3c-'));
    const { address, child } = await startService({ logFile: join(held.directory, 'service.log'), args });
    held.child = child;
    held.address = address;
    held.service = await connect(address);
  });
  after(async () => {
    held.service?.close();
    await held.child?.stop();
    await rm(held.directory, { recursive: true });
  });
  return held;
}

/** A connection that is closed at the end of the test. */
export function makeConnection(t, configuration) {
  const connection = new RTCPeerConnection(configuration);
  t.after(() => connection.close());
  return connection;
}

/** Two connections whose candidates find each other; `configuration` is the first one's. */
export function makePair(t, configuration) {
  const pair = [makeConnection(t, configuration), makeConnection(t)];
  pair.forEach((connection, i) => {
    const other = pair[1 - i];
    const early = [];
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (other.remoteDescription) other.addIceCandidate(candidate ?? undefined).catch(() => {});
      else early.push(candidate);
    });
    other.addEventListener('signalingstatechange', () => {
      if (other.remoteDescription) for (const candidate of early.splice(0)) other.addIceCandidate(candidate ?? undefined).catch(() => {});
    });
  });
  return pair;
}

/** Offer and answer. */
export async function negotiate(offerer, answerer) {
  await offerer.setLocalDescription();
  await answerer.setRemoteDescription(offerer.localDescription);
  await answerer.setLocalDescription();
  await offerer.setRemoteDescription(answerer.localDescription);
}

/** The next event of a type. */
export function once(target, type) {
  return within(
    new Promise((resolve) => target.addEventListener(type, resolve, { once: true })), `event ${type}`, EVENT_TIMEOUT_MS);
}

/** Waits for an attribute to have a value, by the event that tells of it. */
export async function reaches(target, type, attribute, value) {
  while (target[attribute] !== value) await once(target, type);
}

/** Two connected connections with a channel between them. @returns {Promise<{a, b, ours, theirs}>} */
export async function connectedPair(t, init) {
  const [a, b] = makePair(t);
  const ours = a.createDataChannel('channel', init);
  const arrived = init?.negotiated ? { channel: b.createDataChannel('channel', init) } : once(b, 'datachannel');
  const opened = once(ours, 'open');
  await negotiate(a, b);
  const { channel: theirs } = await arrived;
  await opened;
  if (theirs.readyState !== 'open') await once(theirs, 'open');
  return { a, b, ours, theirs };
}

/** Notes events of some types, as `type` or `type value-of-an-attribute`. */
export function record(target, types, attributeOf = () => undefined) {
  const seen = [];
  for (const type of types) {
    target.addEventListener(type, (event) => {
      const value = attributeOf(type, event);
      seen.push(value === undefined ? type : `${type} ${value}`);
    });
  }
  return seen;
}

/** The tasks that were queued so far have run; each takes a turn of its own. */
export async function tasksRun() {
  for (let turn = 0; turn < 10; ++turn) await new Promise(setImmediate);
}

/**
 * Lets time pass in which something would happen that must not: only what has no event of its own to wait for. It is
 * several times what the service takes for a call and its events.
 */
export const nothingHappens = (ms = 200) => new Promise((resolve) => setTimeout(resolve, ms));
