import { expect, test } from 'vitest';
import { createFakeTarget, createJumpingClock } from '../../test/fakes/fake-system.ts';
import type { RecordedIncident, Sample } from '../core/events.ts';
import type { Incident, Replica, System } from '../targets/target.ts';
import { sampleEverySecond } from './sampler.ts';

interface Bed {
  readonly seconds: number;
  /** Changes the system when a replica is scraped at a second. */
  readonly onScrape?: (second: number) => void;
  readonly fails?: (second: number) => boolean;
  readonly controller?: AbortController;
}

async function sample(
  changes: Partial<System>,
  { seconds, onScrape, fails = () => false, controller = new AbortController() }: Bed,
) {
  const { target } = createFakeTarget();
  const { signal } = controller;
  const spec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' } as const;
  const system: System = Object.assign(await target.start(spec, { signal, logFolder: '' }), {
    downstreams: [],
    ...changes,
  });
  const clock = createJumpingClock();
  const samples: Sample[] = [];
  const incidents: RecordedIncident[] = [];
  const sampling = sampleEverySecond({
    system,
    startMonotonicMs: 0,
    seconds,
    clock,
    http: {
      request: () => {
        const second = Math.round(clock.monotonicMs() / 1000);
        onScrape?.(second);
        return fails(second) ? Promise.reject(new Error('gone')) : Promise.resolve('up 1');
      },
    },
    signal,
    onSample: (one) => void samples.push(one),
    onIncident: (one) => void incidents.push(one),
  });
  const ended = await sampling.then(
    () => 'over',
    (error: unknown) => (error as Error).message,
  );
  return { samples, incidents, ended };
}

test('what the target knows is a sample of its own, beside those of the services', async () => {
  const observe = () => Promise.resolve([{ replica: 'backend-1', metrics: { restarts: 2 } }]);
  const { samples } = await sample({ observe }, { seconds: 0 });
  expect(samples.map(({ service, metrics }) => [service, metrics])).toEqual(
    expect.arrayContaining([
      ['backend', { up: 1 }],
      ['target', { restarts: 2 }],
    ]),
  );
});

test('a failed scrape is a gap, but not of a replica that has ended meanwhile', async () => {
  const backends: Replica[] = [{ name: 'backend-1', url: 'http://b', controlUrl: '' }];
  const { samples } = await sample(
    { backends },
    {
      seconds: 2,
      fails: (second) => second > 0,
      onScrape: (second) => {
        if (second === 2) backends.pop();
      },
    },
  );
  expect(samples.map(({ atSecond, metrics }) => [atSecond, metrics])).toEqual([
    [0, { up: 1 }],
    [1, null],
  ]);
});

test('each end of a process is told once, in seconds from the start of the plan', async () => {
  const incidents: Incident[] = [];
  const told = await sample(
    { incidents },
    {
      seconds: 3,
      onScrape: (second) => {
        if (second === 1)
          incidents.push({ replica: 'backend-1', reason: 'OOMKilled', exitCode: 137, monotonicMs: 1234.5 });
      },
    },
  );
  expect(told.incidents).toEqual([
    { replica: 'backend-1', reason: 'OOMKilled', exitCode: 137, atSecond: 1.235 },
  ]);
});

test('an observation that fails is no crash of the lab: it fails the sampling, once all is sampled', async () => {
  let asked = 0;
  const observe = () => {
    asked += 1;
    return asked === 1 ? Promise.reject(new Error('the balancer has ended')) : Promise.resolve([]);
  };
  const { samples, ended } = await sample({ observe }, { seconds: 3 });
  expect(ended).toBe('the balancer has ended');
  expect(samples).toHaveLength(4);
});

test('when the load ends early, what is under way is neither left behind nor a gap', async () => {
  const controller = new AbortController();
  const { samples, ended } = await sample(
    { observe: () => Promise.reject(new Error('the balancer has ended')) },
    {
      seconds: 3,
      controller,
      fails: (second) => second === 1,
      onScrape: (second) => {
        if (second === 1) controller.abort(new Error('the load is over'));
      },
    },
  );
  expect(ended).toBe('the load is over');
  expect(samples.map(({ metrics }) => metrics)).toEqual([{ up: 1 }]);
});
