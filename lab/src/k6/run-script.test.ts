import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFakeFactory, type FakeScript } from '../../test/fakes/fake-script.ts';
import { createHandRunClock } from '../../test/fakes/run-clock.ts';
import { readRunFlags } from './flags.ts';
import { runScript } from './run-script.ts';

async function run(
  script: FakeScript,
  args: readonly string[] = [],
  stop?: (calls: string[]) => AbortSignal,
) {
  const clock = createHandRunClock();
  const calls: string[] = [];
  const files: Record<string, string> = {};
  let stdout = '';
  let stderr = '';
  const functions = Object.fromEntries(
    Object.entries(script.functions).map(([name, act]) => [
      name,
      (...given: Parameters<typeof act>) => {
        calls.push(name);
        return act(...given);
      },
    ]),
  );
  const running = runScript({
    scriptPath: '/x.js',
    flags: readRunFlags(['x.js', '-q', ...args], {}),
    environmentOptions: {},
    environment: {},
    clock,
    signal: stop?.(calls) ?? new AbortController().signal,
    urgentSignal: new AbortController().signal,
    terminal: {
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (stderr += text),
      isStdoutTerminal: false,
      isStderrTerminal: false,
      colour: false,
    },
    createVuFactory: (options) => createFakeFactory({ ...script, functions }, options),
    openOutput: () => Promise.reject(new Error('no output here')),
    writeFile: (path, text) => {
      files[path] = text;
      return Promise.resolve();
    },
  });
  const ended = { exitCode: undefined as number | undefined };
  void running.then((code) => (ended.exitCode = code));
  for (let turns = 0; ended.exitCode === undefined && turns < 2000; turns += 1) {
    await turn();
    await clock.advance(100);
  }
  return { exitCode: ended.exitCode, calls, stdout, stderr, files };
}

const forever = (call: { signal: AbortSignal }) =>
  new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve();
    call.signal.addEventListener('abort', () => resolve());
  });

describe('the exit code', () => {
  it.each<[number, string, FakeScript, string[]]>([
    [0, 'when all went well', { functions: { default: () => 1 } }, ['default']],
    [
      0,
      'when an iteration throws',
      {
        functions: {
          default: () => {
            throw new Error('of the script');
          },
        },
      },
      ['default'],
    ],
    [
      99,
      'when a threshold is crossed',
      { options: { thresholds: { iterations: ['count>5'] } }, functions: { default: () => 1 } },
      ['default'],
    ],
    [
      108,
      'when an iteration aborts the test: teardown still runs',
      { functions: { default: (_, run) => run.abort('enough'), teardown: () => 1 } },
      ['default', 'teardown'],
    ],
    [
      108,
      'when setup aborts the test: nothing follows',
      { functions: { setup: (_, run) => run.abort('enough'), default: () => 1, teardown: () => 1 } },
      ['setup'],
    ],
    [
      107,
      'when setup throws: nothing follows',
      {
        functions: {
          setup: () => {
            throw new Error('of setup');
          },
          default: () => 1,
          teardown: () => 1,
        },
      },
      ['setup'],
    ],
    [
      100,
      'when setup takes too long',
      { options: { setupTimeout: '1s' }, functions: { setup: forever, default: () => 1 } },
      ['setup'],
    ],
    [
      101,
      'when teardown takes too long',
      { options: { teardownTimeout: '1s' }, functions: { default: () => 1, teardown: forever } },
      ['default', 'teardown'],
    ],
    [
      110,
      'when the test was marked as failed',
      { functions: { default: (_, run) => run.fail('wrong') } },
      ['default'],
    ],
    [104, 'when exec names no function', { functions: { other: () => 1 } }, []],
    [
      104,
      'when a threshold is on a metric that is not there',
      { options: { thresholds: { nothing: ['count>1'] } }, functions: { default: () => 1 } },
      [],
    ],
    [104, 'when an option is faulty', { options: { vus: 0, duration: '1s' }, functions: {} }, []],
    [107, 'when an option is outside of the subset', { options: { rps: 5 }, functions: {} }, []],
  ])('is %i %s', async (exitCode, _, script, calls) => {
    const result = await run(script);
    expect(result, result.stderr).toMatchObject({ exitCode, calls });
  });

  it('is 105 after a signal: iterations are interrupted, teardown and summary still run', async () => {
    const stop = new AbortController();
    const script = {
      options: { vus: 2, duration: '1h' },
      functions: {
        default: (call: Parameters<typeof forever>[0]) => {
          stop.abort();
          return forever(call);
        },
        teardown: () => 1,
      },
    };
    const result = await run(script, [], () => stop.signal);
    expect(result).toMatchObject({ exitCode: 105, calls: ['default', 'teardown'] });
    expect(result.stdout).toContain('made by lab k6 run');
  });

  it('is 99 when a threshold with abortOnFail is crossed, long before the end', async () => {
    const script = {
      options: {
        duration: '1h',
        thresholds: { iterations: [{ threshold: 'count<3', abortOnFail: true }] },
        minIterationDuration: '100ms',
      },
      functions: { default: () => 1 },
    };
    const result = await run(script);
    expect(result.exitCode).toBe(99);
    expect(result.calls.length).toBeLessThan(100);
  });
});

describe('handleSummary', () => {
  it('says what goes where', async () => {
    const summary = { stdout: 'out', stderr: 'err', 'a.json': '{}' };
    const result = await run({ functions: { default: () => 1, handleSummary: () => summary } });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'out', stderr: 'err', files: { 'a.json': '{}' } });
  });

  it('is given metrics and setup data', async () => {
    let given = '';
    await run({
      functions: {
        setup: () => ({ a: 1 }),
        default: () => 1,
        handleSummary: (call) => {
          given = call.arguments[0] ?? '';
          return {};
        },
      },
    });
    expect(JSON.parse(given)).toMatchObject({
      setup_data: { a: 1 },
      metrics: { iterations: { values: { count: 1 } } },
      state: { isStdOutTTY: false },
    });
  });

  it.each([
    [
      'that throws',
      () => {
        throw new Error('no');
      },
    ],
    ['that returns no object of texts', () => ({ stdout: 1 })],
  ])('%s is replaced by the default summary', async (_, handleSummary) => {
    const result = await run({ functions: { default: () => 1, handleSummary } });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('made by lab k6 run');
    expect(result.stderr).toContain('handleSummary');
  });
});

it('setup data goes to every iteration and to teardown', async () => {
  const seen: unknown[] = [];
  const look = ({ arguments: given }: { arguments: readonly string[] }) => void seen.push(given);
  await run({ functions: { setup: () => ({ a: 1 }), default: look, teardown: look } }, ['-i', '2']);
  expect(seen).toEqual([['{"a":1}'], ['{"a":1}'], ['{"a":1}']]);
});

it.each([
  ['--no-setup', ['default', 'teardown']],
  ['--no-teardown', ['setup', 'default']],
])('%s leaves it out', async (flag, calls) => {
  const script = { functions: { setup: () => 1, default: () => 1, teardown: () => 1 } };
  expect((await run(script, [flag])).calls).toEqual(calls);
});

it('--summary-export writes the flat shape', async () => {
  const { files } = await run({ functions: { default: () => 1 } }, ['--summary-export', 's.json']);
  expect(JSON.parse(files['s.json'] ?? '')).toMatchObject({ metrics: { iterations: { count: 1 } } });
});
