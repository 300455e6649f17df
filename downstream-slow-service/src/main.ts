import { hostname } from 'node:os';
import { pino } from 'pino';
import { formatFault, parseConfig } from './config.ts';
import type { Config } from './config.ts';
import { stopGracefully } from './lifecycle.ts';
import { listen } from './listen.ts';
import { createService } from './service.ts';
import { systemClock } from './system-clock.ts';
import { findTracing } from './tracing.ts';

const EXIT_WRONG_USAGE = 2;

const { config, faults } = parseConfig(process.env, hostname());
if (config === null) refuse(faults.map(formatFault).join('\n'));
else await run(config);

async function run(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel, base: { replica: config.replicaName } });
  const service = await createService(config, { clock: systemClock, log, processUsage });
  const { app, control, board, lifecycle } = service;
  const cut = new AbortController();
  const tracing = findTracing(process.env, (line) => process.stderr.write(line));

  const stop = (reason: string) => {
    if (lifecycle.stopping) return cut.abort();
    log.info({ reason }, 'stopping');
    stopGracefully({
      lifecycle,
      clock: systemClock,
      servers: [app, control],
      ...config,
      cut: cut.signal,
    }).then(
      (outcome) => tracing.flush().then(() => end(outcome === 'finished' ? 0 : 1)),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        end(1);
      },
    );
  };
  const end = (exitCode: number) => {
    board.clear();
    log.info({ exitCode }, 'stopped');
    exit(exitCode);
  };

  try {
    const { host, port, controlHost, controlPort } = config;
    const ports = {
      port: await listen(app, { host, port, hostVariable: 'HOST', portVariable: 'PORT' }),
      controlPort: await listen(control, {
        host: controlHost,
        port: controlPort,
        hostVariable: 'CONTROL_HOST',
        portVariable: 'CONTROL_PORT',
      }),
    };
    process.on('SIGTERM', () => stop('SIGTERM'));
    process.on('SIGINT', () => stop('SIGINT'));
    announce(ports, () => stop('the parent process is gone'));
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
    exit(EXIT_WRONG_USAGE);
  }
}

/** Tells a parent process that started us with a channel where we listen; without one does nothing. */
function announce(
  ports: { readonly port: number; readonly controlPort: number },
  whenParentIsGone: () => void,
): void {
  if (!process.send) return;
  process.on('disconnect', whenParentIsGone);
  process.send({ type: 'listening', ...ports }, undefined, undefined, () => undefined);
  process.channel?.unref();
}

function processUsage() {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1_000_000, residentMemoryBytes: process.memoryUsage.rss() };
}

function refuse(sentences: string): void {
  process.stderr.write(`${sentences}\n`);
  process.exitCode = EXIT_WRONG_USAGE;
}

function exit(exitCode: number): void {
  // The only place that ends the process: open connections and timers must not hold it once the stop is decided.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(exitCode);
}
