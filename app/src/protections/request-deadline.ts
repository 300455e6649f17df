import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { endable } from '../kernel/deadline.ts';
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
      execute: (work, call) =>
        endable(work, call, (end) => {
          const cancel = clock.schedule(deadlineMs, () => {
            emit('expired');
            end(new Problem('DEADLINE_EXCEEDED', `not finished after ${deadlineMs} ms`));
          });
          const unsubscribe = call.onClientLeft?.(() => {
            emit('client-left');
            end(new Problem('CLIENT_LEFT', 'the client closed its connection'));
          });
          return () => {
            cancel();
            unsubscribe?.();
          };
        }),
    };
  },
});
