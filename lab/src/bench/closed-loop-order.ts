/** What the bench tells the closed loop: where to, what to send, with how many connections, for how long. */
export interface ClosedLoopOrder {
  readonly port: number;
  readonly path: string;
  /** A JSON body makes it a POST; every answer of a POST must be 201, of a GET 200. */
  readonly body?: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface ClosedLoopAnswer {
  readonly answersPerSecond: number;
}
