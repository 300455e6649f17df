import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpExchange } from './http-exchange.ts';
import { createEndpointPools } from './endpoint-pools.ts';
import type { BalancerOrder, BalancerSetUp } from './protocol.ts';
import { listenOn } from './relay-program.ts';
import type { Relay } from './relay-program.ts';
import { Rotation } from './rotation.ts';

/** Longer than clients keep an idle connection, so that they close it first; the default of AWS' balancers is 60 s too. */
const keepAliveTimeoutMs = 60_000;

/**
 * Level `request`: an HTTP/1.1 reverse proxy. Every request goes to the next endpoint over a kept connection; a failed
 * one is answered with 502, one without an endpoint with 503, one without an answer in time with 504.
 */
export async function openHttpBalancer(setUp: BalancerSetUp): Promise<Relay<BalancerOrder>> {
  const rotation = new Rotation();
  const pools = createEndpointPools((name) => {
    rotation.countsOf(name).connections += 1;
  });
  const options = { keepAliveTimeout: keepAliveTimeoutMs, requestTimeout: 0, noDelay: true };
  const server = createServer(options, (request: IncomingMessage, response: ServerResponse) => {
    new HttpExchange(request, response, { rotation, pools, ...setUp }).start();
  });
  const port = await listenOn(server, setUp.port);
  return {
    port,
    obey: (order) => {
      if (order.kind === 'stats') return Promise.resolve(rotation.stats('request'));
      rotation.set(order.endpoints);
      pools.keepOnly(order.endpoints);
      return Promise.resolve(null);
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      pools.keepOnly([]);
      await closed;
    },
  };
}
