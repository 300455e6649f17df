import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compileApp } from './support/compiled-app.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const children = new Set<ChildProcess>();

beforeAll(compileApp);
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

interface Program {
  readonly child: ChildProcess;
  /** The answer's body; rejects when its status is not 200. */
  call(method: string, path: string): Promise<Record<string, number>>;
  /** What the kernel says. */
  rssBytes(): Promise<number>;
}

/** The compiled program as the start script and the lab start it; there is no database where it looks for one. */
async function start(
  nodeOptions: readonly string[] = [],
  protections = '',
  memoryLimitBytes = 0,
): Promise<Program> {
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    CONTROL_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
    DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1',
    MALLOC_MMAP_THRESHOLD_: '131072',
    PROTECTIONS: protections,
    MEMORY_LIMIT_BYTES: String(memoryLimitBytes),
  };
  const child = fork(program, { env, execArgv: [...nodeOptions], silent: true });
  children.add(child);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    child,
    async call(method, path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
      const body: unknown = await response.json();
      if (response.status !== 200) throw new Error(JSON.stringify(body));
      return body as Record<string, number>;
    },
    async rssBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
    },
  };
}

const MB = 1e6;
const difference = (after: number | undefined, before: number | undefined): number =>
  (after ?? NaN) - (before ?? NaN);

// Elsewhere the kernel does not say what is resident in /proc, and the allocator is another one.
describe.skipIf(process.platform !== 'linux')(
  'native memory in a real process, by the kernel’s account',
  () => {
    /** Leaks, and expects the kernel to see it: ± 5 % from 100 MB on, ± 3 MB below. */
    async function leakSeen({ call, rssBytes }: Program, megabytes: number): Promise<void> {
      const before = await rssBytes();
      const answer = await call('GET', `/api/memory-leak?size_mb=${megabytes}`);
      const risen = (await rssBytes()) - before;
      const leewayMb = megabytes >= 100 ? megabytes * 0.05 : 3;
      expect(Math.abs(risen / MB - megabytes)).toBeLessThan(leewayMb);
      expect(answer).toMatchObject({ leakedBytes: megabytes * MB });
      expect(
        Math.abs(difference(answer['rssAfterBytes'], answer['rssBeforeBytes']) / MB - megabytes),
      ).toBeLessThan(leewayMb);
      expect(difference(answer['heapUsedAfterBytes'], answer['heapUsedBeforeBytes']) / MB).toBeLessThan(3);
    }

    it('rises by what was leaked and falls when it is cleared, cycle after cycle', async () => {
      const running = await start();
      await running.call('POST', '/api/clear-memory');
      for (let cycle = 1; cycle <= 4; cycle += 1) {
        const before = await running.rssBytes();
        for (let times = 1; times <= 5; times += 1) await leakSeen(running, 10);
        await leakSeen(running, 120);
        const answer = await running.call('POST', '/api/clear-memory');
        expect(answer).toMatchObject({ clearedBytes: 170 * MB, hasFallen: true });
        expect(answer['durationMs']).toBeLessThan(2000);
        expect((await running.rssBytes()) - before).toBeLessThan(6 * MB);
      }
    });

    it('spikes and is given back at once', async () => {
      const { call, rssBytes } = await start();
      await call('GET', '/api/memory-spike?size_mb=10&hold=0');
      const before = await rssBytes();
      const answer = call('GET', '/api/memory-spike?size_mb=120&hold=0.5');
      let peak = 0;
      for (let isOver = false; !isOver; peak = Math.max(peak, await rssBytes())) {
        isOver = await Promise.race([
          answer.then(() => true),
          new Promise<false>((go) => setTimeout(go, 20, false)),
        ]);
      }
      expect(Math.abs((peak - before) / MB - 120)).toBeLessThan(6);
      expect((await rssBytes()) - before).toBeLessThan(6 * MB);
      const { rssBeforeBytes, rssPeakBytes, rssAfterBytes } = await answer;
      expect(Math.abs(difference(rssPeakBytes, rssBeforeBytes) / MB - 120)).toBeLessThan(6);
      expect(difference(rssPeakBytes, rssAfterBytes) / MB).toBeGreaterThan(114);
    });
  },
);

describe('MEMORY_LIMIT_BYTES', () => {
  it('is what memory-guard compares RSS with, where the kernel has no limit', async () => {
    const { call } = await start([], 'memory-guard:watches=rss', 320 * MB);
    // The guard looks every 100 ms.
    const leakLater = async (megabytes: number): Promise<unknown> => {
      await new Promise((resolve) => setTimeout(resolve, 110));
      return call('GET', `/api/memory-leak?size_mb=${megabytes}`);
    };
    await leakLater(200);
    await expect(leakLater(1)).rejects.toThrow('MEMORY_PRESSURE');
    await call('POST', '/api/clear-memory');
    await leakLater(1);
  });
});

describe('heap memory in a real process', () => {
  it('rises by what was leaked, and falls when it is cleared', async () => {
    const { call } = await start();
    await call('POST', '/api/clear-memory');
    for (let cycle = 1; cycle <= 2; cycle += 1) {
      const leak = await call('GET', '/api/memory-leak?size_mb=120&kind=heap');
      const before = leak['heapUsedBeforeBytes'];
      expect(Math.abs(difference(leak['heapUsedAfterBytes'], before) / MB - 120)).toBeLessThan(6);
      const clear = await call('POST', '/api/clear-memory');
      expect(clear['clearedBytes']).toBe(120 * MB);
      expect(Math.abs(difference(clear['heapUsedAfterBytes'], before) / MB)).toBeLessThan(3);
    }
  });

  it('ends the process by V8’s abort at its limit, while native memory does not', async () => {
    const { child, call } = await start(['--max-old-space-size=96']);
    for (let times = 1; times <= 3; times += 1) await call('GET', '/api/memory-leak?size_mb=100');
    await call('POST', '/api/clear-memory');
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    const leaks = async (): Promise<never> => {
      for (;;) await call('GET', '/api/memory-leak?size_mb=20&kind=heap');
    };
    await leaks().catch(() => {});
    const [code, signal] = await ended;
    expect([134, 'SIGABRT']).toContain(signal ?? code);
  });

  it('does not end a process with memory-guard, which lets in whoever clears', async () => {
    const { call } = await start(['--max-old-space-size=128'], 'memory-guard');
    let failure: unknown;
    for (let times = 1; failure === undefined && times <= 40; times += 1) {
      failure = await call('GET', '/api/memory-leak?size_mb=4&kind=heap').then(
        () => undefined,
        (error: unknown) => error,
      );
      // The guard looks every 100 ms; a leak that is faster than that passes it.
      await new Promise((resolve) => setTimeout(resolve, 110));
    }
    expect(String(failure)).toContain('MEMORY_PRESSURE');
    await call('POST', '/api/clear-memory');
    await new Promise((resolve) => setTimeout(resolve, 110));
    await call('GET', '/api/memory-leak?size_mb=10&kind=heap');
  });
});
