import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpConfiguration } from '../configuration.ts';

/** The connections of one VU. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export function createAgents({ noConnectionReuse, insecureSkipTLSVerify }: HttpConfiguration): Agents {
  // A timeout would end connections of its own accord; requests bring theirs.
  const options = { keepAlive: !noConnectionReuse, maxSockets: Infinity };
  return {
    http: new HttpAgent(options),
    https: new HttpsAgent({ ...options, rejectUnauthorized: !insecureSkipTLSVerify }),
  };
}

export function closeAgents(agents: Agents): void {
  agents.http.destroy();
  agents.https.destroy();
}
