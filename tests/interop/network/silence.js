// One direction of a call breaks.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { FULL, behind, publishing, received } from '../support/nat_call.js';

const TIMEOUT = { timeout: 120_000 };

/** @param {'in' | 'out'} direction As the service sees it. */
export function silence(direction) {
  describe('a service with full ICE', behind('routed', ['--no-ice-loopback'], (bench, nat) => {
    test(`stops after 30 s of silence when nothing passes ${direction} any more, and says so`, TIMEOUT, async (t) => {
      const { call } = await publishing(t, bench, { configuration: FULL });
      const begin = performance.now();
      await nat().block(direction);
      let blocked = true;
      t.after(() => blocked && nat().unblock());
      await until('disconnected', () => call.watcher.connectionState === 'disconnected', { timeoutMs: 60_000 });
      await until('failed', () => call.watcher.connectionState === 'failed', { timeoutMs: 60_000 });
      const seconds = (performance.now() - begin) / 1000;
      assert.ok(seconds > 20 && seconds < 40, `failed after ${seconds} s`);
      const sent = async () => (await call.stats('STATS_TYPE_TRANSPORT'))[0].transport.packetsSent;
      const [before, arrived] = [await sent(), await received(call)];
      await nat().unblock();
      blocked = false;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.equal(await sent(), before);
      assert.equal(await received(call), arrived);
    });
  }));
}
