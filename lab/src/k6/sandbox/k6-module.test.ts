import { expect, it } from 'vitest';
import { iteration, loadScript } from './script.fixture.ts';

it('samples each check, and tells whether all passed', async () => {
  const script = loadScript(`import { check } from 'k6';
    export function setup() {
      return [
        check(5, { 'is five': (n) => n === 5, 'is truthy': 'yes' }),
        check(5, { 'is six': (n) => n === 6, 'is five': (n) => n === 5 }, { own: 'tag', n: 1 }),
      ];
    }`);
  expect(await script.value('setup')).toEqual([true, false]);
  expect(script.valuesOf('checks')).toEqual([1, 1, 0, 1]);
  expect(script.tagsOf('checks')).toEqual([
    { group: '', check: 'is five' },
    { group: '', check: 'is truthy' },
    { group: '', check: 'is six', own: 'tag', n: '1' },
    { group: '', check: 'is five', own: 'tag', n: '1' },
  ]);
});

it('fails a check that throws, and throws on', async () => {
  const script = loadScript(`import { check } from 'k6';
    export default function () { check(null, { one: (v) => v.length > 1, two: () => true }) }`);
  expect(await script.run()).toMatchObject({
    outcome: 'threw',
    message: expect.stringMatching(/^TypeError: .*\n {4}at one \(.*script\.js:2:\d+\)\n {4}at default/),
  });
  expect(script.valuesOf('checks')).toEqual([0]);
});

it('names groups by their path, and times them', async () => {
  const script = loadScript(`import { check, group } from 'k6';
    export function setup() {
      const value = group('a', () => group('b', () => { check(1, { in: true }); return 'inner' }));
      check(1, { out: true });
      return value;
    }`);
  expect(await script.value('setup')).toBe('inner');
  expect(script.tagsOf('checks').map(({ group }) => group)).toEqual(['::a::b', '']);
  expect(script.tagsOf('group_duration')).toEqual([{ group: '::a::b' }, { group: '::a' }]);
});

it('goes on from the group that its call is in, and leaves a group by an exception too', async () => {
  const script = loadScript(`import { check, group } from 'k6';
    export default function () {
      try { group('a', () => { throw new Error('x') }) } catch {}
      check(1, { out: true });
    }`);
  await script.run('default', { tags: { group: '::setup' } });
  expect(script.tagsOf('group_duration')).toEqual([{ group: '::setup::a' }]);
  expect(script.tagsOf('checks')).toEqual([{ group: '::setup', check: 'out' }]);
});

it.each(["check(1, { 'a::b': true })", "group('a::b', () => {})"])('refuses %s', async (code) => {
  const script = loadScript(`import { check, group } from 'k6'; export default function () { ${code} }`);
  expect(await script.run()).toMatchObject({ message: expect.stringContaining('may not contain ::') });
});

it('sleeps by the clock of the run', async () => {
  const pauses: number[] = [];
  const script = loadScript(
    `import { sleep } from 'k6'; export default () => { sleep(1.5); sleep(0); sleep(-1) }`,
    {
      clock: {
        nowMs: () => 0,
        epochMs: () => 0,
        pause: async (durationMs) => void pauses.push(durationMs),
      },
    },
  );
  expect(await script.run()).toEqual({ outcome: 'returned', value: undefined });
  expect(pauses).toEqual([1500]);
});

it('ends an iteration by fail()', async () => {
  const script = loadScript(`import { fail } from 'k6'; export default () => fail('no use')`);
  expect(await script.run()).toMatchObject({
    outcome: 'threw',
    message: expect.stringMatching(/^Error: no use\n/),
  });
});

it('repeats random numbers for a seed', async () => {
  const script = loadScript(`import { randomSeed } from 'k6';
    const draw = (seed) => { randomSeed(seed); return [Math.random(), Math.random()] };
    export function setup() { return [draw(1), draw(1), draw(2)] }`);
  const [first, again, other] = (await script.value('setup')) as [number[], number[], number[]];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  for (const number of [...first, ...other]) expect(number >= 0 && number < 1).toBe(true);
});

it('gives a call its arguments, its environment and the number of its iteration', async () => {
  const script = loadScript(
    `export default function (data) { console.log(JSON.stringify(data), __ENV.A, __ENV.B, __ITER, __VU) }`,
    { environment: { A: 'process', B: 'process' } },
  );
  await script.run('default', { ...iteration(), arguments: ['{"token":"x"}'], env: { B: 'scenario' } });
  await script.run('default', { ...iteration(), arguments: ['null'] });
  expect(script.logs).toEqual(['info {"token":"x"} process scenario 0 1', 'info null process process 1 1']);
});

it('writes what the console is given', async () => {
  const script = loadScript(`export default function () {
    console.log('text', 1, null, undefined, { a: [1] }, new TypeError('bad'));
    console.debug(1); console.info(2); console.warn(3); console.error(4) }`);
  await script.run();
  expect(script.logs).toEqual([
    'info text 1 null undefined {"a":[1]} TypeError: bad',
    'debug 1',
    'info 2',
    'warn 3',
    'error 4',
  ]);
});

it.each([
  ['only those that are asked for', 'check', { check: 'ok', scenario: 's' }],
  ['those of VU and iteration too', 'vu,iter,group', { vu: '1', iter: '0', group: '', scenario: 's' }],
])('sets system tags: %s', async (_, systemTags, expected) => {
  const script = loadScript(`import { check } from 'k6'; export default () => check(1, { ok: true })`, {
    systemTags,
  });
  await script.run('default', iteration({ name: 's' }));
  expect(script.tagsOf('checks')).toEqual([expected]);
});
