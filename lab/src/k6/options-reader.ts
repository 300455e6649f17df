import { durationHint, parseDuration } from './duration.ts';

export type RawOptions = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is RawOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Faults of a configuration, all of them, each with field, what was received and what is legal. */
export class Faults {
  readonly messages: string[] = [];

  add(field: string, received: unknown, legal: string): void {
    this.messages.push(`${field}: received ${show(received)}, expected ${legal}`);
  }
}

/** What a whole number may be, and what it is when the field is absent; a required one has no default. */
export interface WholeRule {
  readonly least: number;
  readonly otherwise?: number;
}

/**
 * Reads fields of an object of options. Names are found whatever their case, as k6 does; null is absent. A faulty field
 * is noted and read as its default, so that every fault of a configuration is said at once.
 */
export class OptionsReader {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #names: readonly string[];
  readonly #asked = new Set<string>();
  readonly path: string;
  readonly faults: Faults;

  constructor(values: RawOptions, path: string, faults: Faults) {
    this.#names = Object.keys(values);
    this.#values = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
    this.path = path;
    this.faults = faults;
  }

  /** The value as it is; undefined when absent. */
  raw(name: string): unknown {
    this.#asked.add(name);
    return this.#values.get(name.toLowerCase()) ?? undefined;
  }

  whole(name: string, { least, otherwise }: WholeRule): number {
    const value = this.raw(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    this.faults.add(this.fieldOf(name), value, `a whole number of at least ${least}`);
    return otherwise ?? least;
  }

  /** `otherwise` undefined: required. */
  durationMs(name: string, otherwise: number | undefined, leastMs = 0): number {
    const value = this.raw(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    const durationMs = parseDuration(value);
    if (durationMs !== null && durationMs >= leastMs) return durationMs;
    this.faults.add(this.fieldOf(name), value, leastMs > 0 ? `${durationHint}, above 0` : durationHint);
    return otherwise ?? leastMs;
  }

  boolean(name: string): boolean {
    const value = this.raw(name);
    if (value === undefined) return false;
    if (typeof value === 'boolean') return value;
    this.faults.add(this.fieldOf(name), value, 'true or false');
    return false;
  }

  text(name: string, otherwise: string): string {
    const value = this.raw(name);
    if (value === undefined) return otherwise;
    if (typeof value === 'string') return value;
    this.faults.add(this.fieldOf(name), value, 'text');
    return otherwise;
  }

  texts(name: string, otherwise: readonly string[]): readonly string[] {
    const value = this.raw(name);
    if (value === undefined) return otherwise;
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
    this.faults.add(this.fieldOf(name), value, 'a list of texts');
    return otherwise;
  }

  /** Names and texts; numbers and truth values become text. */
  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.raw(name);
    if (value === undefined) return {};
    const entries = isObject(value) ? Object.entries(value) : null;
    if (entries?.every(([, entry]) => ['string', 'number', 'boolean'].includes(typeof entry)) === true)
      return Object.fromEntries(entries.map(([key, entry]) => [key, String(entry)]));
    this.faults.add(this.fieldOf(name), value, 'an object of names and texts');
    return {};
  }

  objects(name: string): readonly RawOptions[] {
    const value = this.raw(name);
    if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return value;
    this.faults.add(this.fieldOf(name), value, 'a list with at least one object');
    return [];
  }

  fieldOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Names that nobody has asked for. */
  unknownNames(): readonly string[] {
    const asked = new Set([...this.#asked].map((name) => name.toLowerCase()));
    return this.#names.filter((name) => !asked.has(name.toLowerCase()));
  }

  askedNames(): readonly string[] {
    return [...this.#asked];
  }
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
