import { createInterface } from 'node:readline';
import { openFaultProxy } from '../targets/local/relay/faults.ts';
import type { FaultProxyOrder, FaultProxySetUp, RelayMessage } from '../targets/local/relay/protocol.ts';
import { serveRelay } from '../targets/local/relay/relay-program.ts';

// A fault proxy in a container: shipped and started by targets/container/fault-proxy.ts, one line of JSON a message.
type Message = RelayMessage<FaultProxySetUp, FaultProxyOrder>;
const lines = createInterface({ input: process.stdin });
serveRelay<FaultProxySetUp, FaultProxyOrder>(
  {
    send: (reply) => void process.stdout.write(`${JSON.stringify(reply)}\n`),
    listen: (listener) => lines.on('line', (line) => listener(JSON.parse(line) as Message)),
  },
  openFaultProxy,
);

// The lab has gone: nobody could heal this edge any more.
// oxlint-disable-next-line unicorn/no-process-exit -- open connections would keep the process alive
lines.once('close', () => process.exit(0));
