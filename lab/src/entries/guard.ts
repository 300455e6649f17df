/**
 * The guard process of one run. It reads messages from the lab on its standard input; when that pipe closes without a
 * release, the lab is gone and the guard ends all that the lab has left. It is started in a session of its own and
 * ignores the signals that end a terminal's programs.
 */
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { endRun } from '../targets/local/guard-cleanup.ts';
import { createGuardRegistry } from '../targets/local/guard-registry.ts';
import type { GuardMessage } from '../targets/local/guard-registry.ts';
import { toLocalHost } from '../targets/local/local-host.ts';
import { markerVariable } from '../targets/local/process-table.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// The lab, which reads these pipes, may be gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const runId = process.env[markerVariable];
if (runId === undefined) throw new Error(`${markerVariable} is not set`);

const registry = createGuardRegistry(process.platform);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  registry.apply(JSON.parse(line) as GuardMessage);
}
if (!registry.isReleased) await endRun(registry, runId, toLocalHost(process, tmpdir()));
