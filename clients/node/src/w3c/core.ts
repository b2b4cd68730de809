// What transceivers, senders and receivers ask of their connection.
import type { CallOptions } from '../methods';
import type { Service } from './connect';
import type { HeardSources } from './heard';
import type { LocalTracks } from './local_tracks';
import type { Answer } from './parameters';
import type { Session } from './session';
import type { RTCPeerConnectionState } from './states';
import type { RTCStatsReport } from './stats';
import type { Transports } from './transports';

/** What follows from calls that no promise tells of. */
export interface Background<T> {
  /** Takes the result, in its turn. */
  settle?: (result: T) => void;
  /** The service has refused them. */
  refused?: () => void;
  /** They depend on each other, or on the answers before them; unset: they are sent ahead. */
  alone?: boolean;
}

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
  /**
   * Makes a call in order, of which no promise tells; if it fails, the next offer, answer or description does.
   * @param operation As Session.call has it; `alone`: without options.
   */
  background<T>(operation: (id: string, inOrder?: CallOptions) => Promise<T>, then?: Background<T>): Promise<void>;
  /** W3C operations chain; `ahead` as OperationsChain.add has it. */
  chain<T>(operation: () => Promise<T>, ahead: boolean): Promise<T>;
  /** The current answer: what both sides have agreed upon. Null: none. */
  answer(): Answer | null;
  /** What RTCP calls it; undefined until a description of ours announces a source. */
  readonly cname: string | undefined;
  getStats(selector: { senderId?: () => string | null; receiverId?: () => string | null }): Promise<RTCStatsReport>;
}
