import type { Static, TObject } from 'typebox';
import type { Random } from '../kernel/random.ts';

/** Bounds and defaults that configuration decides. */
export interface EndpointLimits {
  readonly defaultDelaySeconds: number;
  readonly maxDelaySeconds: number;
}

/** What an endpoint may use of the service while it serves one request. */
export interface EndpointPorts {
  readonly random: Random;
  /** True when a set behaviour decides which requests fail; the endpoint then draws nothing itself. */
  readonly failuresAreSet: boolean;
  /**
   * Waits `askedMs`, or what a set behaviour says in its place; resolves to the milliseconds that were decided.
   * Rejects when the client leaves.
   */
  wait(askedMs: number): Promise<number>;
}

export interface EndpointContext {
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly ports: EndpointPorts;
}

/**
 * One work endpoint. The route, its validation, its metrics, the behaviours and the README table come from this
 * definition, so a new endpoint is one file in this folder and its test.
 */
export interface Endpoint<Parameters extends TObject = TObject> {
  /** The file's name. */
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  /** The query parameters, each with unit, minimum, maximum and default. */
  parameters(limits: EndpointLimits): Parameters;
  /** Does the work and says in one short sentence what was done. */
  run(parameters: Static<Parameters>, context: EndpointContext): Promise<string>;
}

/** Declares an endpoint; only here to infer the parameters' type from their schema. */
export function defineEndpoint<Parameters extends TObject>(
  endpoint: Endpoint<Parameters>,
): Endpoint<Parameters> {
  return endpoint;
}

/** Tells an endpoint from other exports of a file. */
export function isEndpoint(value: unknown): value is Endpoint {
  return (
    typeof value === 'object' && value !== null && 'path' in value && 'parameters' in value && 'run' in value
  );
}
