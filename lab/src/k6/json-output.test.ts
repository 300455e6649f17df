import { expect, test } from 'vitest';
import { createJsonOutput } from './json-output.ts';

const timeMs = Date.parse('2017-05-09T14:34:45.239Z');

function outputWith(thresholds: Parameters<typeof createJsonOutput>[1] = {}) {
  const lines: string[] = [];
  let closed = false;
  const output = createJsonOutput(
    {
      write: (line) => lines.push(line),
      close: async () => {
        closed = true;
      },
    },
    thresholds,
  );
  return { output, parsed: () => lines.map((line) => JSON.parse(line) as unknown), isClosed: () => closed };
}

test('a metric is announced once, before its first sample, with its thresholds and sub-metrics', () => {
  const tags = { group: '::my group::json', method: 'GET', status: '200' };
  const { output, parsed } = outputWith({
    http_req_duration: [{ threshold: 'avg<1000', abortOnFail: false, delayAbortEvalMs: 0 }],
  });
  output.onSamples([
    { metric: 'vus', value: 5, timeMs, tags: {} },
    { metric: 'http_req_duration', value: 459.865729, timeMs, tags },
    { metric: 'http_req_duration', value: 460, timeMs: timeMs + 1, tags },
  ]);
  expect(parsed()).toEqual([
    {
      type: 'Metric',
      data: { name: 'vus', type: 'gauge', contains: 'default', thresholds: [], submetrics: null },
      metric: 'vus',
    },
    {
      metric: 'vus',
      type: 'Point',
      data: { time: '2017-05-09T14:34:45.239Z', value: 5, tags: null },
    },
    {
      type: 'Metric',
      data: {
        name: 'http_req_duration',
        type: 'trend',
        contains: 'time',
        thresholds: ['avg<1000'],
        submetrics: [
          {
            name: 'http_req_duration{expected_response:true}',
            suffix: 'expected_response:true',
            tags: { expected_response: 'true' },
          },
        ],
      },
      metric: 'http_req_duration',
    },
    {
      metric: 'http_req_duration',
      type: 'Point',
      data: { time: '2017-05-09T14:34:45.239Z', value: 459.865729, tags },
    },
    {
      metric: 'http_req_duration',
      type: 'Point',
      data: { time: '2017-05-09T14:34:45.240Z', value: 460, tags },
    },
  ]);
});

test('custom metrics are written as their scripts made them', () => {
  const { output, parsed } = outputWith();
  output.onMetric({ name: 'waiting_time', type: 'trend', contains: 'time' });
  output.onSamples([{ metric: 'waiting_time', value: 1, timeMs, tags: { a: '"b"' } }]);
  expect(parsed()).toMatchObject([
    { type: 'Metric', data: { type: 'trend', contains: 'time' } },
    { type: 'Point', data: { tags: { a: '"b"' } } },
  ]);
});

test('closing the output closes its writer', async () => {
  const { output, isClosed } = outputWith();
  await output.close();
  expect(isClosed()).toBe(true);
});

test('a sample of a metric that nobody announced is a fault of the program', () => {
  expect(() => outputWith().output.onSamples([{ metric: 'unheard', value: 1, timeMs, tags: {} }])).toThrow(
    '"unheard"',
  );
});
