import { describe, expect, it } from 'vitest';
import { K6Error, OutsideSubsetError } from './exit-code.ts';
import { toRunConfiguration } from './options.ts';
import { optionsFromEnvironment } from './options-table.ts';

const sharedOnce = { executor: 'shared-iterations', vus: 1, iterations: 1, maxDurationMs: 600_000 };

function faultOf(options: unknown, overrides: Readonly<Record<string, unknown>>[] = []): K6Error {
  try {
    toRunConfiguration(options, overrides);
  } catch (error) {
    if (error instanceof K6Error) return error;
  }
  throw new Error('the options were taken');
}

describe('the load', () => {
  it.each([
    ['nothing', {}, sharedOnce],
    ['iterations', { vus: 2, iterations: 10 }, { ...sharedOnce, vus: 2, iterations: 10 }],
    ['iterations and duration', { iterations: 5, duration: '3s' }, { iterations: 5, maxDurationMs: 3000 }],
    ['duration', { vus: 3, duration: '1m30s' }, { executor: 'constant-vus', vus: 3, durationMs: 90_000 }],
    [
      'stages',
      { vus: 2, stages: [{ duration: '5s', target: 10 }] },
      { executor: 'ramping-vus', startVUs: 2, stages: [{ durationMs: 5000, target: 10 }] },
    ],
  ])('of %s at the top is one scenario "default"', (_, options, expected) => {
    const { scenarios } = toRunConfiguration(options, []);
    expect(scenarios).toHaveLength(1);
    expect(scenarios[0]).toMatchObject({
      name: 'default',
      exec: 'default',
      gracefulStopMs: 30_000,
      ...expected,
    });
  });

  it('of a stronger place replaces that of a weaker one', () => {
    const script = { scenarios: { a: { executor: 'constant-vus', duration: '1h' } } };
    const environment = { iterations: 7 };
    const { scenarios } = toRunConfiguration(script, [environment, { vus: 2, duration: '1s' }]);
    expect(scenarios).toMatchObject([
      { name: 'default', executor: 'constant-vus', vus: 2, durationMs: 1000 },
    ]);
  });

  it('of the script stays when only vus is given on the command line, with a warning', () => {
    const warnings: string[] = [];
    const script = { scenarios: { a: { executor: 'constant-vus', duration: '1h' } } };
    const { scenarios } = toRunConfiguration(script, [{ vus: 9 }], (message) => warnings.push(message));
    expect(scenarios).toMatchObject([{ name: 'a', vus: 1 }]);
    expect(warnings.join()).toContain('vus=9 is ignored');
  });

  it('is read without regard to case, as k6 reads it', () => {
    const scenarios = {
      a: { executor: 'ramping-vus', startvus: 3, stages: [{ duration: 1000, target: 1 }] },
    };
    expect(toRunConfiguration({ scenarios }, []).scenarios).toMatchObject([{ startVUs: 3 }]);
  });

  it('is shown to the script in its own spelling', () => {
    const { options } = toRunConfiguration({ stages: [{ duration: '5s', target: 100 }] }, []);
    expect(options).toMatchObject({
      scenarios: { default: { executor: 'ramping-vus', stages: [{ duration: '5s', target: 100 }] } },
    });
  });
});

describe('a fault', () => {
  const rate = { executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 1 };
  it.each([
    [{ scenarios: { a: { ...rate, rate: 1.5 } } }, 'scenarios.a.rate: received 1.5, expected a whole number'],
    [{ scenarios: { a: { ...rate, rate: undefined } } }, 'scenarios.a.rate: received nothing'],
    [{ scenarios: { a: { ...rate, maxVUs: 0 } } }, 'scenarios.a.maxVUs: received 0'],
    [{ scenarios: { a: { ...rate, duration: 'long' } } }, 'scenarios.a.duration: received "long"'],
    [{ scenarios: { a: { ...rate, ratte: 1 } } }, 'scenarios.a.ratte: received 1, expected no such field'],
    [{ scenarios: { a: { executor: 'constant' } } }, 'expected one of constant-arrival-rate'],
    [{ scenarios: { a: { executor: 'ramping-vus', stages: [] } } }, 'scenarios.a.stages: received []'],
    [{ scenarios: {} }, 'scenarios: received {}'],
    [{ vus: 5, iterations: 2 }, 'at least as many iterations as VUs (5)'],
    [{ vus: 0, duration: '1s' }, 'scenarios.default.vus: received 0'],
    [{ duration: '1s', stages: [{ duration: '1s', target: 1 }] }, 'duration and stages: received'],
    [{ thresholds: { http_reqs: 'count>1' } }, 'thresholds[\'http_reqs\']: received "count>1"'],
    [{ thresholds: { http_reqs: [{ abortOnFail: true }] } }, "thresholds['http_reqs'][0].threshold"],
    [{ setupTimeout: '0s' }, 'setupTimeout: received "0s"'],
    [{ tags: 'a' }, 'tags: received "a"'],
    ['options', 'options: received "options"'],
  ])('of %j names field, received and legal', (options, message) => {
    const error = faultOf(options);
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(104);
  });

  it('is said with all others', () => {
    expect(faultOf({ vus: 0, duration: 'x', setupTimeout: true }).message.split('\n')).toHaveLength(3);
  });

  it.each(['dns', 'rps', 'hosts', 'tlsAuth', 'batch'])(
    'of an option that only k6 has (%s) names it',
    (option) => {
      const error = faultOf({ [option]: 5 });
      expect(error).toBeInstanceOf(OutsideSubsetError);
      expect(error.message).toContain(`option ${option}`);
    },
  );
});

it('an unknown option is ignored with a warning', () => {
  const warnings: string[] = [];
  toRunConfiguration({ vuss: 4 }, [], (message) => warnings.push(message));
  expect(warnings.join()).toContain('vuss is unknown');
});

it('the environment sets options by their variables', () => {
  expect(
    optionsFromEnvironment({
      K6_VUS: '5',
      K6_STAGES: '5s:10,1m:0',
      K6_THROW: 'true',
      K6_DURATION: '',
      OTHER: '1',
    }),
  ).toEqual({
    vus: 5,
    stages: [
      { duration: '5s', target: 10 },
      { duration: '1m', target: 0 },
    ],
    throw: true,
  });
});
