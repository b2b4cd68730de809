// A service in a network of its own behind a router that the test makes: outside (here) - router - inside.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { SERVICE_BINARY } from '../../../clients/node/demo/lib/service.js';
import { until } from '../../../clients/node/demo/lib/wait.js';

const run = promisify(execFile);

export const OUTSIDE = '10.99.0.1';
export const ROUTER = '10.99.0.2'; // As the outside sees it.
export const INSIDE = '10.98.0.2';
export const INSIDE_ROUTER = '10.98.0.1';
export const OUTSIDE_V6 = 'fd99::1';
export const INSIDE_V6 = 'fd98::2';

const MASQUERADE = `table ip nat {
  chain after { type nat hook postrouting priority 100; oifname "eth0" masquerade; }
}`;
const ONE_TO_ONE = `table ip nat {
  chain before { type nat hook prerouting priority -100; iifname "eth0" ip daddr ${ROUTER} dnat to ${INSIDE}; }
  chain after { type nat hook postrouting priority 100; oifname "eth0" snat to ${ROUTER}; }
}`;
const BLOCKED = {
  in: 'iifname "eth0"', out: 'iifname "eth1"', ipv4: 'meta nfproto ipv4', ipv6: 'meta nfproto ipv6', udp: 'meta l4proto udp',
};

// The outside behind a NAT of its own: what it sends inside comes from the router, and nothing comes back without a mapping.
const hiding = ([first, last]) => `table ip outside
delete table ip outside
table ip outside {
  chain forward { type filter hook forward priority 0; iifname "eth1" ct state new drop; }
  chain after { type nat hook postrouting priority 100; oifname "eth1" meta l4proto udp masquerade to :${first}-${last}; }
}`;

/** What the router does with what passes. `routed`: nothing, both networks know each other, IPv6 too. */
export const RULES = { masquerade: MASQUERADE, oneToOne: ONE_TO_ONE, routed: '' };

async function nft(command, rules) {
  const child = execFile(command[0], [...command.slice(1), '/usr/sbin/nft', '-f', '-']);
  child.stdin.end(`${rules}\n`);
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`nft: ${errors}`);
}

/** The two namespaces; they end with `stop`. */
export class Nat {
  #router;
  #inside;

  static async #namespace() {
    const child = startChild('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
    const { pid } = child.process;
    const own = await readlink('/proc/self/ns/net');
    await until('the namespace', async () => {
      try {
        return (await readlink(`/proc/${pid}/ns/net`)) !== own;
      } catch {
        return false; // unshare is on its way.
      }
    });
    return { child, pid, command: ['nsenter', '-t', String(pid), '-n'] };
  }

  /** @param {keyof typeof RULES} kind */
  static async start(kind) {
    const nat = new Nat();
    nat.#router = await Nat.#namespace();
    nat.#inside = await Nat.#namespace();
    const { pid: router, command: atRouter } = nat.#router;
    const { pid: inside, command: atInside } = nat.#inside;
    const ip = (command, text) => run(...((words) => [words[0], words.slice(1)])([...command, 'ip', ...text.split(' ')]));
    await ip([], `link add name eth2 type veth peer name eth0 netns ${router}`);
    await ip(atRouter, `link add name eth1 type veth peer name eth0 netns ${inside}`);
    const addresses = [
      [[], 'eth2', OUTSIDE, OUTSIDE_V6], [atRouter, 'eth0', ROUTER, 'fd99::2'],
      [atRouter, 'eth1', INSIDE_ROUTER, 'fd98::1'], [atInside, 'eth0', INSIDE, INSIDE_V6],
    ];
    for (const [command, device, v4, v6] of addresses) {
      await ip(command, `address add ${v4}/24 dev ${device}`);
      if (kind === 'routed') await ip(command, `address add ${v6}/64 dev ${device} nodad`);
      await ip(command, `link set ${device} up`);
    }
    await ip(atInside, 'link set lo up');
    await ip(atInside, `route add default via ${INSIDE_ROUTER}`);
    await run(atRouter[0], [...atRouter.slice(1), 'sh', '-c',
      'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding']);
    if (kind === 'routed') {
      await ip([], `route add 10.98.0.0/24 via ${ROUTER}`);
      await ip([], 'route add fd98::/64 via fd99::2');
      await ip(atInside, 'route add default via fd98::1');
    } else {
      await nft(atRouter, RULES[kind]);
    }
    return nat;
  }

  /** Nothing of a kind comes through any more; `in` and `out` are seen from the inside. @param {keyof typeof BLOCKED} kind */
  block(kind) {
    return nft(this.#router.command, `table inet block {
      chain forward { type filter hook forward priority 0; ${BLOCKED[kind]} drop; }
    }`);
  }

  unblock() {
    return nft(this.#router.command, 'delete table inet block');
  }

  /**
   * From now on the inside sees the outside at `INSIDE_ROUTER`, at ports of this range. Mappings made before are forgotten, as by
   * a router that has restarted: those of a masquerade go with its address. For `routed`.
   * @param {[number, number]} ports
   */
  async hideOutside(ports) {
    await nft(this.#router.command, hiding(ports));
    const again = ['del', 'add'].map((verb) => `ip address ${verb} ${INSIDE_ROUTER}/24 dev eth1`).join(' && ');
    await run(this.#router.command[0], [...this.#router.command.slice(1), 'sh', '-c', again]);
  }

  /** Starts the service inside; gRPC reaches it by a socket in the file system. To be given to `Bench.start`. */
  startService = async ({ logFile, args }) => {
    const address = `unix:${join(logFile, '..', 'grpc')}`;
    const [program, ...words] = this.#inside.command;
    const child = startChild(program, [...words, SERVICE_BINARY, `--listen=${address}`, ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(logFile);
    child.process.stderr.pipe(log);
    await new Promise((resolve, reject) => {
      child.process.stdout.on('data', (data) => String(data).includes('listening on') && resolve());
      child.ended.then((how) => reject(new Error(`${SERVICE_BINARY} did not start: ${how}`)));
    });
    return { address, child };
  };

  async stop() {
    await Promise.all([this.#router, this.#inside].map((namespace) => namespace?.child.stop()));
    await until('the network is gone', async () => {
      const { stdout } = await run('ip', ['-o', 'link']);
      return !stdout.includes('eth2');
    });
  }
}
