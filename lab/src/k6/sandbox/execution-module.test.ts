import { expect, it } from 'vitest';
import { iteration, loadScript } from './script.fixture.ts';

it('shows the execution of a scenario', async () => {
  const script = loadScript(
    `import exec, { scenario } from 'k6/execution';
    export default function () {
      console.log(JSON.stringify([exec.scenario, exec.instance, exec.vu, scenario.name]));
      console.log(exec.test.options.paused, exec.test.options.scenarios.default.vus);
    }`,
    { options: { scenarios: { default: { vus: 5 } } } },
  );
  await script.run('default', iteration());
  await script.run('default', iteration({ iterationOfVu: 3 }));
  const [shown = '', options] = script.logs.slice(2);
  expect(JSON.parse(shown.replace('info ', ''))).toEqual([
    {
      name: 'default',
      executor: 'constant-vus',
      startTime: 1_700_000_000_000,
      progress: 0.25,
      iterationInInstance: 7,
      iterationInTest: 8,
    },
    {
      iterationsInterrupted: 1,
      iterationsCompleted: 3,
      vusActive: 2,
      vusInitialized: 4,
      currentTestRunDuration: 1234.5,
    },
    {
      iterationInInstance: 1,
      iterationInScenario: 3,
      idInInstance: 1,
      idInTest: 1,
      tags: { scenario: 'default', group: '' },
      metrics: { tags: { scenario: 'default', group: '' } },
    },
    'default',
  ]);
  expect(options).toBe('info null 5');
});

it('knows no scenario in setup()', async () => {
  const script = loadScript(`import exec from 'k6/execution'; export const setup = () => exec.scenario.name`);
  expect(await script.run('setup')).toMatchObject({
    message: expect.stringContaining('exec.scenario.name is known in VU code of a scenario only'),
  });
});

it('adds the tags of the VU to its samples, as long as it stays in the scenario', async () => {
  const script = loadScript(`import exec from 'k6/execution'; import { Counter } from 'k6/metrics';
    const counter = new Counter('c');
    export default function () {
      counter.add(1);
      exec.vu.metrics.tags.phase = 'during';
      exec.vu.tags['n'] = 2;
      exec.vu.tags.bad = {};
      counter.add(1, { phase: 'own' });
      delete exec.vu.tags.n;
      console.log(exec.vu.tags.phase, exec.vu.tags.scenario, 'n' in exec.vu.tags);
    }`);
  await script.run('default', iteration());
  await script.run('default', iteration());
  await script.run('default', iteration({ name: 'other' }));
  const first = { scenario: 'default', group: '' };
  expect(script.tagsOf('c')).toEqual([
    first,
    { ...first, phase: 'own', n: '2' },
    { ...first, phase: 'during' },
    { ...first, phase: 'own', n: '2' },
    { scenario: 'other', group: '' },
    { scenario: 'other', group: '', phase: 'own', n: '2' },
  ]);
  expect(script.logs.slice(0, 2)).toEqual([
    'warn the tag bad cannot be of type object: legal are texts, numbers and booleans',
    'info during default false',
  ]);
});

it('ends the run by abort(), whatever the script catches', async () => {
  const script = loadScript(`import exec from 'k6/execution';
    export default function () { try { exec.test.abort('enough') } catch {} for (;;) {} }`);
  expect(await script.run()).toEqual({ outcome: 'interrupted' });
  expect(script.aborted).toEqual(['enough']);
});

it('marks the run as failed by fail(), and goes on', async () => {
  const script = loadScript(`import exec from 'k6/execution';
    export function setup() { exec.test.fail('bad data'); return 'went on' }`);
  expect(await script.value('setup')).toBe('went on');
  expect(script.failed).toEqual(['bad data']);
});
