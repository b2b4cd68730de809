// Which service new connections live at.
import { Client, type ClientOptions } from '../client';
import { PeerConnectionError } from '../errors';
import type { KindCapabilities } from './codecs';
import { exception } from './errors';
import type { Kind } from './media_stream_track';
import { install } from './install';

// Long enough for a restart of what is on the way, short enough to be told while somebody waits.
const MAX_OUTAGE_MS = 15_000;

/** Options of `connect`. */
export interface ConnectOptions extends Omit<ClientOptions, 'address'> {
  /**
   * Longest time without the service, in milliseconds: calls wait so long for it; then they are refused, and connections
   * fail. Unset: 15 s.
   */
  maxOutageMs?: number;
  /** Labels of every connection made. */
  labels?: Record<string, string>;
}

/** A service in use. */
export interface Service {
  readonly client: Client;
  readonly labels: Record<string, string>;
  readonly capabilities: Partial<Record<Kind, KindCapabilities>>;
  /** Why `capabilities` is empty, if the service does not tell them. */
  readonly capabilitiesError?: unknown;
  /** Sets the globals of the platform: `RTCPeerConnection` and so on. */
  install(target: object): void;
  /** Ends the way to the service, when it has heard of the connections that were closed before. */
  close(): void;
}

let current: Service | null = null;

// Calls that end connections, by client.
const endings = new WeakMap<Client, Set<Promise<unknown>>>();

/** Has the end of a service wait for a call: what was closed before it is closed at the service, too. */
export function finishBeforeEnd(client: Client, call: Promise<unknown>): void {
  const calls = endings.get(client) ?? new Set();
  endings.set(client, calls.add(call));
  const forget = (): void => void calls.delete(call);
  call.then(forget, forget);
}

/** The service that was connected last. */
export function currentService(): Service {
  if (!current) throw exception('InvalidStateError', 'no service: await connect(address) first');
  return current;
}

async function fetchCapabilities(client: Client): Promise<Pick<Service, 'capabilities' | 'capabilitiesError'>> {
  try {
    const [audio, video] = await Promise.all([
      client.peerConnections.getCapabilities({ kind: 'MEDIA_KIND_AUDIO' }),
      client.peerConnections.getCapabilities({ kind: 'MEDIA_KIND_VIDEO' }),
    ]);
    return { capabilities: { audio, video } };
  } catch (error) {
    if (error instanceof PeerConnectionError && error.code === 'UNIMPLEMENTED') {
      return { capabilities: {}, capabilitiesError: error };
    }
    throw error;
  }
}

/**
 * Connects to a service: connections made from now on live there.
 * @param address `host:port`, or any gRPC target name.
 */
export async function connect(
  address: string, { labels = {}, maxOutageMs = MAX_OUTAGE_MS, ...options }: ConnectOptions = {},
): Promise<Service> {
  const client = new Client({ address, maxOutageMs, ...options });
  try {
    await client.waitForReady();
    const service: Service = {
      client,
      labels,
      ...(await fetchCapabilities(client)),
      install,
      close: () => {
        if (current === service) current = null;
        client.stopRepeating();
        void Promise.allSettled(endings.get(client) ?? []).then(() => client.close());
      },
    };
    current = service;
    return service;
  } catch (error) {
    client.close();
    throw error;
  }
}
