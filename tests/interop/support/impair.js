// A bad network between a page and the service: the relay of tests/impair, one for the service's loopback candidate.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { within } from '../../../clients/node/demo/lib/wait.js';

const BINARY =
  process.env.IMPAIR ?? fileURLToPath(new URL('../../../bazel-bin/tests/impair/impair', import.meta.url));
const ANSWER_TIMEOUT_MS = 10_000;

/** A running relay. */
export class Impairment {
  #child;
  #lines;

  constructor(child) {
    this.#child = child;
    this.#lines = createInterface({ input: child.process.stdout })[Symbol.asyncIterator]();
  }

  /** @param {string} target `host:port`. @param {string[]} flags See `tests/impair/README.md`. */
  static async start(target, flags) {
    const relay = new Impairment(
      startChild(BINARY, [`--to=${target}`, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const { listen } = await relay.#line();
    relay.port = Number(listen.split(':')[1]);
    return relay;
  }

  async #line() {
    const { value, done } = await within(this.#lines.next(), 'an answer of the relay', ANSWER_TIMEOUT_MS);
    if (done) throw new Error(`the relay ended: ${this.#child.howEnded}`);
    return JSON.parse(value);
  }

  /** Changes it while it runs: flags, `blackout <ms>`, `rebind`, or `counters`, which are returned. */
  async command(line) {
    this.#child.process.stdin.write(`${line}\n`);
    const answer = await this.#line();
    if (answer.error) throw new Error(`${line}: ${answer.error}`);
    return answer;
  }

  async stop() {
    this.#child.process.stdin.end();
    return within(this.#child.ended, 'the relay', ANSWER_TIMEOUT_MS);
  }
}

const withoutCandidates = (sdp) => sdp.replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '');

/**
 * Has all packets of a call pass one relay. Call it before the offer; the page's own candidates stay with the page, so
 * that the service learns of it only by what comes through the relay.
 * @param {import('node:test').TestContext} t
 * @param {import('./call.js').Call} call
 * @param {string[]} flags
 * @returns {{relay: Promise<Impairment>, pageOffers: (change?: (sdp: string) => string) => Promise<void>}} `relay`: once there is a
 *   candidate; `change`: of the offer on its way.
 */
export function impair(t, call, flags) {
  let started;
  const relay = new Promise((resolve, reject) => {
    call.mapAnswer = withoutCandidates;
    call.mapCandidate = async (candidate) => {
      const words = candidate.candidate.split(' ');
      const [, component, protocol, , address, port] = words;
      if (component !== '1' || protocol.toLowerCase() !== 'udp' || address !== '127.0.0.1') return null;
      if (!started) {
        started = Impairment.start(`${address}:${port}`, flags);
        started.then(resolve, reject);
      }
      words[5] = String((await started).port);
      return { ...candidate, candidate: words.join(' ') };
    };
  });
  t.after(async () => {
    if (started) await (await started).stop();
  });
  return { relay, pageOffers: (change = (sdp) => sdp) => call.pageOffers((sdp) => change(withoutCandidates(sdp))) };
}
