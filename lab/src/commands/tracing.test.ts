import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';
import { toTracingEnvironment } from './tracing.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('toTracingEnvironment', () => {
  it('is empty unless the environment says where traces go', () => {
    const environment = { PATH: '/usr/bin', OTEL_TRACES_SAMPLER: 'always_on' };
    expect(toTracingEnvironment({ environment, repositoryRoot: '/' }, () => {})).toEqual({});
  });

  it('says how to install them when they are not there, and starts without', () => {
    const lines: string[] = [];
    const host = { environment: endpoint, repositoryRoot: createTestFolder() };
    expect(toTracingEnvironment(host, (line) => lines.push(line))).toEqual({});
    expect(lines).toEqual([expect.stringContaining('npm --prefix tracing ci')]);
  });

  it('hands on the variables of OpenTelemetry and no others, and loads the package first', () => {
    const repositoryRoot = createTestFolder();
    mkdirSync(join(repositoryRoot, 'tracing', 'node_modules'), { recursive: true });
    const environment = {
      ...endpoint,
      OTEL_TRACES_SAMPLER: 'always_on',
      DATABASE_URL: 'postgresql://elsewhere',
    };
    expect(toTracingEnvironment({ environment, repositoryRoot }, () => {})).toEqual({
      ...endpoint,
      OTEL_TRACES_SAMPLER: 'always_on',
      NODE_OPTIONS: expect.stringMatching(/^--import=file:\/\/.*\/tracing\/register\.mjs$/),
    });
  });
});
