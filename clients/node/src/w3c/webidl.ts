// What Web IDL asks of every interface: conversions of arguments, brand checks, the shape of prototypes, and event
// handler attributes.
import { toUSVString as wellFormed } from 'node:util';

/** Given by our own code to constructors of interfaces that users cannot construct. */
export const INTERNAL = Symbol('internal');

/** Throws unless the constructor is called by our own code. */
export function guardConstructor(token: unknown): void {
  if (token !== INTERNAL) throw new TypeError('Illegal constructor');
}

/** Throws if there are fewer arguments than the method requires. */
export function requireArguments(method: string, given: number, required: number): void {
  if (given >= required) return;
  throw new TypeError(`${method}: ${required} argument${required === 1 ? '' : 's'} required, but only ${given} present.`);
}

/** DOMString. */
export function toDOMString(value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return String(value);
}

/** USVString: lone surrogates become U+FFFD. */
export const toUSVString = (value: unknown): string => wellFormed(toDOMString(value));

/** A value of an enumeration. */
export function toEnum<T extends string>(value: unknown, values: readonly T[], what: string): T {
  const text = toDOMString(value);
  if (!(values as readonly string[]).includes(text)) throw new TypeError(`${what}: '${text}' is not a valid value`);
  return text as T;
}

/** An integer with [EnforceRange]. */
export function toEnforcedInteger(value: unknown, max: number, what: string): number {
  const number = Number(value);
  const integer = Math.trunc(number);
  if (!Number.isFinite(number) || integer < 0 || integer > max) {
    throw new TypeError(`${what}: ${String(value)} is outside the range of 0 to ${max}`);
  }
  return integer === 0 ? 0 : integer;
}

/** An integer that wraps around, as plain `unsigned long` does. */
export const toUnsignedLong = (value: unknown): number => Number(value) >>> 0;
/** As above for `unsigned short`. */
export const toUnsignedShort = (value: unknown): number => toUnsignedLong(value) & 0xffff;

/** A double that is finite. */
export function toDouble(value: unknown, what: string): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new TypeError(`${what}: the value is not a finite number`);
  return number;
}

/**
 * A dictionary: an object, or nothing.
 * @param members Those that are taken, each read once and in this order: that of Web IDL, inherited ones first, then by name.
 */
export function toDictionary<T extends string>(value: unknown, what: string, members: readonly T[]): Partial<Record<T, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw new TypeError(`${what}: the value is not an object`);
  }
  const taken: Partial<Record<T, unknown>> = {};
  for (const member of members) taken[member] = (value as Record<T, unknown>)[member];
  return taken;
}

/** A sequence: anything iterable. */
export function toSequence<T>(value: unknown, what: string, convert: (item: unknown) => T): T[] {
  const iterable = value as Iterable<unknown>;
  if (value === null || typeof value !== 'object' || typeof iterable[Symbol.iterator] !== 'function') {
    throw new TypeError(`${what}: the value is not iterable`);
  }
  return Array.from(iterable, convert);
}

/** A callback function. */
export function toFunction(value: unknown, what: string): (...args: unknown[]) => unknown {
  if (typeof value !== 'function') throw new TypeError(`${what}: the value is not a function`);
  return value as (...args: unknown[]) => unknown;
}

// eslint-style name for any class, whatever its constructor takes.
type Class = { prototype: object };

/** Gives a class the shape of an interface: enumerable members, and its name as toStringTag. */
export function defineInterface(target: Class, name: string): void {
  for (const object of [target.prototype, target]) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if (key === 'constructor' || !descriptor.configurable || ['length', 'name', 'prototype'].includes(key)) continue;
      Object.defineProperty(object, key, { ...descriptor, enumerable: true });
    }
  }
  Object.defineProperty(target.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** A handler attribute's value. */
export type Handler = ((event: any) => unknown) | null;

interface Registered {
  handler: Handler;
  listener: (event: Event) => void;
}

const handlers = new WeakMap<EventTarget, Map<string, Registered>>();

function setHandler(target: EventTarget, type: string, value: unknown): void {
  const handler = typeof value === 'function' ? (value as Handler) : null;
  let own = handlers.get(target);
  if (!own) handlers.set(target, (own = new Map()));
  const registered = own.get(type);
  if (registered && handler) {
    registered.handler = handler; // Keeps its place among the listeners.
  } else if (registered) {
    target.removeEventListener(type, registered.listener);
    own.delete(type);
  } else if (handler) {
    const entry: Registered = {
      handler,
      listener: (event) => {
        if (entry.handler?.call(target, event) === false) event.preventDefault();
      },
    };
    own.set(type, entry);
    target.addEventListener(type, entry.listener);
  }
}

/**
 * Adds event handler attributes (`onopen` and so on) to an interface.
 * @param check Throws a TypeError unless its argument is of the interface.
 */
export function defineEventHandlers(target: Class, check: (object: any) => unknown, types: readonly string[]): void {
  for (const type of types) {
    const accessors = {
      get [`on${type}`](): Handler {
        check(this);
        return handlers.get(this as unknown as EventTarget)?.get(type)?.handler ?? null;
      },
      set [`on${type}`](value: Handler) {
        check(this);
        setHandler(this as unknown as EventTarget, type, value);
      },
    };
    Object.defineProperties(target.prototype, Object.getOwnPropertyDescriptors(accessors));
  }
}
