import { expect, test } from 'vitest';
import { toLogLine, toTerminalLine } from './log.ts';

test('a line of the log is in the form of k6, with quotes where they are needed', () => {
  expect(toLogLine(1_700_000_000_000, 'warn', 'two words', { source: 'console' })).toBe(
    'time="2023-11-14T22:13:20Z" level=warning msg="two words" source=console',
  );
  expect(toLogLine(0, 'info', 'word')).toBe('time="1970-01-01T00:00:00Z" level=info msg=word');
});

test('at a terminal a message keeps its lines', () => {
  expect(toTerminalLine(12_345, 'error', 'a\nb', { source: 'stacktrace' })).toBe(
    'ERRO[0012] a\nb  source=stacktrace',
  );
});
