import { expect, it } from 'vitest';
import type { Limits } from '../../target.ts';
import { createLimiter } from './limiter.ts';
import type { Limiter } from './limiter.ts';
import { readingAt, readingCount } from './limiter-messages.ts';

it('stops a program whose quota is used up, and continues it at the end of the period', () => {
  const { world, limiter, signals } = startWatching({ cpuCores: 0.1 });
  world.cpuMs = 10;
  expect(limiter.tick()).toBe(20);
  expect(signals()).toEqual(['SIGSTOP 7']);
  world.nowMs = 100;
  expect(limiter.tick()).toBe(5);
  expect(signals()).toEqual(['SIGSTOP 7', 'SIGCONT 7']);
});

it('sends no signal to a program that stays below its quota', () => {
  const { world, limiter, signals } = startWatching({ cpuCores: 0.1 });
  for (; world.nowMs < 5_000; world.nowMs += 5) {
    world.cpuMs += 0.05;
    limiter.tick();
  }
  expect(signals()).toEqual([]);
});

it('looks sooner when little of the quota is left', () => {
  const { world, limiter } = startWatching({ cpuCores: 0.1 });
  world.cpuMs = 8;
  expect(limiter.tick()).toBe(2);
  world.cpuMs = 9.9;
  expect(limiter.tick()).toBe(1);
});

it('has counted the kill when it kills at the memory limit, and kills once', () => {
  const { world, limiter, readings, signals } = startWatching({ memoryBytes: 1_000 });
  world.rssBytes = 1_000;
  limiter.tick();
  expect(signals()).toEqual([]);
  world.nowMs = 20;
  world.rssBytes = 1_001;
  let countedAtKill: number | undefined;
  world.onKill = () => (countedAtKill = readings[readingAt.oomKills]);
  limiter.tick();
  world.nowMs = 200;
  limiter.tick();
  expect(signals()).toEqual(['SIGKILL 7']);
  expect(countedAtKill).toBe(1);
});

it.each(['close', 'release'] as const)('leaves no program stopped on %s', (kind) => {
  const { world, limiter, signals } = startWatching({ cpuCores: 0.1 });
  world.cpuMs = 50;
  limiter.tick();
  limiter.apply({ kind, id: 1 });
  expect(signals()).toEqual(['SIGSTOP 7', 'SIGCONT 7']);
  expect(limiter.tick()).toBeNull();
});

it('continues a stopped program when its limit is raised', () => {
  const { world, limiter, signals } = startWatching({ cpuCores: 0.1 });
  world.cpuMs = 10;
  limiter.tick();
  limiter.apply({ kind: 'limits', id: 1, limits: {} });
  expect(signals()).toEqual(['SIGSTOP 7', 'SIGCONT 7']);
});

it('signals nobody when the process has ended: its number may be another one’s', () => {
  const { world, limiter, signals } = startWatching({ cpuCores: 0.1, memoryBytes: 1_000 });
  world.rssBytes = null;
  world.cpuMs = 500;
  limiter.tick();
  limiter.apply({ kind: 'release', id: 1 });
  expect(signals()).toEqual([]);
});

it('goes on counting over a restart', () => {
  const { world, limiter, readings } = startWatching({ cpuCores: 0.1 });
  world.cpuMs = 500;
  limiter.tick();
  limiter.apply({ kind: 'release', id: 1 });
  world.cpuMs = 0;
  limiter.apply({ kind: 'adopt', id: 1, pid: 8 });
  world.cpuMs = 250;
  limiter.tick();
  expect(readings[readingAt.cpuSeconds]).toBe(0.75);
});

interface World {
  nowMs: number;
  cpuMs: number;
  rssBytes: number | null;
  onKill: () => void;
}

function startWatching(limits: Limits): {
  readonly world: World;
  readonly limiter: Limiter;
  readonly readings: Float64Array;
  signals(): readonly string[];
} {
  const world: World = { nowMs: 0, cpuMs: 0, rssBytes: 500, onKill: () => undefined };
  const sent: string[] = [];
  const limiter = createLimiter({
    nowMs: () => world.nowMs,
    openMeter: () => ({
      readCpuMs: () => world.cpuMs,
      readRssBytes: () => world.rssBytes,
      findThreads: () => undefined,
      close: () => undefined,
    }),
    kill: (pid, signal) => {
      sent.push(`${signal} ${pid}`);
      world.onKill();
    },
  });
  const shared = new SharedArrayBuffer(readingCount * Float64Array.BYTES_PER_ELEMENT);
  limiter.apply({ kind: 'open', id: 1, limits, readings: shared });
  limiter.apply({ kind: 'adopt', id: 1, pid: 7 });
  return { world, limiter, readings: new Float64Array(shared), signals: () => sent };
}
