import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { describeLegal } from './legal.ts';
import type { Fault } from './legal.ts';

/** Every environment variable of the service: the one place with its bounds, its default and its meaning. */
export const environmentSchema = Type.Object({
  HOST: Type.String({ default: '0.0.0.0', minLength: 1, description: 'Address of the work port.' }),
  PORT: port(8001, 'Work port; 0 takes a free one.'),
  CONTROL_HOST: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    description: 'Address of the control API. Anything but loopback needs `CONTROL_TOKEN`.',
  }),
  CONTROL_PORT: port(8101, 'Port of the control API; 0 takes a free one.'),
  CONTROL_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      writeOnly: true,
      description: 'When set, every control request must bear it.',
    }),
  ),
  DEFAULT_DELAY: Type.Number({
    default: 5,
    minimum: 0,
    maximum: 3600,
    unit: 'seconds',
    description:
      'What `/slow` waits when neither a behaviour nor `delay` says it; at most `MAX_DELAY_SECONDS`.',
  }),
  MAX_DELAY_SECONDS: Type.Number({
    default: 300,
    minimum: 0,
    maximum: 3600,
    unit: 'seconds',
    description: 'Largest delay that a request or a behaviour may ask for.',
  }),
  MAX_TTL_MS: Type.Integer({
    default: 600_000,
    minimum: 1,
    maximum: 86_400_000,
    unit: 'milliseconds',
    description: 'Longest time to live of a behaviour.',
  }),
  SEED: Type.Integer({
    default: 1,
    minimum: 0,
    maximum: 4_294_967_295,
    description: 'Seed of every draw while no behaviour brings its own.',
  }),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'Lowest level that is logged.',
  }),
  REQUEST_LOGS: Type.Boolean({ default: true, description: 'One line per request at level info.' }),
  REPLICA_NAME: Type.Optional(
    Type.String({ minLength: 1, description: 'Name in every answer; the host name when unset.' }),
  ),
  DRAIN_DELAY_MS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 60_000,
    unit: 'milliseconds',
    description: 'How long to go on serving after SIGTERM, with `/health` at 503 and `Connection: close`.',
  }),
  GRACE_PERIOD_MS: Type.Integer({
    default: 10_000,
    minimum: 0,
    maximum: 600_000,
    unit: 'milliseconds',
    description: 'How long, after the drain delay, requests in flight may take before they are cut off.',
  }),
});

type Environment = Static<typeof environmentSchema>;

/** What the service runs with; frozen. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly controlHost: string;
  readonly controlPort: number;
  readonly controlToken: string | undefined;
  readonly defaultDelaySeconds: number;
  readonly maxDelaySeconds: number;
  readonly maxTtlMs: number;
  readonly seed: number;
  readonly logLevel: string;
  readonly requestLogs: boolean;
  readonly replicaName: string;
  readonly drainDelayMs: number;
  readonly gracePeriodMs: number;
}

export type ConfigResult =
  | { readonly config: Config; readonly faults: null }
  | { readonly config: null; readonly faults: readonly Fault[] };

/** Reads the environment. Reports every fault at once; an empty value counts as unset. */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  hostName: string,
): ConfigResult {
  const faults: Fault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(environmentSchema.properties)) {
    const text = env[name];
    const isSet = text !== undefined && text !== '';
    const value = isSet ? toValue(text, schema) : undefined;
    const isLegal = isSet && Value.Check(schema, value);
    const used = isLegal ? value : 'default' in schema ? schema.default : undefined;
    if (used !== undefined) values[name] = used;
    if (isSet && !isLegal) {
      const received = 'writeOnly' in schema ? `${text.length} characters` : JSON.stringify(text);
      faults.push({ field: name, received, legal: describeLegal(schema) });
    }
  }
  const environment = Value.Parse(environmentSchema, values);
  const alone = new Set(faults.map(({ field }) => field));
  faults.push(...crossFaults(environment).filter(({ field }) => !alone.has(field)));
  if (faults.length > 0) return { config: null, faults };
  return { config: toConfig(environment, hostName), faults: null };
}

/** One line for people: `NAME: received …, legal …`. */
export function formatFault(fault: Fault): string {
  return `${fault.field}: received ${String(fault.received)}, legal ${fault.legal}`;
}

function crossFaults(values: Environment): readonly Fault[] {
  const faults: Fault[] = [];
  if (values.CONTROL_TOKEN === undefined && !isLoopback(values.CONTROL_HOST)) {
    const legal = `${describeLegal(environmentSchema.properties.CONTROL_TOKEN)}, since CONTROL_HOST is not loopback`;
    faults.push({ field: 'CONTROL_TOKEN', received: 'nothing', legal });
  }
  if (values.DEFAULT_DELAY > values.MAX_DELAY_SECONDS) {
    const legal = `at most MAX_DELAY_SECONDS (${values.MAX_DELAY_SECONDS})`;
    faults.push({ field: 'DEFAULT_DELAY', received: values.DEFAULT_DELAY, legal });
  }
  return faults;
}

function toConfig(values: Environment, hostName: string): Config {
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    controlHost: values.CONTROL_HOST,
    controlPort: values.CONTROL_PORT,
    controlToken: values.CONTROL_TOKEN,
    defaultDelaySeconds: values.DEFAULT_DELAY,
    maxDelaySeconds: values.MAX_DELAY_SECONDS,
    maxTtlMs: values.MAX_TTL_MS,
    seed: values.SEED,
    logLevel: values.LOG_LEVEL,
    requestLogs: values.REQUEST_LOGS,
    replicaName: values.REPLICA_NAME ?? hostName,
    drainDelayMs: values.DRAIN_DELAY_MS,
    gracePeriodMs: values.GRACE_PERIOD_MS,
  });
}

function toValue(text: string, schema: object): unknown {
  const type = 'type' in schema ? schema.type : 'string';
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'number' || type === 'integer') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  return text;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function port(defaultPort: number, description: string) {
  return Type.Integer({ default: defaultPort, minimum: 0, maximum: 65_535, description });
}
