export interface Expiring {
  /** The outcome is known; nothing can expire any more. */
  readonly settled: boolean;
  readonly deadlineAtMs: number;
}

/**
 * Requests of one route in the order of their deadlines. All of them have the same deadline after an intended start, so
 * a queue does what a heap or a timer for each request would, at no cost.
 */
export class DeadlineQueue<Item extends Expiring> {
  #items: Item[] = [];
  #front = 0;

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the next request without an outcome whose deadline lies before `nowMs`. */
  takeExpired(nowMs: number): Item | undefined {
    const item = this.#skipSettled();
    if (item === undefined || item.deadlineAtMs >= nowMs) return undefined;
    this.#front += 1;
    return item;
  }

  nextDeadlineMs(): number {
    return this.#skipSettled()?.deadlineAtMs ?? Infinity;
  }

  #skipSettled(): Item | undefined {
    let item = this.#items[this.#front];
    while (item?.settled === true) {
      this.#front += 1;
      item = this.#items[this.#front];
    }
    if (this.#front > 1024 && this.#front * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#front);
      this.#front = 0;
    }
    return item;
  }
}
