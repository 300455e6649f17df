import { chmodSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';

/** One command line of the program, with its input and output in the hands of the test. */
export interface StandInCommand {
  readonly args: readonly string[];
  say(text: string): void;
  complain(text: string): void;
  exit(code: number): void;
  onLine(listener: (line: string) => void): void;
  /** The client has gone. */
  onClose(listener: () => void): void;
}

/**
 * Puts a program of this name on a PATH of its own; whatever it is told is answered by `handle`, in this process.
 * Returns the PATH and the command lines so far.
 */
export function createStandInProgram(name: string, handle: (command: StandInCommand) => void) {
  const folder = createTestFolder();
  const socketFile = join(folder, 'commands.sock');
  const calls: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    const listeners: ((line: string) => void)[] = [];
    const answer = (reply: object): void => {
      if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
    };
    let isFirst = true;
    createInterface({ input: socket }).on('line', (line) => {
      if (!isFirst) {
        listeners.forEach((listener) => listener(line));
        return;
      }
      isFirst = false;
      const args = JSON.parse(line) as readonly string[];
      calls.push(args.join(' '));
      handle({
        args,
        say: (out) => answer({ out: `${out}\n` }),
        complain: (err) => answer({ err: `${err}\n` }),
        exit: (exit) => answer({ exit }),
        onLine: (listener) => void listeners.push(listener),
        onClose: (listener) => void socket.on('end', listener),
      });
    });
  });
  server.listen(socketFile);
  onTestFinished(() => void server.close());
  const file = join(folder, name);
  writeFileSync(file, toProgram(socketFile));
  chmodSync(file, 0o755);
  return { path: folder, calls };
}

function toProgram(socketFile: string): string {
  return `#!${process.execPath}
const socket = require('node:net').connect(${JSON.stringify(socketFile)});
socket.write(JSON.stringify(process.argv.slice(2)) + '\\n');
process.stdin.pipe(socket, { end: false });
require('node:readline').createInterface({ input: socket }).on('line', (line) => {
  const { out = '', err = '', exit } = JSON.parse(line);
  process.stdout.write(out);
  process.stderr.write(err);
  if (exit !== undefined) process.stdout.write('', () => process.exit(exit));
});
socket.on('error', () => process.exit(9));
`;
}

/** A service of the stand-in: it answers with its environment, and \`/crash\` ends it. */
export interface StandInService {
  readonly port: number;
  close(): void;
}

export async function startStandInService(
  environment: () => Readonly<Record<string, string>>,
  onCrash: () => void,
  port = 0,
): Promise<StandInService> {
  const server: Server = createHttpServer((request, response) => {
    if (request.url === '/crash') {
      response.destroy();
      onCrash();
    } else response.end(JSON.stringify(environment()));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, close };
}

/** What the meter's script prints for one reading, in a group of version 1. */
export const meterLines = [
  'cpuacct/cpuacct.usage 1500000000',
  'nr_periods 100',
  'nr_throttled 7',
  'throttled_time 250000000',
  'memory/memory.usage_in_bytes 64000000',
  'total_inactive_file 4000000',
];

/** The side of a fault proxy's container: what it was told is kept. */
export function answerAsProxy(command: StandInCommand, faults: string[]): void {
  command.onLine((line) => {
    const message = JSON.parse(line) as {
      readonly type?: string;
      readonly id?: number;
      readonly order?: { readonly fault: { readonly kind: string } | null };
    };
    if (message.type === undefined) command.say('{"type":"loaded"}');
    else if (message.type === 'set-up') command.say('{"type":"listening","port":8001}');
    else {
      faults.push(message.order?.fault?.kind ?? 'healthy');
      command.say(JSON.stringify({ type: 'done', id: message.id, value: null }));
    }
  });
}
