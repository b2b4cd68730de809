// What two ends that negotiate must look like, written from W3C webrtc-pc and RFC 9429 and from nothing else: the sequence
// player compares both with real ends. Ends are 0 and 1.

const sends = (direction) => direction === 'sendrecv' || direction === 'sendonly';
const receives = (direction) => direction === 'sendrecv' || direction === 'recvonly';
const directionOf = (sending, receiving) =>
  (sending ? (receiving ? 'sendrecv' : 'sendonly') : receiving ? 'recvonly' : 'inactive');
const reversed = (direction) => directionOf(receives(direction), sends(direction));

/** What remains of our direction when the other end's is this (RFC 9429, 5.3.1). */
const intersection = (ours, theirs) => directionOf(sends(ours) && receives(theirs), receives(ours) && sends(theirs));

/**
 * One end of a line, or a transceiver that has no line yet.
 * @typedef {object} ModelTransceiver
 * @property {string | null} key The end's name for it; null until it is known.
 * @property {number} order Of its making.
 * @property {boolean} byAddTrack Made by addTrack (RFC 9429, 5.10: such a one may be associated by an offer).
 * @property {boolean} gotTrack addTrack has given it one.
 */

/** Two ends and the lines between them. */
export class SequenceModel {
  /** Sections that both ends know. @type {{mid: string | null, ends: ModelTransceiver[]}[]} */
  lines = [];
  waiting = [[], []];
  hasData = false;
  dataWanted = [false, false];
  restartWanted = [false, false];
  #created = 0;
  #pending = null;
  #rejects;
  // Of the last negotiation, by line: what offer and answer said, each from its writer's side.
  #said = new Map();
  #lastOfferer = 0;

  /**
   * @param {boolean[]} rejects By end: whether its answer rejects what it is stopping (RFC 9429, 5.3.1). libwebrtc's says
   *   that it is inactive, and the end has to offer before it is stopped.
   */
  constructor(rejects) {
    this.#rejects = rejects;
  }

  #make(kind, more) {
    return {
      key: null, order: this.#created++, kind, direction: 'sendrecv', current: null, track: false, inStream: false, byAddTrack: false, gotTrack: false,
      stopping: false, hasSent: false, ...more,
    };
  }

  #wait(end, transceiver) {
    this.waiting[end].push(transceiver);
    this.waiting[end].sort((a, b) => a.order - b.order);
  }

  /** All transceivers of an end that are not stopped, as getTransceivers orders them. */
  transceivers(end) {
    return [...this.lines.map(({ ends }) => ends[end]), ...this.waiting[end]].sort((a, b) => a.order - b.order);
  }

  find(end, key) {
    const found = this.transceivers(end).find((transceiver) => transceiver.key === key);
    if (!found) throw new Error(`end ${end}: the model has no ${key}`);
    return found;
  }

  get size() {
    return this.lines.length + this.waiting[0].length + this.waiting[1].length;
  }

  // ---- Calls.

  addTransceiver(end, key, kind, direction, track) {
    this.#wait(end, this.#make(kind, { key, direction, track }));
  }

  /** Key of the transceiver whose sender addTrack takes (W3C 5.1, addTrack, step 7); null: it makes one. */
  reusedByAddTrack(end, kind) {
    const fits = (t) => t.kind === kind && !t.track && !t.stopping && !t.hasSent;
    return this.transceivers(end).find(fits)?.key ?? null;
  }

  addTrack(end, key, kind) {
    const known = this.transceivers(end).find((transceiver) => transceiver.key === key);
    if (!known) {
      this.#wait(end, this.#make(kind, { key, track: true, inStream: true, byAddTrack: true }));
      return;
    }
    Object.assign(known, { track: true, gotTrack: true, inStream: true, direction: directionOf(true, receives(known.direction)) });
  }

  removeTrack(end, key) {
    const known = this.find(end, key);
    if (!known.track || known.stopping) return;
    Object.assign(known, { track: false, direction: directionOf(false, receives(known.direction)) });
  }

  replaceTrack(end, key, track) {
    this.find(end, key).track = track;
  }

  setDirection(end, key, direction) {
    this.find(end, key).direction = direction;
  }

  stop(end, key) {
    this.find(end, key).stopping = true;
    this.waiting[end] = this.waiting[end].filter((transceiver) => transceiver.key !== key);
  }

  wantData(end) {
    this.dataWanted[end] = true;
  }

  restartIce(end) {
    this.restartWanted[end] = true;
  }

  // ---- Negotiation.

  /** An offer of `end` is applied at both; what it says is settled now. */
  offer(end) {
    const other = 1 - end;
    const offer = { end, made: new Set(), taken: new Set(), said: new Map(), data: this.hasData || this.dataWanted[end], restart: this.restartWanted[end] };
    const say = (line) => {
      const { stopping, direction, inStream } = line.ends[end];
      offer.said.set(line, stopping ? null : { direction, inStream });
      // W3C 4.4.1.5: what a remote description rejects is stopped at once, and stays so. libwebrtc lists it until the answer.
      if (stopping && other === 0) line.ends[other].stopping = true;
    };
    this.lines.forEach(say);
    for (const ours of this.waiting[end].splice(0)) {
      // RFC 9429, 5.10: one of addTrack that may send, else a new one that only receives.
      const fits = receives(ours.direction) && this.waiting[other].find((t) => t.byAddTrack && t.kind === ours.kind);
      if (fits) {
        offer.taken.add(fits);
        this.waiting[other] = this.waiting[other].filter((t) => t !== fits);
      }
      const ends = [];
      ends[end] = ours;
      ends[other] = fits || this.#make(ours.kind, { direction: 'recvonly' });
      const line = { mid: null, ends };
      offer.made.add(line);
      say(line);
      this.lines.push(line);
    }
    this.#pending = offer;
  }

  /** Takes the pending offer back at both ends (RFC 9429, 4.1.10.2). */
  rollBack() {
    const { end, made, taken } = this.#pending;
    this.#pending = null;
    const other = 1 - end;
    for (const line of made) {
      const [ours, theirs] = [line.ends[end], line.ends[other]];
      // What the offer has made goes, unless addTrack has taken it meanwhile.
      const remains = taken.has(theirs) || theirs.gotTrack;
      if (!taken.has(theirs)) theirs.byAddTrack = true;
      if (remains && !theirs.stopping) this.#wait(other, theirs);
      if (!ours.stopping) this.#wait(end, ours);
    }
    this.lines = this.lines.filter((line) => !made.has(line));
  }

  /** The answer to the pending offer is applied at both. @returns {object[]} Lines that have ended. */
  answer() {
    const { end, said, data, restart } = this.#pending;
    this.#pending = null;
    const other = 1 - end;
    const ended = this.lines.filter((line) => !said.get(line) || (line.ends[other].stopping && this.#rejects[other]));
    this.lines = this.lines.filter((line) => !ended.includes(line));
    this.#said.clear();
    for (const line of this.lines) {
      const [ours, theirs] = [line.ends[end], line.ends[other]];
      const offered = said.get(line);
      const answered = theirs.stopping ? 'inactive' : intersection(theirs.direction, offered.direction);
      theirs.current = answered;
      ours.current = reversed(answered);
      for (const side of [ours, theirs]) side.hasSent ||= sends(side.current);
      const inStream = [];
      inStream[end] = offered.inStream;
      inStream[other] = theirs.inStream;
      this.#said.set(line, { offered: offered.direction, answered, inStream });
    }
    this.hasData = data;
    if (data) this.dataWanted = [true, true];
    if (restart) this.restartWanted = [false, false];
    this.#lastOfferer = end;
    return ended;
  }

  /** W3C 4.7.3, check if negotiation is needed. */
  negotiationNeeded(end) {
    if (this.restartWanted[end] || (this.dataWanted[end] && !this.hasData) || this.waiting[end].length > 0) return true;
    return this.lines.some((line) => {
      const { stopping, direction, inStream } = line.ends[end];
      const said = this.#said.get(line);
      if (stopping) return true;
      const written = end === this.#lastOfferer ? said.offered : said.answered;
      // W3C has no condition on what was written: the one exception to its table, of docs/adr/0017.
      if (sends(direction) && sends(written) && said.inStream[end] !== inStream) return true;
      return end === this.#lastOfferer
        ? direction !== said.offered && direction !== reversed(said.answered)
        : said.answered !== intersection(direction, said.offered);
    });
  }

  /** Whether packets must go from an end on a line. */
  flows(end, { ends }) {
    return sends(ends[end].current) && ends[end].track && !ends[end].stopping;
  }
}
