// RTCRtpReceiver.
import { capabilitiesOf, type Capabilities } from './capabilities';
import type { RtpContributingSource } from './heard';
import type { MediaStream } from './media_stream';
import { TrackCore, type MediaStreamTrack } from './media_stream_track';
import { negotiated, type RtpParameters } from './parameters';
import type { RTCStatsReport } from './stats';
import type { TransceiverCore } from './transceiver';
import type { RTCDtlsTransport } from './transports';
import { defineInterface, guardConstructor, INTERNAL, requireArguments, toDouble } from './webidl';

export class ReceiverCore {
  /** As the service knows it; null: it has made it, and not told yet. */
  id: string | null = null;
  /** The service's id; null until it has answered. */
  trackId: string | null = null;
  transportId = '';
  streams: MediaStream[] = [];
  jitterBufferTarget: number | null = null;
  /** Whether `track` was fired since it was last taken away. */
  told = false;
  readonly track: TrackCore;
  readonly object: RTCRtpReceiver;

  constructor(readonly transceiver: TransceiverCore, trackId?: string) {
    this.track = new TrackCore(transceiver.kind, null, trackId, () => transceiver.connection.heard.begin());
    this.object = new RTCRtpReceiver(INTERNAL, this);
  }
}

const MAX_JITTER_BUFFER_TARGET_MS = 4000;

/** W3C RTCRtpReceiver. */
export class RTCRtpReceiver {
  readonly #core: ReceiverCore;

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#core = args[1] as ReceiverCore;
  }

  get track(): MediaStreamTrack { return this.#core.track.object; }
  get transport(): RTCDtlsTransport | null {
    const { transportId, transceiver } = this.#core;
    return transportId === '' ? null : transceiver.connection.transports.dtls(transportId).object;
  }
  get jitterBufferTarget(): number | null { return this.#core.jitterBufferTarget; }
  set jitterBufferTarget(value: number | null) {
    const core = this.#core;
    const target = value === null ? null : toDouble(value, 'jitterBufferTarget');
    if (target !== null && (target < 0 || target > MAX_JITTER_BUFFER_TARGET_MS)) {
      throw new RangeError('jitterBufferTarget: 0 to 4000 ms');
    }
    core.jitterBufferTarget = target; // A hint for a decoder; there is none here.
  }

  getParameters(): RtpParameters {
    const { connection, mid, currentDirection } = this.#core.transceiver;
    const active = currentDirection === 'sendrecv' || currentDirection === 'recvonly';
    return negotiated(connection.answer(), { mid, sends: false, active });
  }
  getContributingSources(): RtpContributingSource[] {
    const { id, transceiver } = this.#core;
    return transceiver.connection.heard.list(id, 'contributingSources');
  }
  getSynchronizationSources(): RtpContributingSource[] {
    const { id, transceiver } = this.#core;
    return transceiver.connection.heard.list(id, 'synchronizationSources');
  }
  async getStats(): Promise<RTCStatsReport> {
    const core = this.#core;
    return core.transceiver.connection.getStats({ receiverId: () => core.id });
  }

  static getCapabilities(kind: string): Capabilities | null {
    requireArguments('getCapabilities', arguments.length, 1);
    return capabilitiesOf('receiver', kind);
  }
}
defineInterface(RTCRtpReceiver, 'RTCRtpReceiver');
