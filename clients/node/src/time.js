// Times and durations as the API carries them: whole seconds and nanoseconds.

/**
 * Makes a google.protobuf.Duration.
 * @param {number} milliseconds
 * @returns {{seconds: number, nanos: number}}
 */
export function duration(milliseconds) {
  const seconds = Math.trunc(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

/**
 * Makes a number of milliseconds of a google.protobuf.Duration.
 * @param {{seconds: number, nanos: number}} value
 * @returns {number}
 */
export function milliseconds({ seconds, nanos }) {
  return seconds * 1000 + nanos / 1e6;
}

/**
 * Makes a Date of a google.protobuf.Timestamp; microseconds and below are cut off.
 * @param {{seconds: number, nanos: number}} timestamp
 * @returns {Date}
 */
export function toDate({ seconds, nanos }) {
  return new Date(seconds * 1000 + Math.trunc(nanos / 1e6));
}
