import { get } from 'node:http';

/**
 * An `httpGet` probe: true for a status from 200 to 399. A redirection is not followed. Each probe has a connection of
 * its own, so that it stands in the same queue as a new client.
 */
export function probeOverHttp(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = get(url, { agent: false, signal: end }, (response) => {
      const { statusCode = 0 } = response;
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(statusCode >= 200 && statusCode < 400));
      response.resume();
    });
    request.on('error', () => resolve(false));
  });
}
