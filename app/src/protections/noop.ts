import { Type } from 'typebox';
import { defineProtection } from './protection.ts';

export const noop = defineProtection({
  name: 'noop',
  edge: 'request',
  layer: 'resource',
  summary: 'Does nothing: the smallest protection, to learn from and to measure what a layer costs.',
  settings: Type.Object({}),
  events: ['passed'],
  create(_settings, { emit }) {
    return {
      execute(work, call) {
        emit('passed');
        return work(call);
      },
    };
  },
});
