import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LocalHost } from '../local/local-host.ts';
import { toLogTail } from '../local/log-tail.ts';
import { stopGroup } from '../local/process-group.ts';

/** A command that goes on: it is told lines, and says lines. */
export interface Conversation {
  /** Into nothing when it has ended. */
  tell(line: string): void;
  /** How it ended, with its last words; it never rejects. */
  readonly ended: Promise<string>;
  /** Idempotent. */
  stop(): Promise<void>;
}

const graceMs = 500;
/** Of standard error, for the last words. */
const keptCharacters = 4_000;

export function openConversation(
  host: LocalHost,
  child: ChildProcess,
  onLine: (line: string) => void,
): Conversation {
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-keptCharacters);
  });
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => resolve(`${how}${toLogTail(complaints, 4)}`);
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  let stopping: Promise<void> | undefined;
  return {
    tell: (line) => {
      if (child.stdin?.writable === true) child.stdin.write(`${line}\n`);
    },
    ended,
    stop: () => (stopping ??= stopGroup(host, child, graceMs)),
  };
}
