// Local candidates that were announced by events: only those are in the local descriptions that the user sees.
import { RTCSessionDescription } from './description';
import type { RTCIceCandidate } from './candidate';
import { withLine, withoutCandidates } from './sdp_view';

interface Announced {
  mid: string | null;
  index: number | null;
  ufrag: string | null;
  line: string;
}

const announcedOf = ({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): Announced => ({
  mid: sdpMid, index: sdpMLineIndex, ufrag: usernameFragment, line: candidate === '' ? 'a=end-of-candidates' : `a=${candidate}`,
});

export class CandidateLog {
  readonly #announced: Announced[] = [];

  /** Takes note of a candidate, or of an end. */
  add(candidate: RTCIceCandidate): void {
    this.#announced.push(announcedOf(candidate));
  }

  /** Whether the candidate was taken note of. */
  has(candidate: RTCIceCandidate): boolean {
    const wanted = announcedOf(candidate);
    return this.#announced.some(({ mid, index, ufrag, line }) =>
      mid === wanted.mid && index === wanted.index && ufrag === wanted.ufrag && line === wanted.line);
  }

  /** A local description with the candidates announced so far, and no other. */
  asAnnounced(description: RTCSessionDescription | null): RTCSessionDescription | null {
    if (!description) return null;
    let sdp = withoutCandidates(description.sdp, new Set());
    for (const { mid, index, ufrag, line } of this.#announced) {
      // Those of another generation belong to a description that is gone.
      if (ufrag === null || sdp.includes(`a=ice-ufrag:${ufrag}\r\n`)) sdp = withLine(sdp, mid, index, line);
    }
    return new RTCSessionDescription({ type: description.type, sdp });
  }
}
