import { Type } from 'typebox';
import { isLoopback, maskCredentials, parseAddress } from './addresses.ts';
import type { Catalogues } from './catalogues.ts';
import { createReader, type Fault } from './kernel/settings.ts';
import { parseMaxima, type ParameterValues } from './parameters.ts';
import { parseProtections, type EnabledProtections } from './protections-variable.ts';

/** Every variable of the environment that the backend reads, with bounds, default and meaning. */
export const ENVIRONMENT = Type.Object({
  HOST: Type.String({ minLength: 1, default: '0.0.0.0', description: 'address to listen on' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8000, description: '0 takes a free port' }),
  CONTROL_HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'address of the control API',
  }),
  CONTROL_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8100,
    description: '0 takes a free port',
  }),
  CONTROL_TOKEN: Type.Optional(
    Type.String({ minLength: 16, maxLength: 512, description: 'required unless CONTROL_HOST is loopback' }),
  ),
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'level of the JSON log on stdout' },
  ),
  REQUEST_LOGS: Type.Boolean({ default: true, description: 'one line per request, at info' }),
  REPLICA_NAME: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'name in answers and logs; the host name when unset',
    }),
  ),
  DRAIN_DELAY_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 0,
    description: 'unready but serving, at a stop',
  }),
  GRACE_PERIOD_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 10_000,
    description: 'for requests in flight, at a stop',
  }),
  BODY_LIMIT_BYTES: Type.Integer({
    minimum: 1024,
    maximum: 67_108_864,
    default: 1_048_576,
    description: 'largest request body',
  }),
  MEMORY_LIMIT_BYTES: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description: 'memory that memory-guard compares RSS with; 0 = ask the kernel',
  }),
  DATABASE_URL: Type.String({
    default: 'postgresql://postgres:postgres@localhost:5432/loadtest',
    description: 'postgresql://user:password@host:port/database; postgresql+asyncpg:// is understood',
  }),
  DATABASE_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 10,
    description: 'connections of the pool',
  }),
  DATABASE_ACQUIRE_TIMEOUT_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 0,
    description: 'longest wait for a connection; 0 = for ever',
  }),
  DATABASE_QUEUE_LIMIT: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: 'most waiters for a connection; 0 = unbounded',
  }),
  REDIS_URL: Type.Optional(
    Type.String({
      description: 'redis://user:password@host:port/0 of the cache; in this process when unset',
    }),
  ),
  DOWNSTREAM_SERVICE_URL: Type.String({ default: 'http://localhost:8001', description: 'http://host:port' }),
  DOWNSTREAM_CONNECTIONS: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 100,
    description: 'sockets towards the downstream',
  }),
  NEXT_HOP_URL: Type.Optional(
    Type.String({ description: 'http://host:port of the next hop; this service itself when unset' }),
  ),
  CASCADE_CALLS: Type.Integer({
    minimum: 1,
    maximum: 20,
    default: 3,
    description: 'default of the parameter calls of /api/cascade-failure',
  }),
  PARAMETER_MAXIMA: Type.String({ default: '', description: 'comma list of failure.parameter=number' }),
  PROTECTIONS: Type.String({
    default: '',
    description: 'comma list of name or name:setting=value;setting=value',
  }),
});

/** The configuration of a replica: read once, frozen, the same for its whole life. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly control: { readonly host: string; readonly port: number; readonly token: string | undefined };
  readonly logLevel: string;
  readonly requestLogs: boolean;
  readonly replica: string;
  readonly drainDelayMs: number;
  readonly gracePeriodMs: number;
  readonly bodyLimitBytes: number;
  /** 0: the kernel knows it. */
  readonly memoryLimitBytes: number;
  readonly database: {
    /** Always `postgresql://`; has the password, so it is never shown. */
    readonly url: string;
    readonly poolSize: number;
    readonly acquireTimeoutMs: number;
    readonly queueLimit: number;
  };
  readonly downstream: { readonly url: string; readonly connections: number };
  /** Undefined: this service itself. */
  readonly nextHopUrl: string | undefined;
  /** Undefined: the cache is in this process. May have a password, so it is never shown. */
  readonly redisUrl: string | undefined;
  readonly parameterDefaults: ParameterValues;
  readonly parameterMaxima: ParameterValues;
  readonly protections: EnabledProtections;
}

/** The environment is wrong; `faults` has everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(
      faults
        .map(({ field, received, legal }) => `${field}: received ${show(received)}, legal: ${legal}`)
        .join('\n'),
    );
    this.faults = faults;
  }
}

/**
 * Reads the environment. Empty variables count as unset, unknown ones are not ours.
 * @throws ConfigError with all faults at once.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  catalogues: Catalogues,
  hostName: string,
): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const reading = createReader(ENVIRONMENT, { form: 'text', unknownNames: 'ignore' })(given);
  const protections = parseProtections(given['PROTECTIONS'] ?? '', catalogues.protections);
  const maxima = parseMaxima(given['PARAMETER_MAXIMA'] ?? '', catalogues.failures);
  const faults = [
    ...(reading.ok ? [] : reading.faults.map(hideSecret)),
    ...addressFaults(given),
    ...controlFaults(given),
    ...maxima.faults,
    ...protections.faults,
  ];
  if (!reading.ok || faults.length > 0) throw new ConfigError(faults);
  const values = reading.value;

  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    control: { host: values.CONTROL_HOST, port: values.CONTROL_PORT, token: values.CONTROL_TOKEN },
    logLevel: values.LOG_LEVEL,
    requestLogs: values.REQUEST_LOGS,
    replica: values.REPLICA_NAME ?? hostName,
    drainDelayMs: values.DRAIN_DELAY_MS,
    gracePeriodMs: values.GRACE_PERIOD_MS,
    bodyLimitBytes: values.BODY_LIMIT_BYTES,
    memoryLimitBytes: values.MEMORY_LIMIT_BYTES,
    database: {
      url: values.DATABASE_URL.replace(DATABASE_SCHEME, 'postgresql:'),
      poolSize: values.DATABASE_POOL_SIZE,
      acquireTimeoutMs: values.DATABASE_ACQUIRE_TIMEOUT_MS,
      queueLimit: values.DATABASE_QUEUE_LIMIT,
    },
    downstream: { url: values.DOWNSTREAM_SERVICE_URL, connections: values.DOWNSTREAM_CONNECTIONS },
    nextHopUrl: values.NEXT_HOP_URL,
    redisUrl: values.REDIS_URL,
    parameterDefaults: new Map([['cascade-failure.calls', values.CASCADE_CALLS]]),
    parameterMaxima: maxima.maxima,
    protections: protections.enabled,
  });
}

/** `postgresql+asyncpg:` and relatives: the spelling of Python's SQLAlchemy names the driver in the scheme. */
const DATABASE_SCHEME = /^postgres(?:ql)?(?:\+[a-z0-9]+)?:/;

function addressFaults(given: Readonly<Record<string, unknown>>): Fault[] {
  const faults: Fault[] = [];
  const check = (
    name: string,
    protocols: readonly string[],
    legal: string,
    rename?: (text: string) => string,
  ): void => {
    const text = given[name];
    if (typeof text !== 'string') return;
    if (parseAddress(rename?.(text) ?? text, protocols) === undefined) {
      faults.push({ field: name, received: maskCredentials(text), legal });
    }
  };
  check('DATABASE_URL', ['postgresql'], 'postgresql://user:password@host:port/database', (text) =>
    text.replace(DATABASE_SCHEME, 'postgresql:'),
  );
  check('REDIS_URL', ['redis', 'rediss'], 'redis://host:port/0');
  check('DOWNSTREAM_SERVICE_URL', ['http', 'https'], 'http://host:port');
  check('NEXT_HOP_URL', ['http', 'https'], 'http://host:port');
  return faults;
}

function controlFaults(given: Readonly<Record<string, unknown>>): Fault[] {
  const host = given['CONTROL_HOST'];
  if (typeof host !== 'string' || isLoopback(host) || given['CONTROL_TOKEN'] !== undefined) return [];
  const legal = `at least 16 characters, because CONTROL_HOST ${host} is not loopback`;
  return [{ field: 'CONTROL_TOKEN', received: null, legal }];
}

function hideSecret(fault: Fault): Fault {
  return fault.field === 'CONTROL_TOKEN' ? { ...fault, received: '(not shown)' } : fault;
}

function show(received: unknown): string {
  return received === null || received === undefined ? 'nothing' : JSON.stringify(received);
}
