import type { Client } from '../container/client.ts';
import type { ContainerEnd } from '../container/roster.ts';
import { pause } from '../local/waiting.ts';

export interface EventListeners {
  readonly onStart: (id: string) => void;
  readonly onEnd: (id: string, end: ContainerEnd) => void;
}

export interface EventFeed {
  /** How it ended; only of interest when nobody stopped it. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** The engine may tell of a kill by the limit a moment after the end that it caused. */
const oomMarginMs = 400;
const killedCode = 137;

/** Follows what happens to the containers with the label. */
export function followEvents(
  docker: Client,
  label: string,
  monotonicMs: () => number,
  { onStart, onEnd }: EventListeners,
): EventFeed {
  const oomKilled = new Set<string>();
  const held = new Map<string, Promise<void>>();
  const filters = [`label=${label}`, 'type=container', 'event=start', 'event=die', 'event=oom'];
  const args = ['events', ...filters.flatMap((filter) => ['--filter', filter]), '--format', '{{json .}}'];

  function end(id: string, exitCode: number): void {
    const atMs = monotonicMs();
    const tell = (): void => {
      held.delete(id);
      onEnd(id, { exitCode, isOomKilled: oomKilled.delete(id), monotonicMs: atMs });
    };
    if (exitCode !== killedCode || oomKilled.has(id)) tell();
    else held.set(id, pause(oomMarginMs, undefined).then(tell));
  }

  /** Never before the end that it follows. */
  function start(id: string): void {
    const before = held.get(id);
    if (before === undefined) onStart(id);
    else void before.then(() => onStart(id));
  }

  const conversation = docker.open(args, (line) => {
    const event = parseEvent(line);
    if (event === null) return;
    const { id, action } = event;
    if (action === 'oom') oomKilled.add(id);
    else if (action === 'start') start(id);
    else if (action === 'die') end(id, event.exitCode);
  });
  return { ended: conversation.ended, stop: () => conversation.stop() };
}

function parseEvent(line: string): { id: string; action: string; exitCode: number } | null {
  if (!line.startsWith('{')) return null;
  const { Action, Actor } = JSON.parse(line) as {
    readonly Action?: string;
    readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  };
  if (Action === undefined || Actor?.ID === undefined) return null;
  return { id: Actor.ID, action: Action, exitCode: Number(Actor.Attributes?.['exitCode'] ?? 0) };
}
