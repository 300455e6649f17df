/** A request as the script's module hands it over. */
export interface ScriptRequest {
  readonly method: string;
  readonly url: string;
  /** Tag `name`, where the script made the address with http.url. */
  readonly name?: string | undefined;
  readonly body?: string;
  /** Fields to send url-encoded, instead of a body. */
  readonly form?: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of an object of texts, or nothing. */
  readonly tags: string;
  readonly timeoutMs?: number | undefined;
  readonly redirects?: number | undefined;
  /** Absent: as the option `discardResponseBodies` says. */
  readonly wantsBody?: boolean | undefined;
  /** Absent: as the option `throw` says. */
  readonly throws?: boolean | undefined;
  /** Statuses that count as expected; null leaves that open. */
  readonly expected: readonly StatusRange[] | null;
}

export type StatusRange = readonly [min: number, max: number];

/** Milliseconds, with k6's names. */
export interface Timings {
  readonly blocked: number;
  readonly connecting: number;
  readonly tls_handshaking: number;
  readonly sending: number;
  readonly waiting: number;
  readonly receiving: number;
  /** sending + waiting + receiving. */
  readonly duration: number;
}

/** What the script's module makes a Response of. */
export interface ScriptResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly proto: string;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
  readonly errorCode: number;
  readonly timings: Timings;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly tlsVersion: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly body: string;
  };
  /** The call throws `error` instead of returning this. */
  readonly isThrown: boolean;
}
