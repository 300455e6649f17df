import { TargetError } from '../local/target-error.ts';
import { waitUntil } from '../local/waiting.ts';
import type { Pod, PodFeed } from './pods.ts';

export interface UntilPods {
  /** For the message. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits for a state of the pods. Throws `image-missing` as soon as a node lacks an image and cannot get it, and
 * `service-failed` after the deadline, with what each pod waits for.
 */
export async function untilPods(
  { pods }: Pick<PodFeed, 'pods'>,
  isReached: () => boolean,
  { what, deadlineMs, signal }: UntilPods,
): Promise<void> {
  const isDone = (): boolean => {
    for (const { missingImage } of pods.values())
      if (missingImage !== null) throw new TargetError('image-missing', toAdvice(missingImage));
    return isReached();
  };
  if (await waitUntil(isDone, { deadlineMs, intervalMs: 100, signal })) return;
  const states = [...pods.values()].map((pod) => `\n  ${pod.name}: ${describe(pod)}`).join('');
  throw new TargetError('service-failed', `${what} was not ready within ${deadlineMs / 1000} s:${states}`);
}

function toAdvice(image: string): string {
  const name = image.split('/').at(-1) ?? image;
  // Compose builds the lab's image only when it is named.
  const service = name.startsWith('backend-load-testing-lab:') ? ' lab' : '';
  const build = name.endsWith(':local') ? `build it (docker compose build${service}) and load it` : 'load it';
  return `the image ${image} is not on the node: ${build} (minikube image load ${name}, or what your cluster needs)`;
}

function describe({ isReady, isRunning, obstacle, restarts }: Pod): string {
  const state = isReady ? 'ready' : isRunning ? 'running, not ready' : 'not running';
  return [state, obstacle, restarts > 0 ? `${restarts} restarts` : null].filter(Boolean).join(', ');
}
