// What transceivers, senders and receivers ask of their connection.
import type { Service } from './connect';
import type { HeardSources } from './heard';
import type { LocalTracks } from './local_tracks';
import type { Answer } from './parameters';
import type { Session } from './session';
import type { RTCPeerConnectionState } from './states';
import type { RTCStatsReport } from './stats';
import type { Transports } from './transports';

/** A connection, as its parts see it. */
export interface ConnectionCore {
  /** Where it lives, whatever was connected afterwards. */
  readonly service: Service;
  readonly session: Session;
  readonly transports: Transports;
  /** Who was heard of its receivers' tracks. */
  readonly heard: HeardSources;
  /** Its local tracks at the service. */
  readonly localTracks: LocalTracks;
  readonly closed: boolean;
  readonly connectionState: RTCPeerConnectionState;
  /** Makes a call in order, of which no promise tells; if it fails, the next offer, answer or description does. */
  background(operation: (id: string) => Promise<unknown>): Promise<void>;
  /** W3C operations chain. */
  chain<T>(operation: () => Promise<T>): Promise<T>;
  /** The current answer: what both sides have agreed upon. Null: none. */
  answer(): Answer | null;
  /** What RTCP calls it; undefined until a description of ours announces a source. */
  readonly cname: string | undefined;
  getStats(selector: { senderId?: () => string | null; receiverId?: () => string | null }): Promise<RTCStatsReport>;
}
