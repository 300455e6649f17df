/** The SharedArrays of a run: their elements as JSON, made by the first VU that asks. */
export class SharedArrays {
  readonly #elements = new Map<string, readonly string[]>();

  /** -1 where there is none of that name. */
  length(name: string): number {
    return this.#elements.get(name)?.length ?? -1;
  }

  /** JSON; null where there is no such element. */
  element(name: string, index: number): string {
    return this.#elements.get(name)?.[index] ?? 'null';
  }

  /** JSON of an array of elements as JSON. */
  share(name: string, elements: string): void {
    this.#elements.set(name, JSON.parse(elements) as string[]);
  }
}
