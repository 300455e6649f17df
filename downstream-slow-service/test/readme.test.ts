import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { environmentSchema } from '../src/config.ts';
import { errorTable } from '../src/errors.ts';
import { describeLegal } from '../src/legal.ts';
import { loadEndpoints } from '../src/service.ts';
import { createTestService, testConfig } from './test-service.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

/** The rows of the table under the heading of this text, without its own head. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
};

const code = (text: unknown) => `\`${String(text)}\``;

const defaultOf = (schema: object): string => ('default' in schema ? code(schema.default) : 'unset');

test('the table of endpoints is the folder of endpoints', async () => {
  const rows = (await loadEndpoints()).map((endpoint) => {
    const parameters = Object.entries(endpoint.parameters(testConfig()).properties).map(
      ([name, schema]) =>
        `${code(name)}: ${describeLegal(schema)}, default ${'default' in schema ? String(schema.default) : 'none'}`,
    );
    return [code(`GET ${endpoint.path}`), parameters.join('; ') || 'none', endpoint.summary];
  });
  expect(rowsUnder('Endpoints')).toEqual(rows);
});

test('the table of settings is what the control API takes', async () => {
  const { schema } = (await createTestService()).board;
  const needed = new Set(schema.required);
  const rows = Object.entries(schema.properties).map(([name, setting]) => [
    code(name),
    describeLegal(setting),
    needed.has(name) ? 'yes' : 'no',
    'description' in setting ? setting.description : '',
  ]);
  expect(rowsUnder('Control API')).toEqual(rows);
});

test('the table of kinds of failure is what can be set', async () => {
  const { schema } = (await createTestService()).board;
  const { failureKind } = schema.properties;
  const kinds = failureKind !== undefined && 'enum' in failureKind ? failureKind.enum : [];
  expect(rowsUnder('Behaviours').map(([kind]) => kind)).toEqual((kinds as readonly unknown[]).map(code));
});

test('the table of variables is the schema of the environment', () => {
  const rows = Object.entries(environmentSchema.properties).map(([name, schema]) => [
    code(name),
    defaultOf(schema),
    describeLegal(schema),
    'description' in schema ? String(schema.description) : '',
  ]);
  expect(rowsUnder('Environment')).toEqual(rows);
});

test('the table of errors is the table in the code', () => {
  const rows = Object.entries(errorTable).map(([name, { status, title }]) => [
    code(name),
    String(status),
    title,
  ]);
  expect(rowsUnder('Errors')).toEqual(rows);
});

test('the table of metrics is what /metrics serves', async () => {
  const { app } = await createTestService();
  const { body } = await app.inject('/metrics');
  const served = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => code(name));
  expect(rowsUnder('Metrics').map(([name]) => name)).toEqual(served);
});
