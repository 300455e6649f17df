import { openHttpBalancer } from '../targets/local/relay/http-relay.ts';
import type { BalancerOrder, BalancerSetUp } from '../targets/local/relay/protocol.ts';
import { serveRelay } from '../targets/local/relay/relay-program.ts';
import { openTcpBalancer } from '../targets/local/relay/tcp-relay.ts';

// The process of a balancer: started by targets/local/relay/balancer.ts.
serveRelay<BalancerSetUp, BalancerOrder>(
  {
    send: (reply) => void process.send?.(reply, undefined, {}, () => undefined),
    listen: (listener) => process.on('message', listener),
  },
  (setUp) => (setUp.level === 'connection' ? openTcpBalancer(setUp) : openHttpBalancer(setUp)),
);

// The lab has gone: nobody tells this process any more where to send what it gets.
// oxlint-disable-next-line unicorn/no-process-exit -- open connections would keep the process alive
process.once('disconnect', () => process.exit(0));
