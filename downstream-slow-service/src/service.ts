import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import { isBehaviour } from './behaviours/behaviour.ts';
import { createBoard } from './board.ts';
import type { Board } from './board.ts';
import { loadCatalogue } from './catalogue.ts';
import type { Config } from './config.ts';
import { buildControl } from './control.ts';
import { isEndpoint } from './endpoints/endpoint.ts';
import type { Clock } from './kernel/clock.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createTally } from './tally.ts';
import type { Tally } from './tally.ts';
import type { ProcessUsage } from './telemetry.ts';

export interface ServicePorts {
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly processUsage: () => ProcessUsage;
}

/** Both servers, which share one board; neither listens yet. */
export interface Service {
  readonly app: FastifyInstance;
  readonly control: FastifyInstance;
  readonly board: Board;
  readonly tally: Tally;
  readonly lifecycle: Lifecycle;
}

/** Every endpoint in `endpoints/`. */
export function loadEndpoints() {
  return loadCatalogue({
    folder: new URL('./endpoints/', import.meta.url),
    interfaceFile: 'endpoint',
    isDefinition: isEndpoint,
    load: (url) => import(url),
  });
}

/** Every behaviour in `behaviours/`. */
export function loadBehaviours() {
  return loadCatalogue({
    folder: new URL('./behaviours/', import.meta.url),
    interfaceFile: 'behaviour',
    isDefinition: isBehaviour,
    load: (url) => import(url),
  });
}

/** Puts the service together from its folders. Rejects when a file in them is not what its name says. */
export async function createService(config: Config, ports: ServicePorts): Promise<Service> {
  const [endpoints, behaviours] = await Promise.all([loadEndpoints(), loadBehaviours()]);
  const { clock, log, processUsage } = ports;
  const lifecycle: Lifecycle = { stopping: false };
  const board = createBoard({ clock, behaviours, limits: config, seed: config.seed });
  const tally = createTally();
  const app = buildApp(config, { board, clock, endpoints, lifecycle, log, processUsage, tally });
  const control = buildControl(config, { board, lifecycle, log });
  return { app, control, board, tally, lifecycle };
}
