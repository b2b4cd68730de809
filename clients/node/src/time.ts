// Times and durations as the API carries them: whole seconds and nanoseconds.
import type { Duration, Timestamp } from './gen/contract';

/** Makes a google.protobuf.Duration. */
export function duration(milliseconds: number): Duration {
  const seconds = Math.trunc(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

/** Makes a number of milliseconds of a google.protobuf.Duration. */
export function milliseconds({ seconds, nanos }: Duration): number {
  return seconds * 1000 + nanos / 1e6;
}

/** Makes a Date of a google.protobuf.Timestamp; microseconds and below are cut off. */
export function toDate({ seconds, nanos }: Timestamp): Date {
  return new Date(seconds * 1000 + Math.trunc(nanos / 1e6));
}
