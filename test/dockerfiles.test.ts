import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listen } from './loopback.ts';

interface Instruction {
  readonly name: string;
  /** Null: that of the image itself. */
  readonly stage: string | null;
  readonly text: string;
}

const root = join(import.meta.dirname, '..');
/** File, build context, the program that it starts and that program's source. */
const images = [
  ['docker/Dockerfile', '.', 'app/dist/main.js', 'app/src/main.ts'],
  ['downstream-slow-service/docker/Dockerfile', 'downstream-slow-service', 'dist/main.js', 'src/main.ts'],
  ['docker/front/Dockerfile', 'docker/front', 'main.mts', 'main.mts'],
  ['docker/lab.Dockerfile', '.', 'lab/bin/lab.mjs', 'lab/bin/lab.mjs'],
] as const;
const services = images.filter(([file]) => file !== 'docker/lab.Dockerfile');

describe.each(images)('%s', (file, context, program, source) => {
  const instructions = readInstructions(file);
  const textOf = (wanted: string) =>
    instructions.findLast(({ name, stage }) => stage === null && name === wanted)?.text;

  it('is built on one base image, which can be pinned, and needs no other', () => {
    expect(instructions[0]).toMatchObject({ name: 'ARG', text: 'NODE_IMAGE=node:24-bookworm-slim' });
    for (const { text } of instructions.filter(({ name }) => name === 'FROM'))
      expect(text).toMatch(/^\$\{NODE_IMAGE\}( AS \w+)?$/);
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/^#\s*syntax=/m);
  });

  it('runs as a user without privileges, by number', () => {
    expect(textOf('USER')).toBe('10001:10001');
  });

  it('starts Node itself as process 1: no shell, no npm', () => {
    const entry = JSON.parse(textOf('ENTRYPOINT') ?? 'null') as string[];
    const command = JSON.parse(textOf('CMD') ?? 'null') as string[];
    expect([...entry, ...command].slice(0, 2)).toEqual(['node', program]);
    expect(existsSync(join(root, context, source))).toBe(true);
  });

  it('has the labels of the Open Container Initiative', () => {
    for (const name of ['title', 'description', 'licenses', 'revision'])
      expect(textOf('LABEL')).toContain(`org.opencontainers.image.${name}=`);
  });

  it('takes only files that are there, and that .dockerignore lets through', () => {
    for (const path of copiedPaths(instructions)) {
      expect(existsSync(join(root, context, path)), path).toBe(true);
      expect(isLetThrough(context, path), path).toBe(true);
    }
  });

  it('installs without scripts, and brings along nothing that only the development needs', () => {
    const installs = instructions.flatMap(({ stage, text }) =>
      [...text.matchAll(/npm [^&]*\bci\b[^&]*/g)].map(([command]) => ({ stage, command })),
    );
    const withScripts = installs.filter(({ command }) => !command.includes('--ignore-scripts'));
    const kept = installs.filter(({ stage }) => stage !== 'build');
    const ofDevelopment = kept.filter(({ command }) => !command.includes('--omit=dev'));
    expect([...withScripts, ...ofDevelopment]).toEqual([]);
    const fromBuild = instructions.filter(
      ({ name, stage, text }) => name === 'COPY' && stage !== 'build' && text.startsWith('--from=build'),
    );
    for (const { text } of fromBuild) expect(text).toMatch(/\/dist \S*dist$/);
  });
});

describe.each(services)('the health check of %s', (file) => {
  it.each([
    [200, 0],
    [503, 1],
    [null, 1],
  ])('sees an answer with status %s as exit code %s', async (status, exitCode) => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health' && status !== null ? status : 404).end();
    });
    const port = status === null ? 1 : await listen(server);
    expect(await runCheck(file, port)).toBe(exitCode);
  });
});

it.each(['.dockerignore', 'downstream-slow-service/.dockerignore'])(
  '%s lets in only what is named',
  (file) => {
    const lines = readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    expect(lines).not.toContain('!.npmrc');
  },
);

/** The instructions with their continued lines in one. */
function readInstructions(file: string): readonly Instruction[] {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  let stage: string | null = null;
  return lines.flatMap((line) => {
    if (line === '') return [];
    const [name = ''] = line.split(' ');
    if (name === 'FROM') stage = / AS (\w+)$/.exec(line)?.[1] ?? null;
    return [{ name, stage, text: line.slice(name.length + 1) }];
  });
}

/** A context without a list is sent as it is. */
function isLetThrough(context: string, path: string): boolean {
  const file = join(root, context, '.dockerignore');
  if (!existsSync(file)) return true;
  return readFileSync(file, 'utf8')
    .split('\n')
    .includes(`!${path.split('/')[0]}`);
}

function copiedPaths(instructions: readonly Instruction[]): readonly string[] {
  return instructions
    .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from='))
    .flatMap(({ text }) => text.split(' ').slice(0, -1));
}

/** Runs the image's own command, with the port of the test in the place of the image's. */
function runCheck(file: string, port: number): Promise<number | null> {
  const text = readInstructions(file).find(({ name }) => name === 'HEALTHCHECK')?.text ?? '';
  const command = JSON.parse(text.slice(text.indexOf('['))) as string[];
  expect(command[0]).toBe('node');
  const parameters = command
    .slice(1)
    .map((parameter) => parameter.replace('127.0.0.1:8000', `127.0.0.1:${port}`));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, parameters, { env: { PORT: String(port) }, stdio: 'ignore' });
    child.on('close', resolve);
  });
}
