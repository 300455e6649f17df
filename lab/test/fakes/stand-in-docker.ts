import { readFileSync } from 'node:fs';
import type { ComposeFile } from '../../src/targets/compose/model.ts';
import {
  answerAsProxy,
  createStandInProgram,
  meterLines,
  startStandInService,
  type StandInCommand,
  type StandInService,
} from './stand-in-program.ts';

interface StandInContainer {
  readonly id: string;
  readonly service: string;
  readonly number: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly restart: unknown;
  isRunning: boolean;
  exitCode: number;
  servers: readonly StandInService[];
}

const ownPorts: Readonly<Record<string, readonly number[]>> = {
  backend: [8000, 8100],
  downstream: [8001, 8101],
  front: [8000],
};

/** A Docker Engine of containers that are HTTP servers of the test, and a client `docker` for it. */
export function createStandInDocker({ missingImage = '', files = recordedFile } = {}) {
  const containers = new Map<string, StandInContainer>();
  const faults: string[] = [];
  let proxies = 0;
  let leftovers = '';
  let tellEvent: (event: object) => void = () => undefined;
  let bootId = 'unknown';

  function emit(action: string, id: string, exitCode?: number): void {
    const Attributes = exitCode === undefined ? {} : { exitCode: String(exitCode) };
    tellEvent({ Type: 'container', Action: action, Actor: { ID: id, Attributes } });
  }

  async function run(container: StandInContainer): Promise<void> {
    const crash = (): void => end(container, 7);
    const environment = () => container.environment;
    container.servers = await Promise.all(
      (ownPorts[container.service] ?? []).map(() => startStandInService(environment, crash)),
    );
    container.isRunning = true;
    emit('start', container.id);
  }

  function end(container: StandInContainer, exitCode: number, isOomKilled = false): void {
    container.servers.forEach((server) => server.close());
    Object.assign(container, { isRunning: false, exitCode });
    emit('die', container.id, exitCode);
    // The order in which an engine may tell it.
    if (isOomKilled) emit('oom', container.id);
    if (container.restart === 'always') setTimeout(() => void run(container), 50);
  }

  async function up({ args, exit }: StandInCommand): Promise<void> {
    const file = args[args.indexOf('--file') + 1] ?? '';
    const { services } = JSON.parse(readFileSync(file, 'utf8')) as ComposeFile;
    const wanted = Number(args.find((word) => word.startsWith('backend='))?.slice(8) ?? 1);
    for (const service of Object.keys(services).filter((name) => args.includes(name))) {
      const count = service === 'backend' ? wanted : 1;
      const existing = [...containers.values()].filter((container) => container.service === service);
      for (const { id } of existing.filter(({ number }) => number > count)) remove(id);
      for (let number = existing.length + 1; number <= count; number += 1) {
        const { environment = {}, restart } = services[service] ?? {};
        const container = {
          id: `${service}-id-${number}-${Math.floor(performance.now() * 1000)}`,
          service,
          number,
          environment: environment as Record<string, string>,
          restart,
          servers: [],
          isRunning: false,
          exitCode: 0,
        };
        containers.set(container.id, container);
        await run(container);
      }
    }
    exit(0);
  }

  function remove(id: string): void {
    const container = containers.get(id);
    container?.servers.forEach((server) => server.close());
    containers.delete(id);
    if (container?.isRunning === true) emit('die', id, 137);
  }

  function execute({ args, say, exit, onLine }: StandInCommand): void {
    if (args.includes('psql')) {
      say('15.8');
      exit(0);
      return;
    }
    onLine(() => [...meterLines, `boot ${bootId}`, 'end'].forEach((line) => say(line)));
  }

  function compose(command: StandInCommand): void {
    const { args, say, exit } = command;
    if (args.includes('up')) void up(command);
    else {
      if (args.includes('version')) say('2.40.3');
      if (args.includes('config')) say(JSON.stringify(files));
      if (args.includes('down')) [...containers.keys()].forEach(remove);
      exit(0);
    }
  }

  function proxy(command: StandInCommand): void {
    proxies += 1;
    command.onClose(() => (proxies -= 1));
    answerAsProxy(command, faults);
  }

  function answer({ args: [verb = '', ...rest], say, exit }: StandInCommand): void {
    const ids = rest.filter((word) => containers.has(word));
    if (verb === 'version') say('20.10.24');
    if (verb === 'info') say('1');
    if (verb === 'container') say(leftovers);
    const isOfProxy = rest.some((word) => word.startsWith('--filter=name='));
    if (verb === 'ps' && !isOfProxy) [...containers.keys()].forEach((id) => say(id));
    if (verb === 'inspect') say(JSON.stringify(ids.flatMap((id) => toInspected(containers.get(id)))));
    if (verb === 'logs') say('the last words');
    if (verb === 'rm') ids.forEach(remove);
    exit(verb === 'image' && rest.includes(missingImage) ? 1 : 0);
  }

  const { path, calls } = createStandInProgram('docker', (command) => {
    const [verb = ''] = command.args;
    if (verb === 'events') tellEvent = (event) => command.say(JSON.stringify(event));
    else if (verb === 'compose') compose(command);
    else if (verb === 'exec') execute(command);
    else if (verb === 'run') proxy(command);
    else answer(command);
  });
  return {
    path,
    calls,
    faults,
    /** Services that run, proxies too. */
    left: () => [...containers.values()].map(({ service }) => service).concat(Array(proxies).fill('proxy')),
    setBootId: (id: string) => (bootId = id),
    /** What a run of a dead lab has left, as lines of \`run, tab, owner\`. */
    setLeftovers: (lines: string) => (leftovers = lines),
    killByLimit: () => {
      const backend = [...containers.values()].find(({ service }) => service === 'backend');
      if (backend !== undefined) end(backend, 137, true);
    },
  };
}

function toInspected(container: StandInContainer | undefined): readonly object[] {
  if (container === undefined) return [];
  const { id, service, number, isRunning, exitCode, servers } = container;
  const ports = (ownPorts[service] ?? []).map((own, index) => [
    `${own}/tcp`,
    isRunning ? [{ HostIp: '127.0.0.1', HostPort: String(servers[index]?.port) }] : null,
  ]);
  return [
    {
      Id: id,
      Name: `/lab-${service}-${number}`,
      Config: {
        Labels: {
          'com.docker.compose.service': service,
          'com.docker.compose.container-number': String(number),
        },
      },
      State: { Running: isRunning, ExitCode: exitCode, OOMKilled: false },
      NetworkSettings: { Ports: Object.fromEntries(ports) as object },
    },
  ];
}

/** As \`docker compose config --format json\` prints the file of the repository, shortened. */
export const recordedFile: ComposeFile = {
  name: 'lab-test',
  networks: { default: { name: 'lab-test_default', ipam: {} } },
  services: {
    backend: {
      build: { context: '/clone', dockerfile: 'docker/Dockerfile' },
      deploy: { resources: { limits: { cpus: 1, memory: '536870912' } } },
      depends_on: { postgres: { condition: 'service_healthy', required: true } },
      environment: { PROTECTIONS: null, REDIS_URL: 'redis://redis:6379/0', CONTROL_TOKEN: 'known-to-all' },
      image: 'backend-app:local',
      memswap_limit: '536870912',
      restart: 'on-failure',
    },
    downstream: {
      environment: { DEFAULT_DELAY: '3', LOG_LEVEL: null },
      image: 'downstream-service:local',
      ports: [{ mode: 'ingress', host_ip: '127.0.0.1', target: 8001, published: '8001', protocol: 'tcp' }],
    },
    front: {
      image: 'backend-front:local',
      ports: [{ mode: 'ingress', host_ip: '127.0.0.1', target: 8100, published: '8100', protocol: 'tcp' }],
    },
    postgres: { image: 'postgres:15-alpine', healthcheck: { test: ['CMD', 'pg_isready'] } },
    redis: { image: 'redis:7-alpine' },
    'load-test': { image: 'backend-load-testing-lab:local' },
  },
  volumes: { postgres: { name: 'lab-test_postgres' }, runs: { name: 'lab-test_runs' } },
};
