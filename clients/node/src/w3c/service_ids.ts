// From W3C's objects to the service's, for what only the service can do: sinks, key frames, statistics of its own.
import { exception, toException } from './errors';
import { trackCore, type MediaStreamTrack } from './media_stream_track';
import { connectionOf, type RTCPeerConnection } from './peer_connection';

/** The service's id of a connection, when it has one. Rejects if the service refused to make it. */
export async function peerConnectionId(connection: RTCPeerConnection): Promise<string> {
  const { session } = connectionOf(connection);
  try {
    return await session.id;
  } catch (error) {
    throw toException(error);
  }
}

/** The id of a track within its connection at the service; throws InvalidStateError before the service knows it. */
export function trackId(track: MediaStreamTrack): string {
  const core = trackCore(track);
  const id = core.source ? core.id : core.serviceId;
  if (id === null) throw exception('InvalidStateError', 'the service has no such track yet');
  return id;
}
