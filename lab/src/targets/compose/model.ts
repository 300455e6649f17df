import type { SystemSpec } from '../target.ts';

/** A Compose file as `docker compose config --format json` prints it; only what is changed here is named. */
export interface ComposeFile {
  readonly name?: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, object | null>>;
  readonly volumes?: Readonly<Record<string, object | null>>;
}

export interface ComposeService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly [field: string]: unknown;
}

export interface ComposeRun {
  readonly labels: Readonly<Record<string, string>>;
  readonly controlToken: string;
}

/** What an arm adds to the system of the file. */
export interface ComposeArm {
  readonly spec: SystemSpec;
  readonly databaseUrl: string;
  readonly downstreamUrl: string;
}

/** Those that a run is made of; the file has others, for people. */
export const sharedServices = ['postgres', 'redis'] as const;
export const armServices = ['downstream', 'backend', 'front'] as const;

/** What of each service this machine reaches, by ports that the engine chooses and on 127.0.0.1 only. */
const reachedPorts: Readonly<Record<string, readonly number[]>> = {
  backend: [8000, 8100],
  downstream: [8001, 8101],
  front: [8000],
};

/**
 * The file of the repository as a run wants it: no port of the user's, nothing to be built, each end seen (nobody but
 * a supervised backend is started again), limits and variables of the arm.
 */
export function toRunFile(base: ComposeFile, run: ComposeRun, arm: ComposeArm | null): ComposeFile {
  const names: readonly string[] = [...sharedServices, ...armServices];
  const services = Object.entries(base.services)
    .filter(([name]) => names.includes(name))
    .map(([name, service]) => [name, toRunService(name, service, run, arm)] as const);
  const labelled = (entries: ComposeFile['volumes']) =>
    Object.fromEntries(
      Object.entries(entries ?? {}).map(([name, entry]) => [name, { ...entry, labels: run.labels }]),
    );
  const { networks, volumes } = base;
  return {
    ...(base.name !== undefined && { name: base.name }),
    services: Object.fromEntries(services),
    networks: labelled(networks),
    volumes: labelled(volumes && { postgres: volumes['postgres'] ?? null }),
  };
}

function toRunService(
  name: string,
  service: ComposeService,
  run: ComposeRun,
  arm: ComposeArm | null,
): ComposeService {
  // Health checks of the arm's own are left out: each one starts a Node, which at a limit of 100m takes half a second's
  // quota. The lab asks for readiness itself.
  const { build: _, depends_on: __, ports: ___, ...rest } = service;
  const isShared = (sharedServices as readonly string[]).includes(name);
  const ports = (reachedPorts[name] ?? []).map((target) => ({
    mode: 'ingress',
    host_ip: '127.0.0.1',
    target,
    protocol: 'tcp',
  }));
  return {
    ...rest,
    restart: 'no',
    labels: run.labels,
    environment: withoutGaps(service.environment ?? {}),
    ...(ports.length > 0 && { ports }),
    ...(!isShared && { healthcheck: { disable: true } }),
    ...(arm !== null && name === 'downstream' && toDownstream(service, run, arm)),
    ...(arm !== null && name === 'backend' && toBackend(rest, run, arm)),
  };
}

function toDownstream({ environment = {} }: ComposeService, run: ComposeRun, { spec }: ComposeArm) {
  const own = { ...toCommonVariables(run), ...spec.downstreamEnvironment };
  return { environment: { ...withoutGaps(environment), ...escaped(own) } };
}

/** The limits are those of the arm, absent ones too. The CPU's comes once the replica is ready (`docker update`). */
function toBackend(service: ComposeService, run: ComposeRun, arm: ComposeArm): Partial<ComposeService> {
  const { spec, databaseUrl, downstreamUrl } = arm;
  const own = {
    ...toCommonVariables(run),
    DATABASE_URL: databaseUrl,
    DOWNSTREAM_SERVICE_URL: downstreamUrl,
    ...spec.backendEnvironment,
  };
  const memory = spec.limits?.memoryBytes;
  return {
    environment: { ...withoutGaps(service.environment ?? {}), ...escaped(own) },
    deploy: undefined,
    // Without swap: at the limit the process is killed, as in a cluster.
    mem_limit: memory === undefined ? undefined : String(memory),
    memswap_limit: memory === undefined ? undefined : String(memory),
    ...(spec.supervision !== undefined && { restart: 'always' }),
  };
}

function toCommonVariables({ controlToken }: ComposeRun): Record<string, string> {
  return { LOG_LEVEL: 'warn', CONTROL_HOST: '0.0.0.0', CONTROL_TOKEN: controlToken };
}

/** A variable without a value would be that of whoever runs Compose. */
function withoutGaps(environment: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Compose would take a dollar for a variable of its own. */
function escaped(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll('$', '$$$$')]),
  );
}
