import { describe, expect, it } from 'vitest';
import { parseProcStat } from './proc-stat.ts';

const line =
  '4242 (a (strange) name) S 17 4242 4242 0 -1 4194560 100 200 0 0 70 30 11 4 20 0 11 0 987654 1000000 500';

describe('parseProcStat', () => {
  it('reads a process whose name has spaces and brackets', () => {
    expect(parseProcStat(line)).toEqual({
      name: 'a (strange) name',
      state: 'S',
      parentPid: 17,
      cpuTicks: 100,
      endedChildrenTicks: 15,
      startTicks: '987654',
    });
  });

  it('is null for a text that is none', () => {
    expect(parseProcStat('')).toBeNull();
  });
});
