// JSON, one value on a line: how the test talks to its peers (peers/README.md).
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { within } from '../../../clients/node/demo/lib/wait.js';

const START_TIMEOUT_MS = 60_000; // A browser on a busy machine.
const REQUEST_TIMEOUT_MS = 30_000;
const KEPT_STDERR = 4_000;

/** A peer: a program that carries out requests from its standard input, and tells what happens. */
export class Peer {
  #child;
  #pending = new Map();
  #lastId = 0;
  #stderr = '';
  #onCandidate = () => {};
  #candidates = [];
  version = '';
  connectionState = 'new';
  /** What came on its data channels: { label, text } or { label, base64 }. */
  messages = [];

  /** @param {string[]} command */
  constructor([program, ...args]) {
    this.#child = startChild(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.#child.process;
    stdin.on('error', () => {}); // Its end is noticed below.
    stderr.setEncoding('utf8').on('data', (text) => (this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR)));
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    createInterface({ input: stdout }).on('line', (line) => this.#onLine(line));
    this.#child.ended.then((how) => {
      this.howEnded = how;
      for (const { reject } of this.#pending.values()) reject(this.#failure(`ended: ${how}`));
    });
  }

  #becomeReady;

  /** The last of what it wrote beside answers and events. */
  get log() {
    return this.#stderr;
  }

  #failure(text) {
    return new Error(`${text}\n${this.#stderr}`);
  }

  #onLine(line) {
    if (!line.startsWith('{')) { // Libraries print to standard output, too.
      this.#stderr = `${this.#stderr}${line}\n`.slice(-KEPT_STDERR);
      return;
    }
    const message = JSON.parse(line);
    if (message.id === undefined) return this.#onEvent(message);
    const { resolve, reject } = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error === undefined) resolve(message);
    else reject(this.#failure(message.error));
  }

  #onEvent({ event, ...rest }) {
    if (event === 'ready') {
      this.version = rest.version;
      this.#becomeReady();
    } else if (event === 'candidate') {
      this.#candidates.push(rest.candidate);
      this.#onCandidate();
    } else if (event === 'state') {
      this.connectionState = rest.state;
    } else if (event === 'message') {
      this.messages.push(rest);
    } else {
      throw new Error(`event ${event}: there is none of that name`);
    }
  }

  /**
   * Has the peer do something.
   * @param {string} what @param {object} [details]
   * @returns {Promise<object>} Its answer.
   */
  request(what, details = {}) {
    if (this.howEnded) throw this.#failure(`ended: ${this.howEnded}`);
    const id = ++this.#lastId;
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#child.process.stdin.write(`${JSON.stringify({ id, do: what, ...details })}\n`);
    return within(answer, what, REQUEST_TIMEOUT_MS).catch((error) => {
      throw error.name === 'Timeout' ? this.#failure(error.message) : error;
    });
  }

  /** Hands over the candidates so far, and then each as it comes. @param {(candidate: object | null) => void} take */
  takeCandidates(take) {
    this.#onCandidate = () => {
      while (this.#candidates.length > 0) take(this.#candidates.shift());
    };
    this.#onCandidate();
  }

  /** Waits until the program has said what it is. */
  async started() {
    const early = this.#child.ended.then((how) => {
      throw this.#failure(`did not start: ${how}`);
    });
    early.catch(() => {});
    await within(Promise.race([this.ready, early]), 'start of the peer', START_TIMEOUT_MS);
  }

  /** Ends it. @returns {Promise<string>} How it ended. */
  async close() {
    if (!this.howEnded) this.#child.process.stdin.end();
    try {
      return await within(this.#child.ended, 'end of the peer', 5_000);
    } catch {
      return this.#child.stop();
    }
  }
}

const write = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** Tells the test what happened. @param {string} event @param {object} details */
export const tell = (event, details) => write({ event, ...details });

/** Name and version of an npm package, as the lock file pins it. @param {string} name */
export function packageVersion(name) {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  return `${name} ${packages[`node_modules/${name}`].version}`;
}

/**
 * The part of a peer written in JavaScript: carries out requests in order until the input ends.
 * @param {string} version @param {Record<string, (request: object) => Promise<object | void>>} actions
 * @param {() => unknown} close
 */
export async function serve(version, actions, close) {
  tell('ready', { version });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      write({ id: request.id, ...(await actions[request.do](request)) });
    } catch (error) {
      write({ id: request.id, error: String(error?.stack ?? error) });
    }
  }
  await close();
  process.exit(0);
}
