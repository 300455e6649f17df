import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { cpuSecondsOf } from './process-cpu.ts';

describe('cpuSecondsOf', () => {
  it.runIf(existsSync('/proc/self/stat'))('grows with the work of the process', () => {
    const before = cpuSecondsOf(process.pid) ?? Number.NaN;
    const startMs = performance.now();
    const { user, system } = process.cpuUsage();
    while (performance.now() - startMs < 300);
    const used = process.cpuUsage({ user, system });
    const measured = (cpuSecondsOf(process.pid) ?? Number.NaN) - before;
    expect(Math.abs(measured - (used.user + used.system) / 1e6)).toBeLessThan(0.05);
  });

  it('is unknown for a process that does not exist', () => {
    expect(cpuSecondsOf(2 ** 30)).toBeNull();
  });
});
