import { Type } from 'typebox';
import { defineFailure } from './failure.ts';

export const noop = defineFailure({
  name: 'noop',
  method: 'GET',
  path: '/api/noop',
  summary:
    'Does nothing and never fails: the smallest entry of this catalogue, to learn from and to measure an edge with.',
  parameters: Type.Object({}),
  answer: Type.Object({}),
  run: () => Promise.resolve({}),
});
