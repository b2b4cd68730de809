// ICE over TCP where UDP does not pass. Run by test/nat.test.js in a network of its own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { INSIDE, INSIDE_V6, ROUTER } from '../support/nat.js';
import { behind, protocolOfPage, publishing, remoteOfPage } from '../support/nat_call.js';

const TIMEOUT = { timeout: 60_000 };

for (const [kind, args, addresses] of [
  ['routed', [], [INSIDE, INSIDE_V6]],
  ['oneToOne', [`--announce=${ROUTER}`], [ROUTER]],
]) {
  describe(`a service behind a router (${kind})`, behind(kind, ['--ice-tcp', '--no-ice-loopback', ...args], (bench, nat) => {
    test('is reached over TCP, by its ordinary answer, when no UDP passes', TIMEOUT, async (t) => {
      await nat().block('udp');
      t.after(() => nat().unblock());
      const { call } = await publishing(t, bench);
      assert.equal(await protocolOfPage(call), 'tcp');
      assert.ok(addresses.includes((await remoteOfPage(call)).address));
    });

    test('is reached over UDP when it passes', TIMEOUT, async (t) => {
      const { call } = await publishing(t, bench);
      // A browser may have begun with the other.
      await until('UDP is in use', async () => (await protocolOfPage(call)) === 'udp');
    });
  }));
}
