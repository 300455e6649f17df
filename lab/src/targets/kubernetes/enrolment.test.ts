import { expect, it } from 'vitest';
import type { Client } from '../container/client.ts';
import { createRoster } from '../container/roster.ts';
import { enrol } from './enrolment.ts';
import { generatorRole } from './load-pods-objects.ts';
import { roleLabel } from './own-pods.ts';
import { type Pod, toPod } from './pods.ts';

const podOf = (name: string, labels: Readonly<Record<string, string>>): Pod =>
  toPod({ metadata: { name, labels }, status: {} });

it('takes what makes the load for no part of the system', async () => {
  const roster = createRoster({
    monotonicMs: () => 0,
    bootId: null,
    isSupervised: false,
    memoryLimitBytes: undefined,
    openMeter: () => ({
      read: () => Promise.resolve(null),
      ended: new Promise(() => {}),
      stop: async () => {},
    }),
    readLogTail: () => Promise.resolve(''),
  });
  let listener: ((name: string, pod: Pod | null) => void) | null = null;
  const feed = {
    pods: new Map<string, Pod>(),
    listen: (next: typeof listener) => void (listener = next),
    ended: new Promise<string>(() => {}),
    stop: () => Promise.resolve(),
  };
  const enrolment = enrol({ client: {} as Client, feed }, roster, new AbortController().signal);
  const tell = listener as unknown as (name: string, pod: Pod | null) => void;
  const generator = podOf('load-1-0-x7k2p', { [roleLabel]: generatorRole });
  tell('load-1-0-x7k2p', generator);
  tell('load-1-0-x7k2p', {
    ...generator,
    hasEnded: true,
    lastEnd: { exitCode: 0, isOomKilled: false, monotonicMs: 0 },
  });
  tell('load-1-0-x7k2p', null);
  tell('postgres-0', podOf('postgres-0', { 'app.kubernetes.io/name': 'postgres' }));
  expect([...roster.members.keys()]).toEqual(['postgres-0']);
  await enrolment.stop();
});
