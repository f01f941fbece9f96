/**
 * What is due, soonest first: a binary heap.
 *
 * @module
 */

/** Something to be done at a time. */
export interface Due {
  readonly dueMs: number;
  /** `null`: it was called off. */
  run: (() => void) | null;
}

/** A heap of due things. */
export class DueHeap {
  readonly #items: Due[] = [];

  add(item: Due): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.dueMs <= item.dueMs) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** The soonest time; `Infinity` when nothing is due any more. */
  nextMs(): number {
    while (this.#items.length > 0 && this.#items[0]!.run === null) this.#removeFirst();
    return this.#items[0]?.dueMs ?? Infinity;
  }

  /** Takes out what is due by a time; `undefined`: nothing. */
  takeDue(nowMs: number): (() => void) | undefined {
    if (this.nextMs() > nowMs) return undefined;
    const { run } = this.#items[0]!;
    this.#removeFirst();
    return run!;
  }

  #removeFirst(): void {
    const items = this.#items;
    const last = items.pop()!;
    const length = items.length;
    if (length === 0) return;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && items[child + 1]!.dueMs < items[child]!.dueMs) child++;
      if (items[child]!.dueMs >= last.dueMs) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
  }
}
