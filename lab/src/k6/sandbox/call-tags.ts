import type { Tags } from '../metric.ts';

const separator = '::';

/** The tags of whatever a VU samples: those of its call, its group, and those that the script set for the VU. */
export class CallTags {
  #ofCall: Record<string, string> = {};
  #ofVu: Record<string, string> = {};
  #scenario: string | undefined;
  #hasGroup = false;
  #groups: string[] = [];
  #current: Tags | null = null;

  /** Tags of the VU last as long as it stays in one scenario. */
  begin(
    tags: Tags,
    scenario: string | undefined,
    system: Readonly<Record<string, string>>,
    systemTags: ReadonlySet<string>,
  ): void {
    if (scenario !== this.#scenario) this.#ofVu = {};
    this.#scenario = scenario;
    this.#hasGroup = systemTags.has('group');
    this.#groups = [tags['group'] ?? ''];
    this.#ofCall = { ...tags };
    for (const [name, value] of Object.entries(system)) if (systemTags.has(name)) this.#ofCall[name] = value;
    this.#current = null;
  }

  enterGroup(name: string): void {
    this.#groups.push(`${this.#groups.at(-1) ?? ''}${separator}${name}`);
    this.#current = null;
  }

  leaveGroup(): void {
    this.#groups.pop();
    this.#current = null;
  }

  set(name: string, value: string): void {
    this.#ofVu = { ...this.#ofVu, [name]: value };
    this.#current = null;
  }

  delete(name: string): void {
    const { [name]: _, ...rest } = this.#ofVu;
    this.#ofVu = rest;
    this.#current = null;
  }

  /** One object for all samples between two changes. */
  current(): Tags {
    this.#current ??= {
      ...this.#ofCall,
      ...(this.#hasGroup ? { group: this.#groups.at(-1) ?? '' } : {}),
      ...this.#ofVu,
    };
    return this.#current;
  }

  /** With those that the script gave to one sample, as JSON of an object of texts, or nothing. */
  with(own: string, system: Readonly<Record<string, string>> = {}): Tags {
    if (own === '' && Object.keys(system).length === 0) return this.current();
    return { ...this.current(), ...(own === '' ? {} : (JSON.parse(own) as Tags)), ...system };
  }
}
