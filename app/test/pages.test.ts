import { describe, expect, it } from 'vitest';
import type { TSchema } from 'typebox';
import { loadCatalogues } from '../src/catalogues.ts';
import { ENVIRONMENT } from '../src/config.ts';
import { ERRORS, entryOf, type ErrorCode } from '../src/errors.ts';
import { legalValues } from '../src/kernel/settings.ts';
import { EDGES, LAYERS } from '../src/protections/protection.ts';
import { useBackend } from './support/backend.ts';
import { readRepositoryFile, readTable, syncTable } from './support/pages.ts';

const { backend } = await useBackend();

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { name: string; in: string; schema: TSchema; description?: string }[];
}

/** `complexity=30 (integer, 1 to 45)`; a parameter without a default is shown with three dots. */
function show(name: string, schema: TSchema): string {
  const { default: value, description } = schema as {
    default?: string | number | boolean;
    description?: string;
  };
  const legal = [legalValues(schema), description].filter(Boolean).join('; ');
  return `\`${name}=${value === undefined ? '…' : String(value)}\` (${legal})`;
}

describe('docs/endpoints.md', () => {
  it('has every address with its parameters, defaults and bounds, as the OpenAPI document has them', async () => {
    const document = (await (await fetch(`${backend.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    const rows = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { summary, parameters = [] }]) => [
        `\`${method.toUpperCase()} ${path}\``,
        parameters
          .filter((parameter) => parameter.in === 'query')
          .map(({ name, schema, description }) => show(name, { ...schema, description }))
          .join(', '),
        summary,
      ]),
    );
    const head = ['Endpoint', 'Parameters', 'What it does'];
    const { documented, actual } = await syncTable('docs/endpoints.md', 'endpoints', head, rows);
    expect(documented).toEqual(actual);
  });
});

describe('docs/protections.md', () => {
  it('has every protection with its edge, layer, settings and events', async () => {
    const { protections } = await loadCatalogues();
    const rows = [...protections]
      .sort(
        (left, right) =>
          EDGES.indexOf(left.edge) - EDGES.indexOf(right.edge) ||
          LAYERS.indexOf(left.layer) - LAYERS.indexOf(right.layer) ||
          left.name.localeCompare(right.name),
      )
      .map(({ name, edge, layer, summary, settings, events }) => [
        `\`${name}\``,
        edge,
        layer,
        summary,
        Object.entries(settings.properties as Record<string, TSchema>)
          .map(([setting, schema]) => show(setting, schema))
          .join(', '),
        events.map((event) => `\`${event}\``).join(', '),
      ]);
    const head = ['Protection', 'Edge', 'Layer', 'What it does', 'Settings', 'Events'];
    const { documented, actual } = await syncTable('docs/protections.md', 'protections', head, rows);
    expect(documented).toEqual(actual);
  });

  it('says of every protection when it helps and when it does not', async () => {
    const { protections } = await loadCatalogues();
    const page = await readRepositoryFile('docs/protections.md');
    for (const { name } of protections) expect(page).toMatch(new RegExp(`^- \\*\\*\`${name}\`\\*\\* `, 'm'));
  });

  it('has the order of layers', async () => {
    const page = await readRepositoryFile('docs/protections.md');
    expect(page).toContain(LAYERS.map((layer) => `\`${layer}\``).join(' → '));
  });
});

describe('docs/configuration.md', () => {
  it('has every variable with default, legal values and meaning', async () => {
    const rows = Object.entries(ENVIRONMENT.properties as Record<string, TSchema>).map(([name, schema]) => {
      const { default: value, description = '' } = schema as {
        default?: string | number | boolean;
        description?: string;
      };
      const { description: _described, ...bare } = schema as { description?: string };
      return [
        `\`${name}\``,
        value === undefined || value === '' ? '' : `\`${String(value)}\``,
        legalValues(bare),
        description,
      ];
    });
    const head = ['Variable', 'Default', 'Legal', 'Meaning'];
    const { documented, actual } = await syncTable('docs/configuration.md', 'environment', head, rows);
    expect(documented).toEqual(actual);
  });
});

describe('docs/errors.md', () => {
  it('has every error of the table, and no other', async () => {
    const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
      const { status, title, hint } = entryOf(code);
      return [`\`${code}\``, String(status), title, hint];
    });
    const head = ['Code', 'Status', 'What happened', 'What to do'];
    const { documented, actual } = await syncTable('docs/errors.md', 'errors', head, rows);
    expect(documented).toEqual(actual);
  });
});

describe('docs/metrics.md', () => {
  it('has every metric that /metrics serves, with its type, and no other', async () => {
    await fetch(`${backend.url}/api/tasks`);
    const documented = (await readTable('docs/metrics.md', 'metrics')).map(
      ([name, type]) => `${name} ${type}`,
    );
    const text = await (await fetch(`${backend.url}/metrics`)).text();
    const served = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(documented.sort()).toEqual(served.sort());
  });

  it('names the labels that the series have', async () => {
    await fetch(`${backend.url}/api/call-downstream`);
    const text = await (await fetch(`${backend.url}/metrics`)).text();
    for (const [name = '', , labels = ''] of await readTable('docs/metrics.md', 'metrics')) {
      const series = new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
      const seen = [...series.matchAll(/([a-z0-9_]+)="/g)]
        .map((match) => match[1])
        .filter((label) => label !== 'le');
      if (series === '' && labels !== '') continue;
      expect([name, seen]).toEqual([name, labels === '' ? [] : labels.split(', ')]);
    }
  });
});
