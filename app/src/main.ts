import { hostname } from 'node:os';
import process from 'node:process';
import { loadCatalogues } from './catalogues.ts';
import { ConfigError, readConfig } from './config.ts';
import { createRandom } from './kernel/random.ts';
import { openPorts } from './ports.ts';
import { ListenError, startServers } from './servers.ts';
import { systemClock } from './system-clock.ts';
import { createReadings } from './system-readings.ts';
import { createLog } from './telemetry/logging.ts';
import { findTracing } from './telemetry/tracing.ts';

const EXIT_STOPPED = 0;
const EXIT_FORCED = 1;
const EXIT_WRONG_USAGE = 2;

/** Environment → configuration → servers → stop at a signal. The only file that touches the process. */
async function main(): Promise<void> {
  const tracing = findTracing(process.env, (line) => process.stderr.write(line));
  const catalogues = await loadCatalogues();
  const config = readConfig(process.env, catalogues, hostname());
  const log = createLog(config.logLevel, config.replica);
  const open = openPorts(config, catalogues, {
    clock: systemClock,
    random: createRandom(process.pid),
    log,
    readings: createReadings(config.memoryLimitBytes),
  });
  const servers = await startServers(config, open.ports);
  log.info({ port: servers.port, controlPort: servers.controlPort }, 'listening');

  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, 'stopping');
    void servers.stop(open.close).then(
      (isGraceful) => tracing.flush().then(() => exit(isGraceful ? EXIT_STOPPED : EXIT_FORCED)),
      (error: unknown) => {
        log.error({ err: error }, 'stop failed');
        exit(EXIT_FORCED);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  tellParent(servers, () => stop('the parent process is gone'));
}

/** A parent that started us with a channel is told where we listen; when the channel breaks, we stop as at SIGTERM. */
function tellParent({ port, controlPort }: { port: number; controlPort: number }, onGone: () => void): void {
  if (process.send === undefined) return;
  process.on('disconnect', onGone);
  process.send({ type: 'listening', port, controlPort });
  process.channel?.unref();
}

function exit(code: number): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- sockets of a dead database may be left; they must not keep us
  process.exit(code);
}

try {
  await main();
} catch (error) {
  const isWrongUsage = error instanceof ConfigError || error instanceof ListenError;
  process.stderr.write(`${isWrongUsage ? error.message : String((error as Error).stack)}\n`);
  exit(isWrongUsage ? EXIT_WRONG_USAGE : 70);
}
