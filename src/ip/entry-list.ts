// A list of entry numbers that a look-up fills and its caller reads at once. It is kept and used again, so that a look-up allocates
// its result alone, at its exact length. It holds numbers of entries (prefix-trie.ts), never values, and is not safe to read
// after the next look-up.

/** A growing list of entry numbers. It keeps its room: at most one number for each entry stored. */
export class EntryList {
  items = new Int32Array(256);
  length = 0;

  push(entry: number): void {
    if (this.length === this.items.length) this.#grow();
    this.items[this.length++] = entry;
  }

  #grow(): void {
    const grown = new Int32Array(this.items.length * 2);
    grown.set(this.items);
    this.items = grown;
  }
}
