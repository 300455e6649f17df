import { Type } from 'typebox';
import { defineEndpoint } from './endpoint.ts';

/** Longer than the usual client timeouts of 5 to 30 s, so that a client without one is found out. */
const TRAP_MS = 60_000;

export const timeoutTrap = defineEndpoint({
  name: 'timeout-trap',
  path: '/timeout-trap',
  summary: 'Answers after 60 seconds: a trap for clients without a timeout.',
  parameters: () => Type.Object({}),
  run: async (_parameters, { ports }) => `waited ${await ports.wait(TRAP_MS)} ms`,
});
