export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line in the form of k6's logs: `time="…" level=info msg="…" source=console`. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, string>>) => void;

export function toLogLine(
  epochMs: number,
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): string {
  const time = `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
  const shownLevel = level === 'warn' ? 'warning' : level;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${quoteWhereNeeded(value)}`);
  return `time="${time}" level=${shownLevel} msg=${quoteWhereNeeded(message)}${rest.join('')}`;
}

/** The same for people at a terminal: `WARN[0012] …`, with every line of the message as it is. */
export function toTerminalLine(
  elapsedMs: number,
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): string {
  const seconds = String(Math.floor(elapsedMs / 1000)).padStart(4, '0');
  const rest = Object.entries(fields).map(([name, value]) => `  ${name}=${quoteWhereNeeded(value)}`);
  return `${terminalLevels[level]}[${seconds}] ${message}${rest.join('')}`;
}

const terminalLevels = { debug: 'DEBU', info: 'INFO', warn: 'WARN', error: 'ERRO' } as const;

function quoteWhereNeeded(value: string): string {
  return /^[\w.:/@^+-]+$/.test(value) ? value : JSON.stringify(value);
}
