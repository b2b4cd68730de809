// RTCStatsReport, made of the report of the contract.
import { PACKAGE, typeOf } from '../definition';
import type { Stats, StatsReport } from '../gen/contract';
import { fromApi } from './enums';
import { defineInterface, guardConstructor, INTERNAL } from './webidl';

type Entry = Record<string, unknown> & { id: string; type: string; timestamp: number };

// Enumerations that W3C does not have.
const FOREIGN = new Set(['IceBackend']);

// By kind of entry, the prefix of each member that is an enumeration, as the contract says. All others are plain values.
const prefixes = new Map<string, ReadonlyMap<string, string>>();

function prefixesOf(kind: string): ReadonlyMap<string, string> {
  let found = prefixes.get(kind);
  if (!found) {
    const { typeName = '' } = typeOf(`${PACKAGE}.Stats`).type.field.find(({ name }) => name === kind) ?? {};
    const enumerations = typeOf(`${PACKAGE}.${lastOf(typeName)}`).type.field.filter(
      ({ type, typeName: name }) => type === 'TYPE_ENUM' && !FOREIGN.has(lastOf(name)));
    prefixes.set(kind, (found = new Map(enumerations.map(({ name, typeName: enumeration }) => [name, prefixOf(lastOf(enumeration))]))));
  }
  return found;
}

const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
const prefixOf = (enumeration: string): string => enumeration.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

const isTimestamp = (value: unknown): value is { seconds: number; nanos: number } =>
  typeof value === 'object' && value !== null && 'seconds' in value && 'nanos' in value;
const toMilliseconds = ({ seconds, nanos }: { seconds: number; nanos: number }): number => seconds * 1000 + nanos / 1e6;

function convert(value: unknown, prefix: string | undefined): unknown {
  if (isTimestamp(value)) return toMilliseconds(value);
  if (prefix === undefined) return value;
  return String(value).endsWith('_UNSPECIFIED') ? undefined : fromApi(String(value), prefix);
}

function entryOf(stats: Stats): Entry {
  const entry: Entry = {
    id: stats.id,
    type: fromApi(stats.type, 'STATS_TYPE'),
    timestamp: stats.timestamp ? toMilliseconds(stats.timestamp) : 0,
  };
  const values = stats.stats ? (stats[stats.stats] as object | undefined) : undefined;
  if (!values) return entry;
  const enumerations = prefixesOf(stats.stats as string);
  for (const [name, value] of Object.entries(values)) {
    const converted = convert(value, enumerations.get(name));
    if (converted !== undefined && converted !== null) entry[name] = converted;
  }
  return entry;
}

/** W3C RTCStatsReport: a read-only map of entries by id. */
export class RTCStatsReport {
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#entries = args[1] as ReadonlyMap<string, Entry>;
  }

  get size(): number { return this.#entries.size; }
  get(key: string): Entry | undefined { return this.#entries.get(String(key)); }
  has(key: string): boolean { return this.#entries.has(String(key)); }
  keys(): IterableIterator<string> { return this.#entries.keys(); }
  values(): IterableIterator<Entry> { return this.#entries.values(); }
  entries(): IterableIterator<[string, Entry]> { return this.#entries.entries(); }
  forEach(callback: (value: Entry, key: string, report: RTCStatsReport) => void, ...rest: [thisArg?: unknown]): void {
    const [thisArg] = rest;
    for (const [key, value] of this.#entries) callback.call(thisArg, value, key, this);
  }
}
export interface RTCStatsReport {
  [Symbol.iterator](): IterableIterator<[string, Entry]>;
}
// Web IDL, 3.7.11: the iterator of a maplike is its method `entries` itself.
Object.defineProperty(RTCStatsReport.prototype, Symbol.iterator,
  { value: RTCStatsReport.prototype.entries, writable: true, configurable: true, enumerable: false });
defineInterface(RTCStatsReport, 'RTCStatsReport');

/**
 * The report of the contract, in W3C's form.
 * @param trackIdOf The id of a track's object here, by its id at the service.
 */
export function reportFromApi(report: StatsReport | null, trackIdOf: (id: string) => string): RTCStatsReport {
  const entries = Object.values(report?.stats ?? {}).map((stats): [string, Entry] => {
    const entry = entryOf(stats);
    if (typeof entry.trackIdentifier === 'string') entry.trackIdentifier = trackIdOf(entry.trackIdentifier);
    return [stats.id, entry];
  });
  return new RTCStatsReport(INTERNAL, new Map(entries));
}

/** W3C's stats selection (WebRTC 1.0, 8.5): the streams of one section in one direction, and all that these refer to. */
export function selectStats(report: RTCStatsReport, type: 'outbound-rtp' | 'inbound-rtp', mid: string | null): RTCStatsReport {
  const selected = new Map<string, Entry>();
  const take = (entry: Entry | undefined): void => {
    if (!entry || selected.has(entry.id)) return;
    selected.set(entry.id, entry);
    for (const [name, value] of Object.entries(entry)) {
      if (name.endsWith('Id') && typeof value === 'string') take(report.get(value));
    }
  };
  for (const entry of report.values()) if (entry.type === type && entry.mid === mid) take(entry);
  return new RTCStatsReport(INTERNAL, selected);
}
