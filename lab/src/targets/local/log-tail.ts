import { readFileSync } from 'node:fs';

/** The last lines of a log file, each after two spaces, for the end of an error message; empty when there are none. */
export function readLogTail(file: string, lineCount = 12): string {
  try {
    return toLogTail(readFileSync(file, 'utf8'), lineCount);
  } catch {
    return '';
  }
}

/** As `readLogTail`, of a text. */
export function toLogTail(text: string, lineCount = 12): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-lineCount)
    .map((line) => `\n  ${line}`)
    .join('');
}
