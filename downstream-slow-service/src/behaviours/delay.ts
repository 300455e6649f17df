import { Type } from 'typebox';
import { defineBehaviour } from './behaviour.ts';

export const delay = defineBehaviour({
  name: 'delay',
  summary: 'Every work request waits this long, whatever it asked for.',
  settings: (limits) => ({
    delayMs: Type.Optional(
      Type.Number({ unit: 'milliseconds', minimum: 0, maximum: limits.maxDelaySeconds * 1000 }),
    ),
  }),
  start: ({ delayMs }) => (delayMs === undefined ? undefined : { delayMs: () => delayMs }),
});
