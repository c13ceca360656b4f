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

  /** The number of this place, counted as used once more. */
  intern({ file, dump, fromRib }: Place): number {
    const key = keyOf({ file, dump, fromRib });
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#places.length;
      this.#places[number] = { file, dump, fromRib };
      this.#uses[number] = 0;
      this.#byKey.set(key, number);
    }
    this.#uses[number]++;
    return number;
  }

  /** One use less. */
  release(number: number): void {
    if (--this.#uses[number] > 0) return;
    this.#byKey.delete(keyOf(this.#places[number]));
    this.#free.push(number);
  }

  get(number: number): Place {
    return this.#places[number];
  }
}

function keyOf({ file, dump, fromRib }: Place): string {
  return `${fromRib ? 1 : 0} ${dump ?? ''}\n${file}`;
}
