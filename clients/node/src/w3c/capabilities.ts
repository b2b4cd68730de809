// RTCRtpSender.getCapabilities and RTCRtpReceiver.getCapabilities.
import type { RtpCodec } from '../gen/contract';
import { currentService } from './connect';
import { toException } from './errors';
import { toDOMString } from './webidl';

export interface CodecCapability {
  mimeType: string;
  clockRate: number;
  channels?: number;
  sdpFmtpLine?: string;
}

export interface Capabilities {
  codecs: CodecCapability[];
  headerExtensions: Array<{ uri: string }>;
}

const codecFromApi = ({ mimeType, clockRate, channels, sdpFmtpLine }: RtpCodec): CodecCapability => ({
  mimeType, clockRate, ...(channels ? { channels } : {}), ...(sdpFmtpLine ? { sdpFmtpLine } : {}),
});

/** What the service can do; null for a kind that does not exist. */
export function capabilitiesOf(side: 'sender' | 'receiver', kind: unknown): Capabilities | null {
  const name = toDOMString(kind);
  if (name !== 'audio' && name !== 'video') return null;
  const { capabilities, capabilitiesError } = currentService();
  const found = capabilities[name]?.[side];
  if (!found) throw toException(capabilitiesError);
  return {
    codecs: found.codecs.map(codecFromApi),
    headerExtensions: found.headerExtensions.map(({ uri }) => ({ uri })),
  };
}
