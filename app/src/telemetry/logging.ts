import { pino, type DestinationStream, type Logger } from 'pino';

/** JSON lines on stdout, or on `destination`. Credentials never reach a log: addresses are logged without them. */
export function createLog(level: string, replica: string, destination?: DestinationStream): Logger {
  const options = { level, base: { replica }, timestamp: pino.stdTimeFunctions.isoTime };
  return destination === undefined ? pino(options) : pino(options, destination);
}
