// One direction of a call breaks, for a while or for good. Two calls at once, one on each ICE backend.
//
// What ends a call that has become silent is consent (RFC 7675): 30 s without it. With full ICE it is the peer's answers to our
// checks, so that both directions count alike. On the shared port, which is ICE-lite and asks nothing, it is the peer's own
// checks: where they still come and only our answers are lost, we send for as long as the peer goes on, and 30 s more.
// Chromium gives up 18 s after the break, so that is 48 s; a peer that never gives up has whatever it asks for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { delay, until } from '../../../clients/node/demo/lib/wait.js';
import { FULL, behind, publishing, received } from '../support/nat_call.js';

const TIMEOUT = { timeout: 120_000 };
const FULL_ICE = 'with full ICE';
const BACKENDS = [['on the shared port', undefined], [FULL_ICE, FULL]];
const SHORT_BREAK_MS = 12_000; // We are disconnected after 8 s, and Chromium has not failed.
const [LEAST_SECONDS, MOST_SECONDS] = [20, 40]; // Of 30 without consent: the last one was some seconds before the break.

/** @param {'in' | 'out'} direction As the service sees it. */
export function silence(direction) {
  describe(`a service when nothing passes ${direction} any more`, behind('routed', ['--no-ice-loopback'], (bench, nat) => {
    // Does something with a call on each backend, while one direction is broken.
    async function broken(t, action) {
      const calls = [];
      for (const [name, configuration] of BACKENDS) calls.push({ name, ...await publishing(t, bench, { configuration }) });
      await nat().block(direction);
      const began = performance.now();
      let mended = false;
      const mend = async () => {
        if (!mended) await nat().unblock();
        mended = true;
      };
      t.after(mend);
      await action({ calls, mend, seconds: () => (performance.now() - began) / 1000 });
    }

    const oursIs = ({ name, call }, state, timeoutMs = 60_000) =>
      until(`${name}: ${state}`, () => call.watcher.connectionState === state, { timeoutMs, intervalMs: 100 });
    const pageIs = ({ name, call }, state, timeoutMs = 60_000) =>
      until(`${name}: the page is ${state}`, async () => (await call.pageState()).connectionState === state, { timeoutMs, intervalMs: 100 });

    test('goes on with its call when that was for 12 s', TIMEOUT, (t) => broken(t, async ({ calls, mend }) => {
      await Promise.all(calls.map(async (each) => {
        // Ours is told of what does not come; of what does not arrive the peer is.
        await (direction === 'in' ? oursIs(each, 'disconnected', SHORT_BREAK_MS) : pageIs(each, 'disconnected', SHORT_BREAK_MS));
      }).concat(delay(SHORT_BREAK_MS)));
      await mend();
      for (const each of calls) {
        await Promise.all([oursIs(each, 'connected'), pageIs(each, 'connected')]);
        const before = await received(each.call);
        await until(`${each.name}: media flows on`, async () => (await received(each.call)) > before + 50);
        const states = () => each.log.of('connectionStateChange').map(({ connectionState }) => connectionState.replace('PEER_CONNECTION_STATE_', ''));
        await until(`${each.name}: connected in the end`, () => states().at(-1) === 'CONNECTED');
        const [first, more] = [states().slice(0, 4), states().slice(4).join()];
        if (direction === 'in') assert.deepEqual(first, ['CONNECTING', 'CONNECTED', 'DISCONNECTED', 'CONNECTED'], each.name);
        // With full ICE our checks are 6 s apart: what the peer sends connects again at once, but 15 s after the last answer we
        // are disconnected until the next one, for a moment.
        assert.ok(more === '' || (each.name === FULL_ICE && more === 'DISCONNECTED,CONNECTED'), `${each.name}: ${states()}`);
      }
    }));

    test('stops after 30 s without consent, and says so', TIMEOUT, (t) => broken(t, async ({ calls, mend, seconds }) => {
      await Promise.all(calls.map(async (each) => {
        let begin = 0;
        if (direction === 'out' && each.call === calls[0].call) {
          await pageIs(each, 'failed');
          begin = seconds(); // It checks no more.
          assert.equal(each.call.watcher.connectionState, 'connected', 'consent still comes');
          assert.ok(begin < MOST_SECONDS - LEAST_SECONDS, `the page failed after ${begin} s`);
        }
        await oursIs(each, 'disconnected');
        await oursIs(each, 'failed');
        const silent = seconds() - begin;
        t.diagnostic(`${each.name}: failed after ${seconds().toFixed(1)} s`);
        assert.ok(silent > LEAST_SECONDS && silent < MOST_SECONDS, `${each.name}: failed after ${silent} s`);
      }));
      const counts = () => Promise.all(calls.map(async ({ call }) => {
        const [{ transport }] = await call.stats('STATS_TYPE_TRANSPORT');
        return [transport.packetsSent, await received(call)];
      }));
      const before = await counts();
      await mend();
      await delay(3_000);
      assert.deepEqual(await counts(), before);
    }));
  }));
}
