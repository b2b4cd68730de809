// Gathering that begins or ends is one task (W3C WebRTC 1.0, 5.6); the service tells of it by several events in a row.
import type { Event as ApiEvent } from '../gen/contract';
import { fromApi } from './enums';

/** Gathering states as the user sees them. */
export interface GatheringStates {
  connection: string;
  transport(id: string): string;
}

export class GatheringSteps {
  #begun: ApiEvent[] = [];

  /**
   * Takes the next event.
   * @param states As they are before it; null: changes of the connection's are withheld, and nothing waits for them.
   * @returns What is to be applied now, in this task: nothing while the rest of a step is about to come.
   */
  take(event: ApiEvent, states: GatheringStates | null): ApiEvent[] {
    this.#begun.push(event);
    return states !== null && goesOn(event, states) ? [] : this.end();
  }

  /** What has come of a step that does not go on. */
  end(): ApiEvent[] {
    return this.#begun.splice(0);
  }
}

// Whether the next event tells of the same step: the end of a generation's candidates, its transport's state, the
// connection's if that is another one now, and null if all is gathered. The end of a generation is told again, alone, for
// another section that leads its transport then.
function goesOn({ iceCandidate, iceTransportChange, iceGatheringStateChange }: ApiEvent, states: GatheringStates): boolean {
  if (iceCandidate) return iceCandidate.candidate?.candidate === '' && states.transport(iceCandidate.transportId) === 'gathering';
  if (iceTransportChange) {
    const { iceGatheringState } = iceTransportChange;
    return !iceGatheringState.endsWith('_UNSPECIFIED') && fromApi(iceGatheringState, 'ICE_GATHERING_STATE') !== states.connection;
  }
  return iceGatheringStateChange?.iceGatheringState === 'ICE_GATHERING_STATE_COMPLETE';
}
