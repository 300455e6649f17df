import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLineFile } from '../../events/line-file.ts';
import { scriptEnvironment } from '../environment.ts';
import { K6Error } from '../exit-code.ts';
import { readRunFlags } from '../flags.ts';
import { gatherLines } from '../gather-lines.ts';
import { createJsonOutput } from '../json-output.ts';
import { optionsFromEnvironment } from '../options-table.ts';
import { realClock } from '../real-clock.ts';
import { runScript } from '../run-script.ts';
import { runInThread } from '../run-thread.ts';
import { createVuFactory } from '../sandbox/vu-factory.ts';
import { holds, parseHead } from './expectation.ts';

/**
 * Every script of this folder says in its head what the documentation of k6 promises; stock k6 can run them as well.
 * `// flags:` and `// env:` are given to the run; `// expect:` is what must hold (see expectation.ts).
 */
const folder = fileURLToPath(new URL('.', import.meta.url));
const alwaysGiven = ['-q', '--summary-export', 'summary-export.json'];
const scripts = readdirSync(folder).filter((file) => file.endsWith('.js'));
const temporary = mkdtempSync(join(tmpdir(), 'k6-conformance-'));
const server = createServer((request, response) => void answer(request, response));
let baseUrl = '';

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(temporary, { recursive: true });
});

test.concurrent.each(scripts)('%s does what its head says', { timeout: 30_000 }, async (script) => {
  const { flags, environment, expectations } = parseHead(readFileSync(join(folder, script), 'utf8'));
  const workingFolder = mkdtempSync(join(temporary, 'run-'));
  // Only the thread of `lab k6 run` has the stack for nested calls; where the tests run, the others start sooner.
  const run = script.startsWith('nested-') ? runInOwnThread : runHere;
  const ran = await run(script, flags, { ...environment, BASE_URL: baseUrl }, workingFolder);
  expect(expectations.length).toBeGreaterThan(0);
  for (const expectation of expectations)
    expect(holds(expectation, { ...ran, folder: workingFolder }), `${expectation}\n${ran.stderr}`).toBe(true);
});

test('a script that cannot be read is named with line and column', async () => {
  const path = join(temporary, 'broken.js');
  await writeFile(path, 'export default function () {\n  const b = = 2;\n}\n');
  const { exitCode, stderr } = await runHere(path, [], {}, temporary);
  expect(exitCode).toBe(107);
  expect(stderr).toMatch(/broken\.js:2:\d+/);
});

async function runInOwnThread(
  script: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  workingFolder: string,
) {
  const output = { stdout: '', stderr: '' };
  const toOutput = (name: keyof typeof output) => ({
    isTerminal: false,
    colour: false,
    write: (text: string) => void (output[name] += text),
  });
  const exitCode = await runInThread(
    {
      environment,
      workingFolder,
      stdout: toOutput('stdout'),
      stderr: toOutput('stderr'),
      signal: new AbortController().signal,
      urgentSignal: new AbortController().signal,
    },
    [resolve(folder, script), ...alwaysGiven, ...words],
  );
  return { exitCode, ...output };
}

async function runHere(
  script: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  workingFolder: string,
) {
  const output = { stdout: '', stderr: '' };
  try {
    const flags = readRunFlags([script, ...alwaysGiven, ...words], environment);
    const exitCode = await runScript({
      scriptPath: resolve(folder, script),
      flags,
      environmentOptions: optionsFromEnvironment(environment),
      environment: scriptEnvironment(flags, environment),
      clock: realClock,
      signal: new AbortController().signal,
      urgentSignal: new AbortController().signal,
      terminal: {
        stdout: (written) => void (output.stdout += written),
        stderr: (written) => void (output.stderr += written),
        isStdoutTerminal: false,
        isStderrTerminal: false,
        colour: false,
      },
      createVuFactory: (options) => createVuFactory({ ...options, clock: realClock }),
      openOutput: async (flag, thresholds) => {
        const path = resolve(workingFolder, flag.replace('json=', ''));
        return createJsonOutput(gatherLines(await openLineFile(path, () => {})), thresholds);
      },
      writeFile: (path, written) => writeFile(resolve(workingFolder, path), written),
    });
    return { exitCode: exitCode as number, ...output };
  } catch (error) {
    if (!(error instanceof K6Error)) throw error;
    return { exitCode: error.exitCode as number, ...output, stderr: error.message };
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, what = '', number = ''] = new URL(request.url ?? '/', baseUrl).pathname.split('/');
  if (what === 'status') return void response.writeHead(Number(number)).end();
  if (what === 'delay') return void setTimeout(() => response.end('late'), Number(number));
  if (what === 'port') return void response.end(String(request.socket.remotePort));
  if (what === 'redirect' && number !== '0')
    return void response.writeHead(302, { location: `/redirect/${Number(number) - 1}` }).end();
  if (what === 'echo') {
    const { method, headers } = request;
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify({ method, headers, body: await text(request) }));
  }
  response.end('ok');
}
