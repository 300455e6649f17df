import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type Client } from '../container/client.ts';
import { openDatabases, toPsql, type ContainerDatabases } from '../container/database.ts';
import { readBootId } from '../container/boot-id.ts';
import { toOwner } from '../container/owner.ts';
import { toMarkerEnvironment, type Guard } from '../local/guard.ts';
import type { LocalHost } from '../local/local-host.ts';
import { createStopStack } from '../local/stop-stack.ts';
import { createWorkspace, toWorkspaceFolder } from '../local/workspace.ts';
import { ownerLabel, removeAbandoned, removeProject, runLabel } from './cleanup.ts';
import { toDown, toProject, toProxyName } from './cleanup.ts';
import { listContainers } from './containers.ts';
import { checkDocker, toDockerEnvironment } from './docker.ts';
import { followEvents, type EventFeed, type EventListeners } from './events.ts';
import { sharedServices, toRunFile, type ComposeArm, type ComposeFile, type ComposeRun } from './model.ts';

export interface ComposeOptions {
  readonly runId: string;
  readonly repositoryRoot: string;
  /** The user's, for the client `docker`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line for the person at the terminal. */
  readonly log?: (line: string) => void;
}

/** What all systems of a run share: its Compose project with PostgreSQL and Redis. */
export interface ComposeFoundation {
  readonly docker: Client;
  readonly project: string;
  readonly run: ComposeRun;
  /** Each container of the run has it. */
  readonly label: string;
  readonly databases: ContainerDatabases;
  readonly events: EventFeed;
  readonly monotonicMs: () => number;
  readonly bootId: string | null;
  readonly cgroupVersion: 'cgroup-v1' | 'cgroup-v2';
  /** The system that runs now hears of its containers. */
  setListeners(listeners: EventListeners | null): void;
  /** Writes the file of an arm and runs `docker compose` on it. */
  compose(arm: ComposeArm | null, args: readonly string[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Official images may have to be fetched first. */
const upDeadlineMs = 300_000;

function createDockerClient(host: LocalHost, options: ComposeOptions, guard: Guard): Client {
  const environment = {
    ...toDockerEnvironment(options.environment),
    ...toMarkerEnvironment(options.runId),
  };
  return createClient(host, { program: 'docker', environment, guard });
}

/** Checks the engine, cleans up after runs that were killed, and starts what all systems share. */
export async function startComposeFoundation(
  host: LocalHost,
  guard: Guard,
  options: ComposeOptions,
  signal: AbortSignal,
): Promise<ComposeFoundation> {
  const docker = createDockerClient(host, options, guard);
  await guard.ready(signal);
  await checkDocker(docker, options.environment, signal);
  for (const runId of await removeAbandoned(docker, host))
    options.log?.(`removed the containers of run ${runId}, which had been killed`);

  const stops = createStopStack();
  try {
    const folder = toWorkspaceFolder(host, options.runId);
    guard.registerFolder(folder);
    const workspace = createWorkspace(host, options.runId);
    stops.add(() => {
      workspace.remove();
      guard.forgetFolder(folder);
    });
    const project = toProject(options.runId);
    registerCleanup(guard, options, project);
    stops.add(async () => {
      await removeProject(docker, options.runId);
      for (const name of ['proxies', 'project']) guard.forgetCommand(name);
    });
    const run: ComposeRun = {
      labels: { [runLabel]: options.runId, [ownerLabel]: toOwner(host) },
      controlToken: randomBytes(24).toString('base64url'),
    };
    const label = `${runLabel}=${options.runId}`;
    const base = await readBase(docker, project, workspace.folder, options, signal);
    const compose: ComposeFoundation['compose'] = async (arm, args, ending) => {
      const file = join(workspace.folder, 'compose.json');
      // It has the password of the run's database and the token of its control APIs.
      writeFileSync(file, JSON.stringify(toRunFile(base, run, arm)), { mode: 0o600 });
      const words = [...toComposeWords(project, workspace.folder), '--file', file, ...args];
      await docker.run(words, { deadlineMs: upDeadlineMs, signal: ending });
    };
    let listeners: EventListeners | null = null;
    const events = followEvents(docker, label, () => host.monotonicMs(), {
      onStart: (id) => listeners?.onStart(id),
      onEnd: (id, end) => listeners?.onEnd(id, end),
    });
    stops.add(() => events.stop());
    options.log?.(`starting PostgreSQL and Redis in the Compose project ${project} …`);
    await compose(null, ['up', '--detach', '--wait', ...sharedServices], signal);
    return {
      docker,
      project,
      run,
      label,
      databases: await connect(docker, label, signal),
      events,
      monotonicMs: () => host.monotonicMs(),
      bootId: readBootId(),
      cgroupVersion: await readCgroupVersion(docker, signal),
      setListeners: (next) => {
        listeners = next;
      },
      compose,
      close: () => stops.stopAll(),
    };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}

/** When the lab is gone: the guard has no time to look for containers, Compose finds them by their project. */
function registerCleanup(guard: Guard, options: ComposeOptions, project: string): void {
  const common = { file: 'docker', environment: toDockerEnvironment(options.environment) };
  const proxies = [toProxyName(project, 'downstream'), toProxyName(project, 'database')];
  guard.registerCommand({ ...common, name: 'proxies', args: ['rm', '--force', ...proxies] });
  guard.registerCommand({ ...common, name: 'project', args: toDown(project) });
}

/** Without the file `.env` of the clone: it is for the user's own system. */
function toComposeWords(project: string, folder: string): readonly string[] {
  const file = join(folder, 'empty.env');
  if (!existsSync(file)) writeFileSync(file, '');
  return ['compose', '--project-name', project, '--env-file', file];
}

async function readBase(
  docker: Client,
  project: string,
  folder: string,
  { repositoryRoot }: ComposeOptions,
  signal: AbortSignal,
): Promise<ComposeFile> {
  const file = join(repositoryRoot, 'docker-compose.yml');
  const words = [...toComposeWords(project, folder), '--file', file, 'config', '--format', 'json'];
  return JSON.parse(await docker.run(words, { signal })) as ComposeFile;
}

async function connect(docker: Client, label: string, signal: AbortSignal): Promise<ContainerDatabases> {
  const containers = await listContainers(docker, label, signal);
  const id = containers.find(({ service }) => service === 'postgres')?.id ?? '';
  return openDatabases((statements) => docker.run(['exec', id, ...toPsql(statements)]));
}

async function readCgroupVersion(
  docker: Client,
  signal: AbortSignal,
): Promise<ComposeFoundation['cgroupVersion']> {
  const version = await docker.run(['info', '--format', '{{.CgroupVersion}}'], { signal });
  return version.trim() === '2' ? 'cgroup-v2' : 'cgroup-v1';
}
