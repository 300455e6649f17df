import { Type } from 'typebox';
import { defineEndpoint } from './endpoint.ts';

const SHORTEST_MS = 100;
const LONGEST_MS = 3000;

export const random = defineEndpoint({
  name: 'random',
  path: '/random',
  summary: 'Waits between 0.1 and 3 seconds, drawn evenly from the seed, then answers.',
  parameters: () => Type.Object({}),
  run: async (_parameters, { ports }) => {
    const drawnMs = Math.round(SHORTEST_MS + ports.random() * (LONGEST_MS - SHORTEST_MS));
    return `waited ${await ports.wait(drawnMs)} ms`;
  },
});
