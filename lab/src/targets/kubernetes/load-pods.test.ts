import { describe, expect, it } from 'vitest';
import type { Client } from '../container/client.ts';
import { createLoadPods } from './load-pods.ts';
import { generatorRole } from './load-pods-objects.ts';
import { roleLabel } from './own-pods.ts';
import { type Pod, type PodObject, toPod } from './pods.ts';

type State = NonNullable<NonNullable<PodObject['status']['containerStatuses']>[number]['state']>;

const { signal } = new AbortController();
const killed = { terminated: { exitCode: 137, reason: 'OOMKilled' } };
const ended = { terminated: { exitCode: 137, reason: 'Error' } };

function podOf(name: string, state: State, isDeleting = false): Pod {
  return toPod({
    metadata: {
      name,
      labels: { [roleLabel]: generatorRole },
      ...(isDeleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    status: {
      containerStatuses: [{ image: 'backend-load-testing-lab:local', ready: false, restartCount: 0, state }],
    },
  });
}

/** A cluster in which the pods of a Job are as the test says, and which repeats what a pod is told. */
function createCluster(state: State = { running: {} }) {
  const pods = new Map([['load-10-0-other', podOf('load-10-0-other', { running: {} })]]);
  const calls: string[] = [];
  const objects: unknown[] = [];
  const detach = new Map<string, (how: string) => void>();
  const set = (name: string, next: State, isDeleting?: boolean) =>
    pods.set(name, podOf(name, next, isDeleting));
  const client: Client = {
    attempt: (args) => {
      calls.push(args.join(' '));
      for (const name of pods.keys()) if (name.startsWith('load-1-')) set(name, ended, true);
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    },
    run: (args, options) => {
      calls.push(args.join(' '));
      const list = JSON.parse(options?.input ?? '') as {
        readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec: object }[];
      };
      objects.push(...list.items);
      const { metadata, spec } = list.items[0] as (typeof list.items)[number] & {
        readonly spec: { readonly completions: number };
      };
      for (let index = 0; index < spec.completions; index += 1) set(`${metadata.name}-${index}-x7k2p`, state);
      return Promise.resolve('');
    },
    open: (args, onLine) => {
      calls.push(args.join(' '));
      const end = new Promise<string>((resolve) => detach.set(args.at(-1) ?? '', resolve));
      return { tell: (line) => onLine(`told ${line}`), ended: end, stop: () => Promise.resolve() };
    },
  };
  return {
    launcher: createLoadPods(() => Promise.resolve({ client, feed: { pods } })),
    pods,
    calls,
    objects,
    set,
    detach,
  };
}

async function launch(cluster = createCluster()) {
  const fleet = await cluster.launcher.launch(3, signal);
  return { ...cluster, fleet };
}

describe('createLoadPods', () => {
  it('runs as many pods as asked for, joins each, and removes them with their Job', async () => {
    const { fleet, calls, objects } = await launch();
    expect(fleet.generators.map(({ name }) => name)).toEqual(
      [0, 1, 2].map((index) => `load-1-${index}-x7k2p`),
    );
    expect(objects[0]).toMatchObject({
      kind: 'Job',
      spec: { completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimit: 0 },
    });
    const heard: string[] = [];
    fleet.generators[1]?.listen((line) => heard.push(line));
    fleet.generators[1]?.tell('hello');
    expect(heard).toEqual(['told hello']);
    await fleet.stop();
    await fleet.stop();
    expect(calls).toEqual([
      'apply --filename -',
      ...[0, 1, 2].map((index) => `attach --stdin --quiet load-1-${index}-x7k2p`),
      'delete job load-1 --ignore-not-found --wait=false',
    ]);
  });

  it('is allowed by the restricted Pod Security, and reaches names and the backend only', async () => {
    const { fleet, objects } = await launch();
    expect(objects[0]).toMatchObject({
      spec: {
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
            ],
          },
        },
      },
    });
    const { egress } = (objects[1] as { readonly spec: { readonly egress: readonly object[] } }).spec;
    expect(egress).toMatchObject([
      { ports: [{ port: 53 }, { port: 53 }] },
      {
        to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'backend-app' } } }],
        ports: [{ port: 8000 }],
      },
    ]);
    await fleet.stop();
  });

  it('says how a pod ended, and that of the first before those that its Job ends after it', async () => {
    const { fleet, set, detach } = await launch();
    const order: string[] = [];
    const ends = fleet.generators.map(async (generator) => {
      const how = await generator.ended;
      order.push(generator.name);
      return how;
    });
    detach.get('load-1-1-x7k2p')?.('exit code 0');
    await Promise.resolve();
    set('load-1-0-x7k2p', ended, true);
    set('load-1-2-x7k2p', ended, true);
    set('load-1-1-x7k2p', killed);
    expect(await Promise.all(ends)).toEqual([
      'its pod was removed, exit code 137',
      'OOMKilled, exit code 137',
      'its pod was removed, exit code 137',
    ]);
    expect(order[0]).toBe('load-1-1-x7k2p');
    await fleet.stop();
  });

  it('sees that a pod was removed whose connection still seems to live', async () => {
    const { fleet, pods } = await launch();
    pods.delete('load-1-2-x7k2p');
    expect(await fleet.generators[2]?.ended).toBe('its pod was removed');
    await fleet.stop();
  });

  it.each([
    [
      'an image that no node has',
      { waiting: { reason: 'ErrImageNeverPull' } },
      /docker compose build lab\) and load it/,
    ],
    ['a program that ends at once', { terminated: { exitCode: 1 } }, /ended at its start \(exit code 1\)/],
  ])('leaves no Job behind after %s, and says what is wrong', async (_, state, message) => {
    const cluster = createCluster(state);
    await expect(launch(cluster)).rejects.toThrow(message);
    expect(cluster.calls.at(-1)).toContain('delete job load-1');
  });
});
