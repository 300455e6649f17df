import { defineComputation } from './computation.ts';

export interface JsonRecords {
  /** Read back from the text. */
  readonly records: number;
  /** Of the text in UTF-8. */
  readonly bytes: number;
}

/**
 * Builds `count` records, makes JSON text of them and reads it again, as a service does that passes a list on.
 * Each record weighs the same but for the digits of its number: time and memory are linear in `count`.
 */
export const jsonRecords = defineComputation({
  name: 'json-records',
  run({ count }: { readonly count: number }): JsonRecords {
    const text = JSON.stringify(Array.from({ length: count }, (_none, index) => toRecord(index)));
    const records = JSON.parse(text) as readonly unknown[];
    return { records: records.length, bytes: Buffer.byteLength(text) };
  },
});

function toRecord(index: number): object {
  return {
    id: index,
    name: `record ${index}`,
    isActive: index % 2 === 0,
    tags: ['first', 'second', 'third'],
    address: { street: 'Long Street', number: index % 100, city: 'Springfield' },
  };
}
