/* The time of a page: it passes only where a test says so. */

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export class Clock {
  now = 0;
  #next = 1;
  #timers = new Map();

  get waiting() { return this.#timers.size; }

  set(act, after = 0) {
    this.#timers.set(this.#next, { act, at: this.now + after });
    return this.#next++;
  }
  clear(id) { this.#timers.delete(id); }

  /* Lets so many milliseconds pass, one timer after the other, each with all that follows from it. */
  async advance(milliseconds) {
    const until = this.now + milliseconds;
    await settled();
    for (let due = this.#due(until); due; due = this.#due(until)) {
      const [id, { act, at }] = due;
      this.now = at;
      this.#timers.delete(id);
      act();
      await settled();
    }
    this.now = until;
  }

  #due(until) {
    const found = [...this.#timers].filter(([, { at }]) => at <= until);
    return found.sort(([left, { at: first }], [right, { at: second }]) => first - second || left - right)[0];
  }
}
