import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadCatalogues } from '../app/src/catalogues.ts';
import { readConfig } from '../app/src/config.ts';
import { parseConfig } from '../downstream-slow-service/src/config.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile?: string };
  readonly profiles?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly restart?: string;
  readonly deploy?: {
    readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } };
  };
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly memswap_limit?: string;
}

const root = join(import.meta.dirname, '..');
const services = await readCompose({});
const ofTheSystem = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);

/** With the given variables, as Compose would put them in. */
async function readCompose(variables: Readonly<Record<string, string>>): Promise<Record<string, Service>> {
  const text = (await readFile(join(root, 'docker-compose.yml'), 'utf8')).replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, byDefault: string) => variables[name] ?? byDefault,
  );
  return (parse(text, { merge: true }) as { services: Record<string, Service> }).services;
}

/** What a container gets; variables without a value are not set. */
function environmentOf(name: string): Record<string, string> {
  const entries = Object.entries(services[name]?.environment ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

describe('docker-compose.yml', () => {
  it('starts the four services and the front, and the rest only in a profile', () => {
    expect(ofTheSystem.map(([name]) => name).sort()).toEqual([
      'backend',
      'downstream',
      'front',
      'postgres',
      'redis',
    ]);
    expect(services['prometheus']?.profiles).toEqual(['observability']);
    expect(services['lab']?.profiles).toEqual(['tools']);
    expect(services['load-test']?.profiles).toEqual(['tools']);
  });

  it('gives the backend an environment that it takes, the control token included', async () => {
    const config = readConfig(environmentOf('backend'), await loadCatalogues(), 'backend-1');
    expect(config).toMatchObject({
      port: 8000,
      control: { host: '0.0.0.0', port: 8100 },
      database: { url: 'postgresql://postgres:postgres@postgres:5432/loadtest' },
      redisUrl: 'redis://redis:6379/0',
      downstream: { url: 'http://downstream:8001' },
    });
  });

  it('gives the downstream service an environment that it takes, with a delay of 3 s', () => {
    const { config, faults } = parseConfig(environmentOf('downstream'), 'downstream-1');
    expect(faults).toBeNull();
    expect(config).toMatchObject({ port: 8001, controlPort: 8101, defaultDelaySeconds: 3 });
  });

  it('gives the load tests the token of the control API', () => {
    const { CONTROL_TOKEN } = environmentOf('load-test');
    expect(CONTROL_TOKEN).toBe(environmentOf('backend')['CONTROL_TOKEN']);
    expect(CONTROL_TOKEN).toBe(environmentOf('downstream')['CONTROL_TOKEN']);
  });

  it('publishes everything on this machine alone, on the ports that people expect', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.sort()).toEqual(
      [5432, 6379, 8000, 8001, 8100, 8101, 9090].map((port) => `127.0.0.1:${port}:${port}`),
    );
  });

  it('publishes the ports that the variables name, and never the control API elsewhere', async () => {
    const moved = await readCompose({
      BIND_ADDRESS: '0.0.0.0',
      BACKEND_PORT: '18000',
      DOWNSTREAM_PORT: '18001',
      POSTGRES_PORT: '15432',
      REDIS_PORT: '16379',
    });
    expect(moved['front']?.ports).toEqual(['0.0.0.0:18000:8000', '127.0.0.1:8100:8100']);
    expect(moved['downstream']?.ports).toEqual(['0.0.0.0:18001:8001', '127.0.0.1:8101:8101']);
    expect(moved['postgres']?.ports).toEqual(['0.0.0.0:15432:5432']);
    expect(moved['redis']?.ports).toEqual(['0.0.0.0:16379:6379']);
  });

  it('can be scaled: the backend publishes no port and has no name of its own', () => {
    expect(services['backend']).not.toHaveProperty('ports');
    expect(services['backend']).not.toHaveProperty('container_name');
  });

  it('builds the downstream service from the folder that is named', async () => {
    const besides = await readCompose({ DOWNSTREAM_DIR: '../downstream-slow-service' });
    expect(services['downstream']?.build).toMatchObject({ context: './downstream-slow-service' });
    expect(besides['downstream']?.build).toMatchObject({ context: '../downstream-slow-service' });
  });

  it('starts nothing before what it needs is healthy', async () => {
    expect(Object.keys(services['backend']?.depends_on ?? {}).sort()).toEqual([
      'downstream',
      'postgres',
      'redis',
    ]);
    for (const { depends_on = {} } of Object.values(services))
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(condition).toBe('service_healthy');
        expect(await hasHealthcheck(name), name).toBe(true);
      }
  });

  it.each(Object.entries(services))('runs %s without privileges', (_, service) => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service).not.toHaveProperty('cap_add');
    expect(service).not.toHaveProperty('privileged');
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.read_only).toBe(true);
  });

  // Prometheus' image names an unprivileged user itself, as our own do: test/dockerfiles.test.ts.
  it.each(['postgres', 'redis'])('runs %s as its own user, whose image would begin as root', (name) => {
    expect(services[name]?.user).toBe(name);
  });

  it.each(ofTheSystem)('limits %s, and brings it back when it was killed at its limit', (_, service) => {
    const { cpus, memory } = service.deploy?.resources.limits ?? { cpus: '0', memory: '' };
    expect(Number(cpus)).toBeGreaterThan(0);
    expect(memory).toMatch(/^\d{2,3}M$/);
    expect(service.restart).toBe('on-failure');
  });

  it('lets a leak end at the limit, not in swap', () => {
    const { deploy, memswap_limit } = services['backend'] ?? {};
    expect(memswap_limit).toBe(deploy?.resources.limits.memory);
  });

  it('has Prometheus scrape every replica of both services', async () => {
    const text = await readFile(join(root, 'observability/prometheus/prometheus.yml'), 'utf8');
    const { scrape_configs } = parse(text) as {
      scrape_configs: { job_name: string; dns_sd_configs?: object[] }[];
    };
    for (const [name, port] of Object.entries({ backend: 8000, downstream: 8001 })) {
      const job = scrape_configs.find(({ job_name }) => job_name === name);
      expect(job?.dns_sd_configs).toMatchObject([{ names: [name], type: 'A', port }]);
    }
  });
});

/** Of its own, or of its image. */
async function hasHealthcheck(name: string): Promise<boolean> {
  const { healthcheck, build } = services[name] ?? {};
  if (healthcheck !== undefined || build === undefined) return healthcheck !== undefined;
  const file = join(root, build.context, build.dockerfile ?? 'Dockerfile');
  return /^HEALTHCHECK .*CMD/m.test(await readFile(file, 'utf8'));
}
