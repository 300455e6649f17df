import { Type } from 'typebox';
import { defineBehaviour } from './behaviour.ts';

/** Effects are chained in the order of their names, so this one comes after `delay` and multiplies what that says. */
export const slowdown = defineBehaviour({
  name: 'slowdown',
  summary: 'Every wait takes this many times as long, wherever it comes from.',
  settings: () => ({
    slowdownFactor: Type.Optional(
      Type.Number({
        unit: 'times',
        minimum: 0.1,
        maximum: 1000,
        description:
          'Multiplies every wait: the one that was set, drawn or asked for, or that of the endpoint.',
      }),
    ),
  }),
  start: ({ slowdownFactor }, { limits }) => {
    if (slowdownFactor === undefined) return undefined;
    const longestMs = limits.maxDelaySeconds * 1000;
    return { delayMs: (askedMs) => Math.min(askedMs * slowdownFactor, Math.max(askedMs, longestMs)) };
  },
});
