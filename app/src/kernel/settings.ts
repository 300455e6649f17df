import { Compile } from 'typebox/compile';
import type { Static, TObject, TSchema } from 'typebox';
import { nearestNames } from './nearest.ts';

/** One wrong value: where, what came, what would be right. */
export interface Fault {
  readonly field: string;
  readonly received: unknown;
  readonly legal: string;
}

export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

export interface ReaderOptions {
  /** `text`: values are strings (environment, query) and are converted; `json`: they must have their type already. */
  readonly form: 'text' | 'json';
  /** What to do with names that the schema does not have. */
  readonly unknownNames: 'ignore' | 'fault';
}

/**
 * Makes the one reader behind the environment, `PROTECTIONS`, the control API and request parameters: fills in
 * defaults, checks bounds, and reports all faults at once, each with the legal values.
 * The schema is flat: numbers, integers, booleans, strings and unions of literals.
 */
export function createReader<S extends TObject>(
  schema: S,
  options: ReaderOptions,
): (raw: Readonly<Record<string, unknown>>) => Reading<Static<S>> {
  const fields = Object.entries(schema.properties as Record<string, TSchema>).map(([name, field]) => ({
    name,
    field,
    validator: Compile(field),
    isRequired: (schema.required ?? []).includes(name) && defaultOf(field) === undefined,
  }));
  const names = fields.map(({ name }) => name);

  return (raw) => {
    const value: Record<string, unknown> = {};
    const faults: Fault[] = options.unknownNames === 'fault' ? unknownFaults(raw, names) : [];
    for (const { name, field, validator, isRequired } of fields) {
      const received = Object.hasOwn(raw, name) ? raw[name] : undefined;
      if (received === undefined) {
        if (isRequired) faults.push({ field: name, received: null, legal: legalValues(field) });
        else if (defaultOf(field) !== undefined) value[name] = defaultOf(field);
        continue;
      }
      const converted = options.form === 'text' ? fromText(field, received) : received;
      if (validator.Check(converted)) value[name] = converted;
      else faults.push({ field: name, received, legal: legalValues(field) });
    }
    return faults.length > 0 ? { ok: false, faults } : { ok: true, value: value as Static<S> };
  };
}

/** The legal values of a field in words, made from its schema: `integer, 1 to 1000`, `none | full`. */
export function legalValues(schema: TSchema): string {
  const field = schema as FieldSchema;
  if (field.anyOf !== undefined) return field.anyOf.map((option) => String(option.const)).join(' | ');
  if (field.type === 'boolean') return 'true | false';
  if (field.type === 'string') return stringRule(field);
  if (field.type !== 'integer' && field.type !== 'number')
    return field.description ?? field.type ?? 'any value';
  if (field.minimum !== undefined && field.maximum !== undefined) {
    return `${field.type}, ${field.minimum} to ${field.maximum}`;
  }
  if (field.minimum !== undefined) return `${field.type}, at least ${field.minimum}`;
  return field.maximum === undefined ? field.type : `${field.type}, at most ${field.maximum}`;
}

interface FieldSchema {
  readonly type?: string;
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly default?: unknown;
}

function defaultOf(schema: TSchema): unknown {
  return (schema as FieldSchema).default;
}

function stringRule({ minLength, maxLength, description }: FieldSchema): string {
  const length =
    maxLength === undefined
      ? minLength === undefined
        ? ''
        : `, at least ${minLength} characters`
      : `, ${minLength ?? 0} to ${maxLength} characters`;
  return `string${length}${description === undefined ? '' : ` (${description})`}`;
}

function unknownFaults(raw: Readonly<Record<string, unknown>>, names: readonly string[]): Fault[] {
  return Object.keys(raw)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const near = nearestNames(name, names);
      const legal = near.length > 0 ? near.join(' | ') : names.length > 0 ? names.join(' | ') : 'no settings';
      return { field: name, received: raw[name], legal: `a known name: ${legal}` };
    });
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Converts the text of a field; what does not convert stays text, so that the check fails and shows it. */
function fromText(schema: TSchema, received: unknown): unknown {
  if (typeof received !== 'string') return received;
  const { type } = schema as FieldSchema;
  const text = received.trim();
  if (type === 'integer' || type === 'number') return DECIMAL.test(text) ? Number(text) : received;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : received;
  return received;
}
