import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { withController } from '../kernel/deadline.ts';
import { defineProtection } from './protection.ts';

/**
 * Ends a request at its deadline, or when its client has left, and with it every wait below: pool waiters leave the
 * queue, downstream calls are cancelled. Why: work that nobody waits for still takes what others need.
 * Source: Google SRE Book, chapter "Addressing Cascading Failures", section "Latency and Deadlines".
 */
export const requestDeadline = defineProtection({
  name: 'request-deadline',
  edge: 'request',
  layer: 'deadline',
  summary: 'Ends a request, and every wait in it, after deadlineMs or when its client has left.',
  settings: Type.Object({
    deadlineMs: Type.Integer({ minimum: 1, maximum: 600_000, default: 1000 }),
  }),
  events: ['expired', 'client-left'],
  create({ deadlineMs }, { clock, emit }) {
    return {
      async execute(work, call) {
        const controller = new AbortController();
        const cancel = clock.schedule(deadlineMs, () => {
          emit('expired');
          controller.abort(new Problem('DEADLINE_EXCEEDED', `not finished after ${deadlineMs} ms`));
        });
        const unsubscribe = call.onClientLeft?.(() => {
          if (controller.signal.aborted) return;
          emit('client-left');
          controller.abort(new Problem('CLIENT_LEFT', 'the client closed its connection'));
        });
        try {
          return await withController(work, call, controller);
        } finally {
          cancel();
          unsubscribe?.();
        }
      },
    };
  },
});
