import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunClock } from '../clock.ts';
import type { HttpConfiguration } from '../configuration.ts';
import type { MetricDefinition, Sample, Tags } from '../metric.ts';
import { realClock } from '../real-clock.ts';
import type { Call, CallResult, Vu, VuFactory } from '../vu.ts';
import { createVuFactory } from './vu-factory.ts';

const http: HttpConfiguration = {
  discardResponseBodies: false,
  insecureSkipTLSVerify: false,
  noConnectionReuse: false,
  noVUConnectionReuse: false,
  maxRedirects: 10,
  userAgent: 'backend-load-testing-lab',
};

const systemTags =
  'proto,status,method,url,name,group,check,error,error_code,tls_version,scenario,expected_response';

export interface ScriptSettings {
  readonly files?: Readonly<Record<string, string>>;
  readonly http?: Partial<HttpConfiguration>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly systemTags?: string;
  readonly clock?: RunClock;
}

/** A script in a folder of its own, and all that a run hears of it. */
export interface LoadedScript {
  readonly folder: string;
  readonly factory: VuFactory;
  readonly metrics: MetricDefinition[];
  readonly samples: Sample[];
  readonly logs: string[];
  readonly aborted: string[];
  readonly failed: string[];
  /** The VU of that number, made once. */
  vu(id?: number): Promise<Vu>;
  /** Calls an exported function in the first VU; `default` in a scenario by that name. */
  run(name?: string, call?: Partial<Call>): Promise<CallResult>;
  /** `default` returned; what setup() would return is its value. */
  value(name?: string): Promise<unknown>;
  /** Values of a metric in the order of their samples. */
  valuesOf(metric: string): number[];
  /** Tags of the samples of a metric. */
  tagsOf(metric: string): Tags[];
}

export function loadScript(source: string, settings: ScriptSettings = {}): LoadedScript {
  const folder = mkdtempSync(join(tmpdir(), 'k6-script-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries({ 'script.js': source, ...settings.files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const [metrics, samples]: [MetricDefinition[], Sample[]] = [[], []];
  const [logs, aborted, failed]: [string[], string[], string[]] = [[], [], []];
  const configuration = { ...http, ...settings.http };
  const names = (settings.systemTags ?? systemTags).split(',');
  const options = JSON.stringify(settings.options ?? {});
  const factory = createVuFactory({
    scriptPath: join(folder, 'script.js'),
    environment: settings.environment ?? {},
    http: () => configuration,
    onMetric: (metric) => metrics.push(metric),
    onSamples: (more) => samples.push(...more),
    onLog: (level, message) => logs.push(`${level} ${message}`),
    run: {
      currentTestRunDurationMs: () => 1234.5,
      iterationsCompleted: () => 3,
      iterationsInterrupted: () => 1,
      vusActive: () => 2,
      vusInitialized: () => 4,
      abort: (message) => aborted.push(message),
      fail: (message) => failed.push(message),
      options: () => options,
    },
    systemTags: () => names,
    clock: settings.clock ?? realClock,
  });
  const vus = new Map<number, Promise<Vu>>();
  const vu = (id = 1) => {
    const made = vus.get(id) ?? factory.create(id);
    vus.set(id, made);
    return made;
  };
  onTestFinished(async () => {
    for (const made of vus.values()) (await made.catch(() => null))?.close();
  });
  const run = async (name = 'default', call: Partial<Call> = {}) =>
    (await vu()).call({
      name,
      arguments: [],
      env: {},
      tags: {},
      signal: new AbortController().signal,
      ...call,
    });
  return {
    folder,
    factory,
    metrics,
    samples,
    logs,
    aborted,
    failed,
    vu,
    run,
    value: async (name = 'default') => {
      const result = await run(name);
      if (result.outcome !== 'returned') throw new Error(JSON.stringify(result));
      return result.value === undefined ? undefined : JSON.parse(result.value);
    },
    valuesOf: (metric) => samples.filter((sample) => sample.metric === metric).map(({ value }) => value),
    tagsOf: (metric) => samples.filter((sample) => sample.metric === metric).map(({ tags }) => tags),
  };
}

/** A call of a scenario. */
export function iteration(scenario: Partial<NonNullable<Call['scenario']>> = {}): Partial<Call> {
  return {
    tags: { scenario: scenario.name ?? 'default' },
    scenario: {
      name: 'default',
      executor: 'constant-vus',
      startTimeMs: 1_700_000_000_000,
      progress: () => 0.25,
      iterationInInstance: 7,
      iterationInTest: 8,
      iterationOfVu: 2,
      ...scenario,
    },
  };
}

/** The address of an HTTP server on a free port, which ends with the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer({ keepAlive: true }, listener);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
