// Where stored routes were read: the file, the RIB dump that held them last, whether that was their last record. Few distinct ones, each
// kept once, counted, and forgotten with the last route that has it: a daemon reads files without end.

/** Where a route was read. */
export interface Place {
  readonly file: string;
  readonly dump: string | null;
  readonly fromRib: boolean;
}

/** Places by number. */
export class PlacePool {
  readonly #places: Place[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];
  readonly #byKey = new Map<string, number>();
  /** The one interned last: most are the same as the one before. */
  #last = -1;

  /** The number of this place, counted as used once more. */
  intern({ file, dump, fromRib }: Place): number {
    const last = this.#last === -1 ? undefined : this.#places[this.#last];
    if (last !== undefined && last.file === file && last.dump === dump && last.fromRib === fromRib) {
      this.#uses[this.#last]++;
      return this.#last;
    }
    const key = keyOf({ file, dump, fromRib });
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#places.length;
      this.#places[number] = { file, dump, fromRib };
      this.#uses[number] = 0;
      this.#byKey.set(key, number);
    }
    this.#uses[number]++;
    return (this.#last = number);
  }

  /** One use less. */
  release(number: number): void {
    if (--this.#uses[number] > 0) return;
    this.#byKey.delete(keyOf(this.#places[number]));
    this.#free.push(number);
    if (this.#last === number) this.#last = -1;
  }

  get(number: number): Place {
    return this.#places[number];
  }
}

function keyOf({ file, dump, fromRib }: Place): string {
  return `${fromRib ? 1 : 0} ${dump ?? ''}\n${file}`;
}
