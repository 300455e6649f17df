import type { RunClock } from './clock.ts';
import type { RunTerminal } from './run-summary.ts';

const terminalPeriodMs = 1000;
const plainPeriodMs = 10_000;

/** On a terminal one line that is overwritten, else a line now and then; logs never mix with it. */
export interface StatusLine {
  show(text: string): void;
  /** A line of the log, to stderr. */
  log(line: string): void;
  /** Shows the text again and again until it is ended. */
  follow(clock: RunClock, text: () => string): { end(): Promise<void> };
  /** Clears the line. Idempotent. */
  end(): void;
}

export function createStatusLine(terminal: RunTerminal, quiet: boolean): StatusLine {
  let isShown = false;
  const end = () => {
    if (isShown) terminal.stdout('\r\u001b[K');
    isShown = false;
  };
  const show = (text: string) => {
    if (quiet || !terminal.isStdoutTerminal) return;
    terminal.stdout(`\r\u001b[K${text}`);
    isShown = true;
  };
  return {
    show,
    end,
    log(line) {
      end();
      terminal.stderr(`${line}\n`);
    },
    follow(clock, text) {
      const over = new AbortController();
      const running = quiet ? Promise.resolve() : repeat(clock, text, over.signal);
      return {
        async end() {
          over.abort();
          await running;
          end();
        },
      };
    },
  };

  async function repeat(clock: RunClock, text: () => string, signal: AbortSignal): Promise<void> {
    const periodMs = terminal.isStdoutTerminal ? terminalPeriodMs : plainPeriodMs;
    for (;;) {
      await clock.pause(periodMs, signal);
      if (signal.aborted) return;
      if (terminal.isStdoutTerminal) show(text());
      else terminal.stdout(`${text()}\n`);
    }
  }
}
