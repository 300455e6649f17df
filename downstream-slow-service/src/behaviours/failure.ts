import { Type } from 'typebox';
import { defineBehaviour } from './behaviour.ts';

export const failure = defineBehaviour({
  name: 'failure',
  summary: 'This part of the work requests fails with 500 after its wait.',
  settings: () => ({ failureRatio: Type.Optional(Type.Number({ unit: 'ratio', minimum: 0, maximum: 1 })) }),
  start: ({ failureRatio }, random) =>
    failureRatio === undefined ? undefined : { fails: () => random() < failureRatio },
});
