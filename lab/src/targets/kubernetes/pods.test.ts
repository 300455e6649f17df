import { expect, it } from 'vitest';
import { toPod, type PodObject } from './pods.ts';

type ContainerStatus = NonNullable<PodObject['status']['containerStatuses']>[number];

/** As the API server gave it on a cluster, shortened. */
function podWith(status: Partial<ContainerStatus>, conditions: PodObject['status']['conditions'] = []) {
  const container = {
    image: 'docker.io/library/backend-app:local',
    ready: false,
    restartCount: 0,
    ...status,
  };
  return toPod({
    metadata: { name: 'backend-app-7c9-x2', labels: { 'app.kubernetes.io/name': 'backend-app' } },
    status: { conditions, containerStatuses: [container] },
  });
}

it('tells a kill by the limit from any other end', () => {
  const killed = { terminated: { exitCode: 137, reason: 'OOMKilled' } };
  expect(podWith({ state: killed })).toMatchObject({
    service: 'backend',
    hasEnded: true,
    lastEnd: { exitCode: 137, isOomKilled: true },
  });
  const aborted = { terminated: { exitCode: 134, reason: 'Error' } };
  expect(podWith({ state: { running: {} }, lastState: aborted, restartCount: 1, ready: true })).toMatchObject(
    {
      isRunning: true,
      isReady: true,
      hasEnded: false,
      restarts: 1,
      lastEnd: { exitCode: 134, isOomKilled: false },
    },
  );
});

it('sees an end also in the back-off that follows it', () => {
  const state = {
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' },
  };
  const lastState = { terminated: { exitCode: 1, reason: 'Error' } };
  expect(podWith({ state, lastState, restartCount: 1 })).toMatchObject({ hasEnded: true, isRunning: false });
});

it('says which image is missing, and what else is waited for', () => {
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image' };
  expect(podWith({ state: { waiting } }).missingImage).toBe('docker.io/library/backend-app:local');
  const creating = podWith({ state: { waiting: { reason: 'ContainerCreating' } } });
  expect(creating).toMatchObject({ missingImage: null, obstacle: 'ContainerCreating' });
  const message = '0/1 nodes are available: 1 Insufficient cpu.';
  const unscheduled = podWith({}, [{ type: 'PodScheduled', status: 'False', message }]);
  expect(unscheduled.obstacle).toBe(message);
});

it('tells generators from what belongs to the system', () => {
  const labels = { 'backend-load-testing.role': 'load' };
  const pod = toPod({ metadata: { name: 'load-1-0-x7k2p', labels }, status: {} });
  expect(pod).toMatchObject({ service: 'other', isGenerator: true });
  expect(podWith({}).isGenerator).toBe(false);
});
