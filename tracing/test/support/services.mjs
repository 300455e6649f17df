import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** @param {string} path from the repository's root */
export const inRepository = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const programs = {
  backend: inRepository('app/dist/main.js'),
  downstream: inRepository('downstream-slow-service/dist/main.js'),
};
const preloads = {
  tracing: inRepository('tracing/register.mjs'),
  modules: inRepository('tracing/test/support/report-modules.mjs'),
};

/** @typedef {Awaited<ReturnType<typeof startService>>} RunningService */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends what a failed test left. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * A compiled service as a process of its own, ready, with an environment made from nothing.
 * @param {keyof typeof programs} name
 * @param {Record<string, string>} environment
 * @param {(keyof typeof preloads)[]} [preload] loaded by `--import`
 */
export async function startService(name, environment, preload = ['tracing']) {
  const child = fork(programs[name], {
    execArgv: preload.flatMap((key) => ['--import', preloads[key]]),
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      CONTROL_PORT: '0',
      LOG_LEVEL: 'warn',
      REPLICA_NAME: `${name}-1`,
      ...environment,
    },
    silent: true,
  });
  running.add(child);
  const output = { stderr: '' };
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  child.stdout?.resume();
  const ended = once(child, 'exit').then(([code]) => /** @type {number | null} */ (code));
  const message = await Promise.race([
    once(child, 'message').then(
      ([message]) => /** @type {{ port: number, controlPort: number }} */ (message),
    ),
    ended.then((code) => Promise.reject(new Error(`${name} ended with ${code}: ${output.stderr}`))),
  ]);
  const url = `http://127.0.0.1:${message.port}`;
  const readiness = name === 'backend' ? '/readyz' : '/health';
  await until(async () => (await fetch(url + readiness)).status === 200);
  return {
    url,
    output,
    /**
     * Sends a request to the stopped process, whose event loop therefore stands still, and lets it go on after a time.
     * @template T @param {number} ms @param {() => Promise<T>} send
     */
    async whilePaused(ms, send) {
      child.kill('SIGSTOP');
      const answer = send();
      await sleep(ms);
      child.kill('SIGCONT');
      return answer;
    },
    /** SIGTERM; resolves with the exit code and how long the end took. */
    async stop() {
      const startedMs = performance.now();
      child.kill('SIGTERM');
      const exitCode = await ended;
      running.delete(child);
      return { exitCode, tookMs: performance.now() - startedMs };
    },
  };
}

/**
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} [limitMs]
 */
export async function until(condition, limitMs = 10_000) {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms: ${String(condition)}`);
    await sleep(20);
  }
}
