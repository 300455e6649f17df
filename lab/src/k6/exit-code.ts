/** Exit codes of k6 that a local run can end with (https://grafana.com/docs/k6/latest/misc/exit-codes/ and k6's documentation of `execution`). */
export const k6ExitCodes = {
  ok: 0,
  thresholdsCrossed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  invalidConfiguration: 104,
  externalAbort: 105,
  scriptException: 107,
  scriptAborted: 108,
  markedAsFailed: 110,
} as const;

/** When a run ends with which code. */
export const exitCodeMeanings: Readonly<Record<K6ExitCode, string>> = {
  0: 'the run came to its end, and no threshold was crossed',
  99: 'at least one threshold was crossed',
  100: '`setup()` took too long',
  101: '`teardown()` took too long',
  104: 'wrong options, thresholds or flags',
  105: 'SIGINT or SIGTERM',
  107: 'the script threw in its init code or in `setup()`, or asks for what the runner lacks',
  108: '`exec.test.abort()`',
  110: '`exec.test.fail()`',
};

export type K6ExitCode = (typeof k6ExitCodes)[keyof typeof k6ExitCodes];

/** Ends a run with k6's exit code; the message is for people. */
export class K6Error extends Error {
  override readonly name = 'K6Error';
  readonly exitCode: K6ExitCode;

  constructor(exitCode: K6ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The script asks for something that this runner does not know: its name, where, and "run this one with k6". */
export class OutsideSubsetError extends K6Error {
  constructor(api: string, where: string) {
    super(
      k6ExitCodes.scriptException,
      `${api} is outside of what this runner knows (${where}): run this one with k6, or see docs/k6.md for what is supported`,
    );
  }
}
