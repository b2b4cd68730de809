// Plays a random legal sequence of calls on two ends, and compares them with the model after every step that leaves both
// stable. The seed decides everything that is called.
import assert from 'node:assert/strict';
import { delay, until } from '../../../clients/node/demo/lib/wait.js';
import { SequenceModel } from './sequence_model.js';

const KINDS = ['audio', 'video'];
const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const MOST_LINES = 7; // Each may have an encoder.
const MOST_CHANNELS = 4;
const SETTLE_MS = 60; // What was sent before a direction changed has arrived.
const KEPT_LOG = 60;
const leadOf = (sdp) => sdp.match(/^a=group:BUNDLE (\S+)/m)[1];
const ufragOf = (sdp) => sdp.split(/^m=/m).find((section) => section.includes(`\r\na=mid:${leadOf(sdp)}\r\n`)).match(/^a=ice-ufrag:(\S+)/m)[1];
const QUESTIONS = new Set(['state', 'descriptions', 'received', 'takeCandidates', 'channels', 'settled']);

// What each state refuses: the exception's name, the method, its arguments (W3C webrtc-pc 4.4.1.5, 4.4.2 and 4.7; RFC 9429,
// 3.2).
const SOME_SDP = 'v=0\r\n';
const invalidState = (what, ...args) => ['InvalidStateError', what, ...args];
const ILLEGAL_ALWAYS = [
  ['TypeError', 'addTransceiver', 'text'],
  ['TypeError', 'addTransceiver', 'audio', { direction: 'both' }],
  ['TypeError', 'createDataChannel', 'none', { negotiated: true }],
  ['TypeError', 'createDataChannel', 'none', { maxRetransmits: 1, maxPacketLifeTime: 1 }],
  ['TypeError', 'addIceCandidate', { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host' }],
  ['InvalidModificationError', 'setConfiguration', { bundlePolicy: 'max-compat' }],
];
const ILLEGAL = {
  stable: [
    invalidState('setLocalDescription', { type: 'rollback' }),
    invalidState('setLocalDescription', { type: 'answer', sdp: SOME_SDP }),
    invalidState('setLocalDescription', { type: 'pranswer', sdp: SOME_SDP }),
    invalidState('setRemoteDescription', { type: 'rollback', sdp: '' }),
    invalidState('setRemoteDescription', { type: 'answer', sdp: SOME_SDP }),
    invalidState('setRemoteDescription', { type: 'pranswer', sdp: SOME_SDP }),
    invalidState('createAnswer'),
  ],
  'have-local-offer': [
    invalidState('setLocalDescription', { type: 'answer', sdp: SOME_SDP }),
    invalidState('setLocalDescription', { type: 'pranswer', sdp: SOME_SDP }),
    invalidState('createAnswer'),
  ],
  'have-remote-offer': [
    invalidState('setLocalDescription', { type: 'offer', sdp: SOME_SDP }),
    invalidState('setRemoteDescription', { type: 'answer', sdp: SOME_SDP }),
    invalidState('setRemoteDescription', { type: 'pranswer', sdp: SOME_SDP }),
  ],
};

// mulberry32: 32 bits of state are enough to choose calls.
function seededRandom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Threading: one sequence at a time. */
export class SequencePlayer {
  #pick;
  #ends;
  #model = new SequenceModel([true, false]);
  #stopped = [new Set(), new Set()]; // Keys.
  #stopping = [[], []]; // And not stopped yet.
  #lead = null; // Mid of the section that leads the transport.
  #offeredLead = null; // The same in the last offer.
  #leadChanged = false; // With the last negotiation: libwebrtc replaces its transport.
  #underWay = false; // An offer.
  #offered = ''; // The last offer.
  #theirUfrag = null; // As of the last negotiation.
  #channels = new Map(); // Label -> the end that opened it.
  #opened = 0;
  #log = [];
  #calls = 0; // All but those that only look.
  /** Those in which an end was called: what cannot be called when its turn comes is none. */
  steps = 0;
  negotiations = 0;
  packets = 0;

  /**
   * @param {number} seed
   * @param {((what: string, ...args: unknown[]) => Promise<any>)[]} ends Call a method of `sequenceEnd`.
   */
  constructor(seed, ends) {
    this.#pick = seededRandom(seed);
    this.#ends = ends.map((call, end) => async (what, ...args) => {
      if (!QUESTIONS.has(what)) ++this.#calls;
      if (!QUESTIONS.has(what) && what !== 'refuses') this.#log.push(`${['ours', 'theirs'][end]}.${what}(${args.filter((arg) => String(arg).length < 30).join(', ')})`);
      return call(what, ...args);
    });
    this.seed = seed;
  }

  /** Plays so many steps; an error tells what led to it. */
  async play(steps) {
    try {
      const key = await this.#ends[0]('addTransceiver', 'audio', 'sendrecv', true);
      this.#model.addTransceiver(0, key, 'audio', 'sendrecv', true);
      await this.#negotiate(0);
      while (this.steps < steps) await this.#step();
      await this.#negotiate(this.#pick(2));
    } catch (error) {
      const log = this.#log.slice(-KEPT_LOG).join('\n  ');
      throw new Error(`seed ${this.seed}, step ${this.steps}: ${error.message}\n  ${log}`, { cause: error.cause ?? error });
    }
  }

  async #step() {
    const end = this.#pick(2);
    const calls = [
      this.#addTransceiver, this.#addTransceiver, this.#addTrack, this.#addTrack, this.#removeTrack, this.#replaceTrack,
      this.#replaceTrack, this.#setDirection, this.#setDirection, this.#setDirection, this.#stop, this.#stop, this.#restartIce,
      this.#openChannel, this.#closeChannel, this.#illegalCalls, this.#rollBack, this.#glare, this.#negotiate, this.#negotiate,
    ];
    const before = this.#calls;
    await calls[this.#pick(calls.length)].call(this, end);
    if (this.#calls > before) ++this.steps;
  }

  // ---- Calls.

  #one(list) {
    return list[this.#pick(list.length)];
  }

  // What an offer rejects libwebrtc stops at once, whatever comes of the offer.
  #live(end) {
    const rejected = this.#model.lines.filter(({ ends }) => ends[1 - end].stopping).map(({ ends }) => ends[end]);
    return this.#model.transceivers(end).filter((known) => !known.stopping && !rejected.includes(known));
  }

  async #addTransceiver(end) {
    const [kind, direction, withTrack] = [this.#one(KINDS), this.#one(DIRECTIONS), this.#pick(2) === 0];
    if (this.#model.size >= MOST_LINES) return;
    const key = await this.#ends[end]('addTransceiver', kind, direction, withTrack);
    this.#model.addTransceiver(end, key, kind, direction, withTrack);
  }

  async #addTrack(end) {
    const kind = this.#one(KINDS);
    // libwebrtc would take the sender of one that is stopping, and throw.
    if (end === 1 && this.#stopping[end].some((known) => known.kind === kind && !known.track && !known.hasSent)) return;
    const reused = this.#model.reusedByAddTrack(end, kind);
    if (!reused && this.#model.size >= MOST_LINES) return;
    const key = await this.#ends[end]('addTrack', kind);
    if (reused) assert.equal(key, reused, 'the transceiver that addTrack takes');
    else assert.ok(!this.#model.transceivers(end).some((known) => known.key === key), `addTrack took ${key}, which does not fit`);
    this.#model.addTrack(end, key, kind);
  }

  async #removeTrack(end) {
    const { key } = this.#one(this.#live(end)) ?? {};
    if (!key) return;
    await this.#ends[end]('removeTrack', key);
    this.#model.removeTrack(end, key);
  }

  async #replaceTrack(end) {
    const { key, kind } = this.#one(this.#live(end)) ?? {};
    const withTrack = this.#pick(4) !== 0;
    if (!key) return;
    await this.#ends[end]('replaceTrack', key, withTrack ? kind : null);
    this.#model.replaceTrack(end, key, withTrack);
  }

  async #setDirection(end) {
    const { key } = this.#one(this.#live(end)) ?? {};
    const direction = this.#one(DIRECTIONS);
    if (!key) return;
    await this.#ends[end]('setDirection', key, direction);
    this.#model.setDirection(end, key, direction);
  }

  // One section stays: it has the transport. One that was never negotiated libwebrtc associates with a later offer all the
  // same. And it cannot apply an answer that ends the section in the lead of its offer: what may lead to one we offer at once.
  async #stop(end) {
    const { lines } = this.#model;
    const lives = lines.filter(({ ends }) => ends.every(({ stopping }) => !stopping));
    const lineOf = (known) => lives.find(({ ends }) => ends[end] === known);
    const isLead = (line) => line !== undefined && [this.#lead, this.#offeredLead].includes(line.mid);
    const leadEnds = lines.some((line) => isLead(line) && line.ends[1].stopping);
    const endsAtOnce = (known) => end === 0 && (leadEnds || isLead(lineOf(known)));
    const may = (known) => {
      if (lineOf(known) && lives.length === 1) return false;
      if (end === 0) return !(this.#underWay && endsAtOnce(known));
      return known.current !== null && !(isLead(lineOf(known)) && lines.some(({ ends }) => ends[0].stopping));
    };
    const chosen = this.#one(this.#live(end).filter(may));
    if (!chosen) return;
    const { key } = chosen;
    const atOnce = endsAtOnce(chosen);
    await this.#ends[end]('stop', key);
    this.#stopped[end].add(key);
    this.#stopping[end].push(this.#model.find(end, key));
    this.#model.stop(end, key);
    if (atOnce) await this.#negotiate(end);
  }

  async #restartIce(end) {
    await this.#ends[end]('restartIce');
    this.#model.restartIce(end);
  }

  async #openChannel(end) {
    if (this.#channels.size >= MOST_CHANNELS) return;
    const label = `channel-${++this.#opened}`;
    await this.#ends[end]('openChannel', label);
    this.#channels.set(label, end);
    this.#model.wantData(end);
  }

  async #closeChannel(end) {
    const label = this.#one([...this.#channels.keys()].filter((name) => this.#channels.get(name) === end));
    if (!label || !this.#model.hasData) return;
    await this.#ends[end]('closeChannel', label);
    this.#channels.delete(label);
    for (const side of this.#ends) {
      await until(`${label} is closed`, async () => (await side('channels')).some((found) => found.label === label && found.state === 'closed'));
    }
  }

  async #illegalCalls() {
    await this.#refuses('stable');
  }

  // What this end must refuse in its state, by the name of the error, and nothing is changed by it. Ours only: this is not a
  // test of the other one.
  async #refuses(signalingState) {
    const ours = this.#ends[0];
    const seen = async () => [await ours('state'), await ours('descriptions')];
    await ours('settled');
    const before = await seen();
    assert.equal(before[0].signalingState, signalingState);
    for (const [name, what, ...args] of [...ILLEGAL_ALWAYS, ...ILLEGAL[signalingState]]) {
      assert.equal(await ours('refuses', what, ...args), name, `${what}(${JSON.stringify(args)}) in ${signalingState}`);
    }
    await ours('settled');
    assert.deepEqual(await seen(), before, 'a refused call has changed something');
  }

  // While an offer is under way.
  async #meddle(end) {
    if (this.#pick(3) !== 0) return;
    await this.#one([this.#setDirection, this.#addTransceiver, this.#addTrack, this.#stop, this.#replaceTrack]).call(this, end);
  }

  // ---- Negotiation.

  async #offer(end) {
    this.#underWay = true;
    const sdp = await this.#ends[end]('offer');
    this.#offeredLead = leadOf(sdp);
    // libwebrtc offers one more restart where a section that its answer rejected kept the credentials before.
    if (end === 1 && this.#theirUfrag !== null && ufragOf(sdp) !== this.#theirUfrag) this.#model.restartIce(end);
    this.#offered = sdp;
    await this.#ends[1 - end]('takeOffer', sdp);
    this.#model.offer(end);
    await this.#learnNames();
    if (this.#pick(6) === 0) await this.#refuses(end === 0 ? 'have-local-offer' : 'have-remote-offer');
  }

  // What an offer has made has a name at its end, and is known by its mid.
  async #learnNames() {
    const states = await this.#states();
    for (const line of this.#model.lines) {
      const of = (end, attribute) => states[end].transceivers.find((found) => found[attribute] === (attribute === 'mid' ? line.mid : line.ends[end].key));
      line.mid ??= (line.ends[0].key ? of(0, 'key') : of(1, 'key')).mid;
      for (const end of [0, 1]) {
        if (!line.ends[end].stopping) assert.ok(of(end, 'mid'), `end ${end} has nothing with mid ${line.mid}`);
        line.ends[end].key ??= of(end, 'mid').key;
      }
    }
  }

  async #answer(end) {
    const other = 1 - end;
    if (this.#pick(5) === 0) await this.#ends[end]('accept', 'pranswer', await this.#ends[other]('pranswer'));
    const answer = await this.#ends[other]('answer');
    await this.#ends[end]('accept', 'answer', answer);
    const lead = leadOf(answer);
    this.#theirUfrag = ufragOf(end === 1 ? this.#offered : answer);
    this.#leadChanged = this.#lead !== null && this.#lead !== lead;
    this.#lead = lead;
    this.#offeredLead = null;
    this.#underWay = false;
    for (const line of this.#model.answer()) [0, 1].forEach((side) => this.#stopped[side].add(line.ends[side].key));
    this.#stopping = this.#stopping.map((list, side) => list.filter((known) => this.#model.lines.some(({ ends }) => ends[side] === known)));
    ++this.negotiations;
    await this.#compare();
  }

  async #negotiate(end) {
    await this.#offer(end);
    await this.#meddle(end);
    await this.#meddle(1 - end);
    await this.#answer(end);
  }

  async #rollBack(end) {
    // What an offer rejects libwebrtc stops at once, and for good; and a first section for data it cannot take back.
    if (this.#model.lines.some(({ ends }) => ends[end].stopping) || this.#bringsData(end)) return this.#negotiate(end);
    const descriptions = () => Promise.all(this.#ends.map((each) => each('descriptions')));
    const before = await descriptions();
    await this.#offer(end);
    await this.#meddle(end);
    await this.#meddle(1 - end);
    await this.#ends[1 - end]('rollBackRemote');
    await this.#ends[end]('rollBackLocal');
    this.#model.rollBack();
    this.#offeredLead = null;
    this.#underWay = false;
    for (const line of this.#model.lines) line.mid ??= null;
    await this.#compareStates(await this.#states());
    assert.deepEqual(await descriptions(), before, 'the descriptions of both ends, as they were before what was rolled back');
    // Where it was told before that offer, it is not told once more that there is no need.
    if (end === 0 || this.#model.negotiationNeeded(0)) await this.#compareNeeds();
  }

  #bringsData(end) {
    return this.#model.dataWanted[end] && !this.#model.hasData;
  }

  // Both offer; the polite one takes the other's offer, which takes its own back.
  async #glare(side) {
    const polite = this.#bringsData(1) ? 0 : side;
    await this.#ends[polite]('offer');
    await this.#offer(1 - polite);
    await this.#answer(1 - polite);
  }

  // ---- Comparison.

  #states() {
    return Promise.all(this.#ends.map((end) => end('state')));
  }

  async #compare() {
    await this.#compareStates(await this.#states());
    await this.#connected();
    await this.#compareFlows();
    await until('the tracks of what is stopped have ended', async () => (await this.#states()).every(({ ended }, end) =>
      ended.filter(({ key }) => this.#stopped[end].has(key)).every(({ track }) => track === 'ended')));
    if (this.#model.hasData) await this.#compareData();
    await this.#compareNeeds();
  }

  async #compareStates(states) {
    for (const end of [0, 1]) {
      const { signalingState, transceivers, ended } = states[end];
      assert.equal(signalingState, 'stable', `end ${end}`);
      const expected = this.#model.transceivers(end).filter(({ stopping }) => !stopping)
        .map(({ key, kind, direction, current, track }) => ({ key, kind, direction, currentDirection: current, hasTrack: track }));
      const found = transceivers.filter(({ key }) => !this.#stopped[end].has(key)).map(({ mid: _, ...rest }) => rest);
      assert.deepEqual(found, expected, `transceivers of end ${end}`);
      for (const { key, currentDirection } of ended.filter((gone) => this.#stopped[end].has(gone.key))) {
        assert.equal(currentDirection, 'stopped', `${key} of end ${end}`);
      }
    }
    const mids = states.map(({ transceivers }, end) => this.#model.lines.map(({ ends }) =>
      transceivers.find(({ key }) => key === ends[end].key)?.mid));
    assert.deepEqual(mids[0], mids[1], 'the mids of both ends');
    assert.equal(new Set(mids[0]).size, mids[0].length, 'a mid is given twice');
  }

  async #connected() {
    await until('both ends are connected', async () => {
      for (const end of [0, 1]) {
        const candidates = await this.#ends[end]('takeCandidates');
        if (candidates.length > 0) await this.#ends[1 - end]('addCandidates', candidates);
      }
      return (await this.#states()).every(({ connectionState }) => connectionState === 'connected');
    });
  }

  // Packets arrive where directions and tracks say so, and nowhere else.
  async #compareFlows() {
    const received = () => Promise.all(this.#ends.map((end) => end('received')));
    // To a receiver that is stopping there may be packets until the other end knows.
    const ways = this.#model.lines.flatMap((line) => [0, 1].filter((end) => !line.ends[1 - end].stopping)
      .map((end) => ({ line, end, flows: this.#model.flows(end, line) })));
    const count = (counts, { line, end }) => counts[1 - end][line.mid] ?? 0;
    const name = ({ line, end }) => `${['ours', 'theirs'][end]} sends on ${line.mid}`;
    const base = await received();
    let last = base;
    const silent = () => ways.filter((way) => way.flows && count(last, way) <= count(base, way)).map(name);
    await until('packets', async () => {
      last = await received();
      return silent().length === 0;
    }).catch((error) => {
      throw new Error(`${error.message}: ${silent()}`);
    });
    for (const way of ways) this.packets += count(last, way) - count(base, way);
    if (ways.every(({ flows }) => flows)) return;
    await delay(SETTLE_MS);
    const [settled] = [await received(), await delay(SETTLE_MS)];
    last = await received();
    const unexpected = ways.filter((way) => !way.flows && count(last, way) > count(settled, way)).map(name);
    assert.deepEqual(unexpected, [], 'packets where there must be none');
  }

  // Each end has its messages echoed.
  async #compareData() {
    for (const [label, end] of this.#channels) {
      const entry = async (side) => (await this.#ends[side]('channels')).find((found) => found.label === label);
      await until(`${label} is open`, async () => (await entry(end)).state === 'open');
      const text = `${label} ${this.negotiations}`;
      const send = () => this.#ends[end]('send', label, text);
      await send();
      await until(`the echo on ${label}`, async () => {
        // What is on its way when a transport is replaced is lost.
        if (this.#leadChanged) await delay(SETTLE_MS).then(send);
        return (await entry(end)).last === text;
      });
    }
  }

  // Of ours only: Chromium tells of stopped transceivers once too often.
  async #compareNeeds() {
    const needed = async () => (await this.#ends[0]('state')).needed;
    if (this.#model.negotiationNeeded(0)) await until('negotiationneeded', needed);
    else assert.equal(await needed(), false, 'negotiationneeded');
  }
}
