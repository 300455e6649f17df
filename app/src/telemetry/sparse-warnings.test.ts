import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createSparseWarnings } from './sparse-warnings.ts';

it('writes one warning in ten seconds, and how many it left out', async () => {
  const clock = createManualClock();
  const lines: string[] = [];
  const warn = createSparseWarnings(pino({}, { write: (line: string) => void lines.push(line) }), clock);
  for (let times = 0; times < 5; times += 1) {
    warn({ key: times }, 'gone');
    await clock.advance(2000);
  }
  warn({ key: 5 }, 'gone');
  await clock.advance(10_000);
  warn({ key: 6 }, 'gone');
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 40, key: 0, leftOut: 0, msg: 'gone' }),
    expect.objectContaining({ level: 40, key: 5, leftOut: 4, msg: 'gone' }),
    expect.objectContaining({ level: 40, key: 6, leftOut: 0, msg: 'gone' }),
  ]);
});
