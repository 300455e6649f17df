import { Type } from 'typebox';
import type { RequestView } from '../kernel/call.ts';
import { defineProtection } from './protection.ts';

/**
 * Ends connections that are old or were used often, with the answer to a request, so that no request is lost. Why:
 * load balancers and kube-proxy spread connections, not requests; clients that keep theirs for ever never see a
 * new replica.
 *
 * Connections that were opened together must not all end together: between (1 − jitterRatio) · maxAgeSeconds and
 * maxAgeSeconds a request ends its connection with probability interval / time left, where interval is the mean time
 * between the requests on it. The moments are then spread evenly, whether a client asks often or seldom.
 * Sources: gRPC proposal A9, "Server-side Connection Management" (MAX_CONNECTION_AGE with 10 % of jitter); nginx
 * documentation, `keepalive_requests` (1000).
 */
export const connectionAgeLimit = defineProtection({
  name: 'connection-age-limit',
  edge: 'request',
  layer: 'resource',
  summary:
    'Ends a connection with its next answer when it is older than maxAgeSeconds or has had maxRequests.',
  settings: Type.Object({
    maxAgeSeconds: Type.Number({ minimum: 0.1, maximum: 86_400, default: 30 }),
    maxRequests: Type.Integer({ minimum: 0, maximum: 1_000_000_000, default: 1000, description: '0 = none' }),
    jitterRatio: Type.Number({ minimum: 0, maximum: 1, default: 0.1 }),
  }),
  events: ['closed'],
  create({ maxAgeSeconds, maxRequests, jitterRatio }, { random, emit }) {
    const maxAgeMs = maxAgeSeconds * 1000;
    const isOld = ({ connectionAgeMs: ageMs, connectionRequests }: RequestView): boolean => {
      if (ageMs >= maxAgeMs) return true;
      if (ageMs < maxAgeMs * (1 - jitterRatio)) return false;
      const intervalMs = ageMs / connectionRequests;
      return random() * (maxAgeMs - ageMs) < intervalMs;
    };
    const isUsedUp = ({ connectionRequests }: RequestView): boolean =>
      maxRequests > 0 && connectionRequests >= maxRequests;

    return {
      execute(work, call) {
        const { request } = call;
        if (request !== undefined && (isUsedUp(request) || isOld(request))) {
          emit('closed');
          request.closeConnection();
        }
        return work(call);
      },
    };
  },
});
