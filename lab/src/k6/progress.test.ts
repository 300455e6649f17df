import { expect, test } from 'vitest';
import { createHandRunClock } from '../../test/fakes/run-clock.ts';
import { toRunConfiguration } from './options.ts';
import { describeProgress, describeRun } from './progress.ts';
import { RunState } from './run-state.ts';
import { createStatusLine } from './status-line.ts';

test('the header says who runs what, with all scenarios and the longest time', () => {
  const configuration = toRunConfiguration(
    {
      scenarios: {
        steady: {
          executor: 'constant-arrival-rate',
          rate: 30,
          duration: '10s',
          preAllocatedVUs: 5,
          maxVUs: 9,
        },
        late: {
          executor: 'constant-vus',
          vus: 2,
          duration: '5s',
          startTime: '8s',
          exec: 'other',
          gracefulStop: '0s',
        },
      },
    },
    [],
  );
  expect(describeRun('x.js', ['json=a'], configuration)).toMatchInlineSnapshot(`
    "lab k6 run: our own runner for k6 scripts, not k6 (docs/k6.md says what it supports)

         script: x.js
         output: json=a

      scenarios: 2 scenarios, 11 max VUs, 40s max duration (incl. graceful stop):
               * steady: 30.00 iterations/s for 10s (maxVUs: 5-9, gracefulStop: 30s)
               * late: 2 looping VUs for 5s (exec: other, startTime: 8s)

    "
  `);
});

function fakeTerminal(isTerminal: boolean) {
  const written: string[] = [];
  const terminal = {
    stdout: (text: string) => void written.push(text),
    stderr: (text: string) => void written.push(text),
    isStdoutTerminal: isTerminal,
    isStderrTerminal: isTerminal,
    colour: false,
  };
  return { written, terminal };
}

test('progress is a line with VUs, iterations and every scenario', async () => {
  const clock = createHandRunClock();
  const state = new RunState(clock, () => {});
  await clock.advance(12_000);
  state.completed = 3;
  const progress = new Map([
    ['steady', 0.456],
    ['late', null],
  ]);
  expect(describeProgress(state, progress)).toBe(
    'running (12s), 0/0 VUs, 3 complete and 0 interrupted iterations; steady 45 %, late waits',
  );
});

test.each([
  ['every second on a terminal, over the last one', true, false, 10],
  ['every ten seconds elsewhere', false, false, 1],
  ['never when quiet', true, true, 0],
])('progress is shown %s', async (_, isTerminal, quiet, count) => {
  const clock = createHandRunClock();
  const { written, terminal } = fakeTerminal(isTerminal);
  const following = createStatusLine(terminal, quiet).follow(clock, () => 'now');
  await clock.advance(10_000);
  await following.end();
  expect(written.filter((text) => text.includes('now'))).toHaveLength(count);
});

test('a line of the log first clears the line of the moment', () => {
  const { written, terminal } = fakeTerminal(true);
  const status = createStatusLine(terminal, false);
  status.show('now');
  status.log('said');
  expect(written).toEqual(['\r\u001b[Know', '\r\u001b[K', 'said\n']);
});
