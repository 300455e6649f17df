import { describeLegal } from './legal.ts';
import type { Fault } from './legal.ts';

/** What ajv reports, with its options `allErrors` and `verbose`. */
interface ValidationError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly parentSchema?: object;
}

const LONGEST_SHOWN = 200;

/** One fault per faulty field, from the validator's errors. */
export function toFaults(errors: readonly ValidationError[]): readonly Fault[] {
  const byField = new Map<string, Fault>();
  for (const error of errors) {
    const fault = toFault(error);
    if (!byField.has(fault.field)) byField.set(fault.field, fault);
  }
  return [...byField.values()];
}

function toFault({ keyword, instancePath, params, data, parentSchema }: ValidationError): Fault {
  const properties = propertiesOf(parentSchema);
  if (keyword === 'required') {
    const field = String(params['missingProperty']);
    return { field, received: null, legal: `${describeLegal(properties[field] ?? {})}, always given` };
  }
  if (keyword === 'additionalProperties') {
    const field = String(params['additionalProperty']);
    const names = Object.keys(properties);
    return {
      field,
      received: shorten(valueOf(data, field)),
      legal: names.length > 0 ? `no such name; there are: ${names.join(', ')}` : 'no parameters at all',
    };
  }
  return {
    field: instancePath === '' ? 'body' : instancePath.slice(1),
    received: shorten(data),
    legal: describeLegal(parentSchema ?? {}),
  };
}

function propertiesOf(schema: object | undefined): Readonly<Record<string, object>> {
  return schema !== undefined && 'properties' in schema ? (schema.properties as Record<string, object>) : {};
}

function valueOf(data: unknown, field: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[field] : undefined;
}

/** What can be shown in JSON, and not at any length. */
function shorten(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'string' || value.length <= LONGEST_SHOWN) return value ?? null;
  return `${value.slice(0, LONGEST_SHOWN)}…`;
}
