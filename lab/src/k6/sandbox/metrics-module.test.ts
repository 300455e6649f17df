import { expect, it } from 'vitest';
import { iteration, loadScript } from './script.fixture.ts';

it('declares metrics once a run, and samples them with the tags of the call', async () => {
  const script = loadScript(`import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
    const counter = new Counter('c'), gauge = new Gauge('g'), rate = new Rate('r'), trend = new Trend('t', true);
    export default function () {
      counter.add(2); gauge.add(-1.5); rate.add(true); rate.add(0); rate.add(7); trend.add('3', { phase: 'during' });
      console.log(counter.name);
    }`);
  await script.vu(0);
  await script.run('default', iteration());
  expect(script.metrics).toEqual([
    { name: 'c', type: 'counter', contains: 'default' },
    { name: 'g', type: 'gauge', contains: 'default' },
    { name: 'r', type: 'rate', contains: 'default' },
    { name: 't', type: 'trend', contains: 'time' },
  ]);
  expect(script.samples.map(({ metric, value }) => [metric, value])).toEqual([
    ['c', 2],
    ['g', -1.5],
    ['r', 1],
    ['r', 0],
    ['r', 1],
    ['t', 3],
  ]);
  expect(script.tagsOf('t')).toEqual([{ scenario: 'default', group: '', phase: 'during' }]);
  expect(script.logs).toEqual(['info c']);
});

it.each([
  ["new Counter('a'); new Gauge('a')", 'is a counter already, it cannot be a gauge'],
  ["new Trend('a'); new Trend('a', true)", 'holds values of type default already, not time'],
  ["new Counter('http_req_duration')", 'is a trend already'],
  ["new Counter('a-b')", 'is no name of a metric'],
  ["new Counter('1a')", 'is no name of a metric'],
  [`new Counter('${'a'.repeat(129)}')`, 'is no name of a metric'],
])('refuses %s', async (code, message) => {
  const script = loadScript(`import { Counter, Gauge, Trend } from 'k6/metrics'; ${code}`);
  await expect(script.factory.create(0)).rejects.toThrow(message);
});

it.each(["new Counter('a'); new Counter('a')", "new Trend('http_req_waiting', true)"])(
  'takes %s',
  async (code) => {
    const script = loadScript(
      `import { Counter, Trend } from 'k6/metrics'; ${code}; export default () => {}`,
    );
    await expect(script.vu()).resolves.toBeDefined();
  },
);

it('refuses a metric that is made outside of init code', async () => {
  const script = loadScript(`import { Counter } from 'k6/metrics'; export default () => new Counter('a')`);
  expect(await script.run()).toMatchObject({
    outcome: 'threw',
    message: expect.stringContaining('metrics must be declared in the init context'),
  });
});

it.each([
  [{}, { outcome: 'returned' }, ['warn x is no value for the metric a: legal are numbers and booleans']],
  [{ throw: true }, { outcome: 'threw' }, []],
])('leaves out what is no number, with options %j', async (options, expected, logs) => {
  const script = loadScript(
    `import { Trend } from 'k6/metrics'; const a = new Trend('a'); export default () => { a.add('x') }`,
    { options },
  );
  expect(await script.run()).toMatchObject(expected);
  expect(script.logs).toEqual(logs);
  expect(script.samples).toEqual([]);
});

it('refuses a tag that is no text, number or boolean', async () => {
  const script = loadScript(
    `import { Trend } from 'k6/metrics'; const a = new Trend('a'); export default () => { a.add(1, { b: {} }) }`,
  );
  expect(await script.run()).toMatchObject({
    message: expect.stringContaining('the value of tag b has to be'),
  });
});
