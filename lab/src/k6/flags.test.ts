import { expect, it } from 'vitest';
import { K6Error } from './exit-code.ts';
import { readRunFlags } from './flags.ts';

it.each([
  ['x.js --vus 100 --duration 10m', { vus: 100, duration: '10m' }],
  ['-u 5 -i=7 x.js', { vus: 5, iterations: 7 }],
  ['-u5 x.js', { vus: 5 }],
  [
    'x.js -s 5s:10,5m:20 --stage 1s:0',
    {
      stages: [
        { duration: '5s', target: 10 },
        { duration: '5m', target: 20 },
        { duration: '1s', target: 0 },
      ],
    },
  ],
  ['x.js --tag a=b --tag c=d=e', { tags: { a: 'b', c: 'd=e' } }],
  ['x.js --no-connection-reuse --max-redirects=0', { noConnectionReuse: true, maxRedirects: 0 }],
  ['x.js --summary-trend-stats avg,p(99)', { summaryTrendStats: ['avg', 'p(99)'] }],
])('"%s" sets options', (text, options) => {
  expect(readRunFlags(text.split(' '), {})).toMatchObject({ script: 'x.js', options });
});

it('what the script does not see is kept apart', () => {
  const flags = readRunFlags(
    [
      'x.js',
      '-e',
      'A=1',
      '--env=B=2=3',
      '-q',
      '-o',
      'json=a.json',
      '--summary-export',
      's.json',
      '--no-setup',
    ],
    {},
  );
  expect(flags).toMatchObject({
    options: {},
    environment: { A: '1', B: '2=3' },
    quiet: true,
    outputs: ['json=a.json'],
    summaryExport: 's.json',
    noSetup: true,
    noTeardown: false,
    includeSystemEnvironment: true,
  });
});

it('variables stand for flags that are not given', () => {
  const environment = { K6_OUT: 'json=e.json', K6_SUMMARY_EXPORT: 'e', K6_NO_THRESHOLDS: 'true' };
  expect(readRunFlags(['x.js', '--summary-export=f'], environment)).toMatchObject({
    outputs: ['json=e.json'],
    summaryExport: 'f',
    noThresholds: true,
  });
});

it.each([
  ['', 'received 0 scripts'],
  ['a.js b.js', 'received 2 scripts (a.js, b.js)'],
  ['x.js --vuss 1', 'unknown flag --vuss'],
  ['x.js --no-summary', 'unknown flag --no-summary'],
  ['x.js --vus', '--vus needs a value'],
  ['x.js --out csv=a', '--out: received csv=a, expected json=<file>'],
  ['x.js -e A', '--env: received A, expected NAME=value'],
  ['x.js --quiet=maybe', '--quiet: received maybe, expected true or false'],
  ['x.js --summary-mode legacy', '--summary-mode: received legacy'],
])('"%s" is refused with what is legal', (text, message) => {
  const read = () => readRunFlags(text.split(' ').filter(Boolean), {});
  expect(read).toThrow(message);
  expect(read).toThrow('--vus');
  expect(read).toThrow(K6Error);
});
