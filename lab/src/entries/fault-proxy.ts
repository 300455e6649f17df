import { openFaultProxy } from '../targets/local/relay/faults.ts';
import type { FaultProxyOrder, FaultProxySetUp } from '../targets/local/relay/protocol.ts';
import { serveRelay } from '../targets/local/relay/relay-program.ts';

// The process of a fault proxy: started by targets/local/relay/fault-proxy.ts.
serveRelay<FaultProxySetUp, FaultProxyOrder>(
  {
    send: (reply) => void process.send?.(reply, undefined, {}, () => undefined),
    listen: (listener) => process.on('message', listener),
  },
  openFaultProxy,
);

// The lab has gone: nobody could heal this edge any more.
// oxlint-disable-next-line unicorn/no-process-exit -- open connections would keep the process alive
process.once('disconnect', () => process.exit(0));
