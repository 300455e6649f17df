import { Type } from 'typebox';
import { jsonRecords } from '../computations/json-records.ts';
import { defineFailure } from './failure.ts';

/** Making and reading JSON cannot be interrupted: a large list holds the event loop as any computation does. */
export const jsonProcessing = defineFailure({
  name: 'json-processing',
  method: 'GET',
  path: '/api/json-processing',
  summary:
    'Builds, serialises and parses size records on the event loop; time and memory are linear in size.',
  blocksEventLoop: true,
  parameters: Type.Object({
    size: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      description: 'records, of about 150 bytes each',
    }),
  }),
  answer: Type.Object({
    records: Type.Integer({ description: 'records read back' }),
    bytes: Type.Integer({ description: 'bytes of JSON text' }),
  }),
  run: ({ size }, { call, compute }) => compute(jsonRecords, { count: size }, call),
});
