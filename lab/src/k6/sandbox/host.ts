import type { MetricType } from '../metric.ts';

/** What the modules beside the script may ask of the runner. Only texts, numbers and booleans cross the border. */
export interface ScriptHost {
  isInit(): boolean;
  vuId(): number;
  /** JSON of the first `__ENV`. */
  environment(): string;
  /** JSON of a NextCall. */
  nextCall(): string;
  /** `{text}` or `{error}`; a path is relative to the file that asks. */
  open(path: string, fromFile: string): string;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  /** Ends the run, since the script asks for what this runner lacks. */
  outside(api: string, place: string): void;
  /** The same for what makes promises; the place is looked for in the script. */
  refusePromise(api: string): void;

  /** Waits. ScriptRequest[] to ScriptResponse[], both as JSON. */
  exchange(requests: string): string;
  /** Waits. */
  sleep(seconds: number): void;

  check(name: string, passed: boolean, tags: string): void;
  enterGroup(name: string): void;
  leaveGroup(): void;
  /** What is wrong with the declaration, or nothing. */
  declareMetric(name: string, type: MetricType, isTime: boolean): string;
  add(metric: string, value: number, tags: string): void;
  /** A value that is no number: said, and left out. */
  refuseValue(metric: string, value: string): void;

  /** Elements of a SharedArray; -1 where none has been made. */
  sharedLength(name: string): number;
  sharedElement(name: string, index: number): string;
  /** JSON of an array of elements as JSON. */
  share(name: string, elements: string): void;

  /** JSON of one value of k6/execution; nothing where it is not known. */
  view(name: string): string;
  /** JSON of all tags that a sample would have now. */
  tags(): string;
  setTag(name: string, value: string): void;
  deleteTag(name: string): void;
  refuseTag(name: string, type: string): void;
  abort(message: string): void;
  fail(message: string): void;
}

/** The call that the script's side is to make. */
export interface NextCall {
  readonly name: string;
  readonly argumentTexts: readonly string[];
  readonly iteration: number;
  /** Where it differs from that of the call before. */
  readonly env?: Readonly<Record<string, string>>;
  readonly wantsValue: boolean;
}
