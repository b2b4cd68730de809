// Constraints of tracks (Media Capture and Streams, 4.3.8 and 11), as far as sources of the service have settings.
import type { SourceSpecInput } from '../gen/contract';
import { defineInterface, requireArguments, toDictionary, toDOMString, toDouble, toSequence } from './webidl';

export type NumberConstraint = number | { exact?: number; ideal?: number; max?: number; min?: number };
export type StringConstraint = string | string[] | { exact?: string | string[]; ideal?: string | string[] };

/** W3C MediaTrackConstraintSet; members that are not here are not supported, and are left out. */
export interface ConstraintSet {
  aspectRatio?: NumberConstraint;
  channelCount?: NumberConstraint;
  deviceId?: StringConstraint;
  frameRate?: NumberConstraint;
  height?: NumberConstraint;
  sampleRate?: NumberConstraint;
  width?: NumberConstraint;
}

/** W3C MediaTrackConstraints. */
export interface TrackConstraints extends ConstraintSet {
  advanced?: ConstraintSet[];
}

/** W3C MediaTrackSettings. */
export type TrackSettings = { deviceId: string } & Partial<Record<Exclude<keyof ConstraintSet, 'deviceId'>, number>>;

const NAMES = ['aspectRatio', 'channelCount', 'deviceId', 'frameRate', 'height', 'sampleRate', 'width'] as const;

/** W3C OverconstrainedError. */
export class OverconstrainedError extends DOMException {
  readonly #constraint: string;

  constructor(constraint: string, message: string = '') {
    requireArguments('OverconstrainedError', arguments.length, 1);
    super(toDOMString(message), 'OverconstrainedError');
    this.#constraint = toDOMString(constraint);
  }

  get constraint(): string { return this.#constraint; }
}
defineInterface(OverconstrainedError, 'OverconstrainedError');

function toNumberConstraint(value: unknown, name: string): NumberConstraint {
  if (typeof value !== 'object' || value === null) return toDouble(value, name);
  // ConstrainDoubleRange inherits DoubleRange.
  const members = toDictionary(value, name, ['max', 'min', 'exact', 'ideal']);
  return Object.fromEntries(Object.entries(members).flatMap(([member, given]) =>
    (given === undefined ? [] : [[member, toDouble(given, `${name}.${member}`)]])));
}

const toStrings = (value: unknown, name: string): string | string[] =>
  (typeof value === 'object' && value !== null ? toSequence(value, name, toDOMString) : toDOMString(value));

function toStringConstraint(value: unknown, name: string): StringConstraint {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return toStrings(value, name);
  const members = toDictionary(value, name, ['exact', 'ideal']);
  return Object.fromEntries(Object.entries(members).flatMap(([member, given]) =>
    (given === undefined ? [] : [[member, toStrings(given, `${name}.${member}`)]])));
}

function toConstraintSet(value: unknown, what: string): ConstraintSet {
  const members = toDictionary(value, what, NAMES);
  return Object.fromEntries(NAMES.flatMap((name) => {
    const given = members[name];
    if (given === undefined) return [];
    return [[name, name === 'deviceId' ? toStringConstraint(given, name) : toNumberConstraint(given, name)]];
  }));
}

/** MediaTrackConstraints; a copy. */
export function toConstraints(value: unknown): TrackConstraints {
  const { advanced } = toDictionary(value, 'MediaTrackConstraints', ['advanced']);
  const basic = toConstraintSet(value, 'MediaTrackConstraints');
  if (advanced === undefined) return basic;
  return { ...basic, advanced: toSequence(advanced, 'MediaTrackConstraints.advanced', (set) => toConstraintSet(set, 'MediaTrackConstraintSet')) };
}

// Settings are compared as 11.1.3 has aspect ratios: to ten decimals.
const isSame = (a: number, b: number): boolean => Math.abs(a - b) < 1e-10;

function satisfies(setting: string | number | undefined, constraint: NumberConstraint | StringConstraint): boolean {
  // What is no range, and a list of strings, is ideal, and never fails.
  if (typeof constraint !== 'object' || Array.isArray(constraint)) return true;
  const { exact, min, max } = constraint as { exact?: number | string | string[]; min?: number; max?: number };
  if (exact === undefined && min === undefined && max === undefined) return true;
  if (typeof setting !== 'number') return exact === undefined || [exact].flat().includes(setting as string);
  return (exact === undefined || isSame(setting, exact as number)) && setting >= (min ?? -Infinity) && setting <= (max ?? Infinity);
}

/** Throws an OverconstrainedError if a source with these settings cannot be as it is required to be: it cannot be changed. */
export function checkConstraints(settings: TrackSettings, constraints: TrackConstraints): void {
  for (const name of NAMES) {
    const constraint = constraints[name];
    if (constraint === undefined || satisfies(settings[name], constraint)) continue;
    const is = settings[name] === undefined ? 'not known' : String(settings[name]);
    throw new OverconstrainedError(name, `${name} is ${is}, and cannot be as required`);
  }
}

/** Settings of what a source delivers; null: a remote track, of which they are not known. */
export function settingsOf(deviceId: string, kind: 'audio' | 'video', source: SourceSpecInput | null): TrackSettings {
  if (source?.test) {
    const { blank } = source.test;
    return kind === 'audio' ? { deviceId, channelCount: 2, sampleRate: 48_000 }
      : { deviceId, aspectRatio: 320 / 180, frameRate: blank ? 1 : 15, height: 180, width: 320 };
  }
  const { clockRate, channels } = source?.udp?.codec ?? {};
  if (kind === 'video' || !clockRate) return { deviceId };
  return { deviceId, channelCount: channels || 1, sampleRate: clockRate };
}

/** What can be asked of a source: what it is. */
export function capabilitiesOf({ deviceId, ...numbers }: TrackSettings): object {
  return { deviceId, ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, { max: value, min: value }])) };
}
