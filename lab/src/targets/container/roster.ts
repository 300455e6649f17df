import type { Incident, Observation, Replica } from '../target.ts';
import { TargetError } from '../local/target-error.ts';
import type { Meter, MeterReading } from './meter.ts';
import { observeBackends, type ObservedMember } from './observation.ts';

export type Service = 'backend' | 'downstream' | 'other';

/** How a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  /** Said by the limit itself. */
  readonly isOomKilled: boolean;
  /** Null: not known better than by the silence of its meter. */
  readonly monotonicMs: number | null;
}

export interface RosterOptions {
  readonly monotonicMs: () => number;
  readonly bootId: string | null;
  /** Restarts are part of the plan; otherwise a backend that ends fails the system, as every other service does. */
  readonly isSupervised: boolean;
  readonly memoryLimitBytes: number | undefined;
  readonly openMeter: (id: string) => Meter;
  /** Its last log lines, for the end of a message. */
  readonly readLogTail: (id: string) => Promise<string>;
}

/** The containers of one system, as the engine or the cluster reports them. */
export interface Roster {
  readonly members: ReadonlyMap<string, Member>;
  readonly backends: readonly Replica[];
  readonly downstreams: readonly Replica[];
  readonly incidents: readonly Incident[];
  readonly failed: Promise<never>;
  /** For what only the target can see: an image that is missing. */
  fail(error: Error): void;
  add(id: string, name: string, service: Service): void;
  /** It runs, for the first time or again. Idempotent. */
  started(id: string): void;
  /** Where it can be reached now; null where nobody asks it anything. */
  setAddress(id: string, address: Omit<Replica, 'name'> | null): void;
  setReady(id: string, isReady: boolean): void;
  /** Idempotent until the next `started`. */
  ended(id: string, end: ContainerEnd): void;
  /** It is being removed because somebody asked for that: its end is no incident. */
  leaving(id: string): void;
  removed(id: string): void;
  observe(desiredReplicas: number | null): Promise<readonly Observation[]>;
  cpuSeconds(): Promise<number | null>;
  /** Stops asking. */
  close(): Promise<void>;
}

export interface Member extends ObservedMember {
  readonly id: string;
  readonly service: Service;
  isRunning: boolean;
  isLeaving: boolean;
  starts: number;
  ends: number;
  address: Omit<Replica, 'name'> | null;
  meter: Meter | null;
  /** Its meter ends with it, long before a cluster has reported its end. */
  silentSinceMs: number | null;
  last: MeterReading | null;
  /** CPU of its earlier lives: each has a control group of its own, which counts from zero. */
  endedCpuSeconds: number;
}

/** A meter that has been silent for so long, with its container alive, is opened again. */
const silenceOfTheLivingMs = 3_000;

export function createRoster(options: RosterOptions): Roster {
  const members = new Map<string, Member>();
  const incidents: Incident[] = [];
  const meters = new Set<Promise<void>>();
  let removedCpuSeconds = 0;
  let isOver = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const of = (service: Service): readonly Member[] =>
    [...members.values()].filter((member) => member.service === service && !member.isLeaving);
  const addressesOf = (service: Service): readonly Replica[] =>
    of(service).flatMap(({ name, isRunning, address }) =>
      isRunning && address ? [{ name, ...address }] : [],
    );

  function dropMeter(member: Member): void {
    member.endedCpuSeconds += member.last?.cpuSeconds ?? 0;
    member.last = null;
    const stopping = member.meter?.stop();
    if (stopping !== undefined) meters.add(stopping.finally(() => meters.delete(stopping)));
    member.meter = null;
  }

  function listen(member: Member): void {
    const meter = options.openMeter(member.id);
    Object.assign(member, { meter, silentSinceMs: null });
    void meter.ended.finally(() => {
      if (member.meter === meter) member.silentSinceMs = options.monotonicMs();
    });
  }

  async function read(member: Member): Promise<MeterReading | null> {
    const silentMs = options.monotonicMs() - (member.silentSinceMs ?? Number.POSITIVE_INFINITY);
    // It was only the connection that has ended, or the meter alone.
    if (member.isRunning && silentMs > silenceOfTheLivingMs && !isOver) listen(member);
    const { meter } = member;
    const reading = (await meter?.read()) ?? null;
    // It may have ended, and come back, meanwhile.
    if (reading !== null && member.meter === meter) member.last = reading;
    return reading;
  }

  async function failWith(member: Member, { exitCode }: ContainerEnd): Promise<void> {
    const tail = await options.readLogTail(member.id).catch(() => '');
    fail(new TargetError('service-failed', `${member.name} ended unasked (exit code ${exitCode}):${tail}`));
  }

  return {
    members,
    get backends() {
      return addressesOf('backend');
    },
    get downstreams() {
      return addressesOf('downstream');
    },
    incidents,
    failed,
    fail: (error) => fail(error),
    add: (id, name, service) => {
      if (!members.has(id)) members.set(id, toMember(id, name, service));
    },
    started: (id) => {
      const member = members.get(id);
      if (member === undefined || member.isRunning || isOver) return;
      member.starts = Math.max(member.starts, member.ends) + 1;
      member.restarts = member.starts - 1;
      member.isRunning = true;
      listen(member);
    },
    setAddress: (id, address) => {
      const member = members.get(id);
      if (member !== undefined) member.address = address;
    },
    setReady: (id, isReady) => {
      const member = members.get(id);
      if (member !== undefined) member.isReady = isReady && member.isRunning;
    },
    ended: (id, end) => {
      const member = members.get(id);
      if (member === undefined) return;
      const life = Math.max(1, member.starts);
      if (member.ends >= life) return;
      Object.assign(member, { ends: life, isRunning: false, isReady: false });
      const monotonicMs = end.monotonicMs ?? member.silentSinceMs ?? options.monotonicMs();
      dropMeter(member);
      if (member.isLeaving || isOver) return;
      if (end.isOomKilled) member.oomKills += 1;
      if (member.service !== 'backend' || !options.isSupervised) void failWith(member, end);
      if (member.service !== 'backend') return;
      const reason = end.isOomKilled ? 'OOMKilled' : 'Error';
      incidents.push({ replica: member.name, reason, exitCode: end.exitCode, monotonicMs });
    },
    leaving: (id) => {
      const member = members.get(id);
      if (member !== undefined) Object.assign(member, { isLeaving: true, isReady: false });
    },
    removed: (id) => {
      const member = members.get(id);
      if (member === undefined) return;
      dropMeter(member);
      removedCpuSeconds += member.endedCpuSeconds;
      members.delete(id);
    },
    observe: async (desiredReplicas) => {
      const backends = of('backend');
      const readings = await Promise.all(backends.map(read));
      return observeBackends(backends, readings, options.memoryLimitBytes, desiredReplicas);
    },
    cpuSeconds: async () => {
      const all = [...members.values()];
      const readings = await Promise.all(all.map(read));
      const isKnown = all.every(({ isRunning }, index) => {
        // Another machine's seconds say nothing about who used this one's.
        const bootId = readings[index]?.bootId;
        return !isRunning || (bootId !== undefined && bootId === options.bootId);
      });
      if (!isKnown) return null;
      return all.reduce(
        (sum, { endedCpuSeconds, last }) => sum + endedCpuSeconds + (last?.cpuSeconds ?? 0),
        removedCpuSeconds,
      );
    },
    close: async () => {
      isOver = true;
      for (const member of members.values()) dropMeter(member);
      await Promise.all(meters);
    },
  };
}

function toMember(id: string, name: string, service: Service): Member {
  return {
    id,
    name,
    service,
    isRunning: false,
    isReady: false,
    isLeaving: false,
    starts: 0,
    ends: 0,
    restarts: 0,
    oomKills: 0,
    address: null,
    meter: null,
    silentSinceMs: null,
    last: null,
    endedCpuSeconds: 0,
  };
}
