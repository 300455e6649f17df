import { createBalancer } from './balancer.mts';
import { createControl } from './control.mts';
import { Replicas } from './replicas.mts';

/** Connections that clients keep never end by themselves: at a stop they are waited for as long as this. */
const graceMs = 1_000;

const name = process.env['BACKEND_HOST'] ?? 'backend';
const work = new Replicas({ name, port: 8000 });
const control = new Replicas({ name, port: 8100 });
const servers = [
  createBalancer(() => work.inTurn()).listen(8000, '0.0.0.0'),
  createControl(() => control.all()).listen(8100, '0.0.0.0'),
];

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    setTimeout(() => process.exit(0), graceMs);
    void Promise.all(closed).then(() => process.exit(0));
  });
}
