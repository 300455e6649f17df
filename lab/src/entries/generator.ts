import { createInterface } from 'node:readline';
import { serveGenerator } from '../drivers/cluster/generator-program.ts';
import type { GeneratorOrder } from '../drivers/cluster/protocol.ts';
import { readBootId } from '../targets/container/boot-id.ts';

// A generator of the driver `cluster`, the program of its pod: one line of JSON a message. It says nothing before it was
// told something: what is said before anybody is attached is lost.
const lines = createInterface({ input: process.stdin });
const bootId = readBootId();

serveGenerator({
  send: (message) => void process.stdout.write(`${JSON.stringify(message)}\n`),
  listen: (onOrder) => lines.on('line', (line) => onOrder(JSON.parse(line) as GeneratorOrder)),
  readClock: () => {
    const { user, system } = process.cpuUsage();
    return { monotonicMs: Number(process.hrtime.bigint()) / 1e6, bootId, cpuSeconds: (user + system) / 1e6 };
  },
});

// The lab has gone: no load without someone who looks at it.
// oxlint-disable-next-line unicorn/no-process-exit -- open connections would keep the process alive
lines.once('close', () => process.exit(0));
