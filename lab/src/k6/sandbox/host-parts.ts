import type { OutsideSubsetError } from '../exit-code.ts';
import type { CallState } from './call-state.ts';
import type { CallTags } from './call-tags.ts';
import type { HttpClient } from './http-client.ts';
import type { ScriptRun } from './script-run.ts';

/** The parts of a VU that its script reaches. */
export interface HostParts {
  readonly id: number;
  readonly run: ScriptRun;
  readonly client: HttpClient;
  readonly tags: CallTags;
  readonly systemTags: ReadonlySet<string>;
  readonly state: CallState;
  readonly nextCall: string;
  promiseError(api: string): OutsideSubsetError;
}
