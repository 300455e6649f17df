import { Type } from 'typebox';
import { defineEndpoint } from './endpoint.ts';

export const slow = defineEndpoint({
  name: 'slow',
  path: '/slow',
  summary: 'Waits, then answers.',
  parameters: (limits) =>
    Type.Object({
      delay: Type.Number({
        unit: 'seconds',
        minimum: 0,
        maximum: limits.maxDelaySeconds,
        default: limits.defaultDelaySeconds,
      }),
    }),
  run: async ({ delay }, { ports }) => `waited ${await ports.wait(delay * 1000)} ms`,
});
