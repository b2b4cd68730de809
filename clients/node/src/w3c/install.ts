// The globals of a platform with WebRTC.
import { RTCIceCandidate } from './candidate';
import { RTCCertificate } from './certificate';
import { OverconstrainedError } from './constraints';
import { RTCDataChannel } from './data_channel';
import { RTCSessionDescription } from './description';
import { RTCDTMFSender } from './dtmf';
import { RTCError } from './errors';
import * as events from './events';
import { MediaStream } from './media_stream';
import { MediaStreamTrack } from './media_stream_track';
import { RTCPeerConnection } from './peer_connection';
import { RTCRtpReceiver } from './receiver';
import { RTCRtpSender } from './sender';
import { RTCStatsReport } from './stats';
import { RTCRtpTransceiver } from './transceiver';
import { RTCDtlsTransport, RTCIceCandidatePair, RTCIceTransport, RTCSctpTransport } from './transports';

const INTERFACES = {
  MediaStream, MediaStreamTrack, OverconstrainedError, RTCCertificate, RTCDataChannel, RTCDTMFSender, RTCDtlsTransport, RTCError, RTCIceCandidate,
  RTCIceCandidatePair, RTCIceTransport, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, RTCRtpTransceiver, RTCSctpTransport,
  RTCSessionDescription, RTCStatsReport, ...events,
};

/** Sets the globals, as Web IDL has them: writable, configurable, not enumerable. */
export function install(target: object): void {
  for (const [name, value] of Object.entries(INTERFACES)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
