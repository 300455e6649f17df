/** One value that was refused: where, what came, what would have been right. */
export interface Fault {
  readonly field: string;
  readonly received: unknown;
  readonly legal: string;
}

interface ValueSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly unit?: string;
}

/** Says in words which values a schema of one value allows, e.g. `a number from 0 to 300 (seconds)`. */
export function describeLegal(schema: object): string {
  const value: ValueSchema = schema;
  if (value.enum) return `one of ${value.enum.join(', ')}`;
  if (value.type === 'boolean') return 'true or false';
  if (value.type === 'integer') return `a whole number ${range(value)}`;
  if (value.type === 'number') return `a number ${range(value)}`;
  if (value.type === 'string') {
    return (value.minLength ?? 0) > 1 ? `text of at least ${value.minLength} characters` : 'any text';
  }
  return 'a JSON object';
}

function range(value: ValueSchema): string {
  const bounds = `from ${value.minimum ?? '-infinity'} to ${value.maximum ?? 'infinity'}`;
  return value.unit ? `${bounds} (${value.unit})` : bounds;
}
