// What the collectors' peers announced at each instant of the lab's story, from `dump --format json` alone: a table made by the plainest
// reading of RFC 4271 and RFC 7911, to compare with what the stager did. Slow, small, and not made of src/.

/** One line of `dump --format json`, as far as routes need it. */
interface Line {
  readonly type: string;
  readonly time: string;
  readonly collector: string;
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly prefix?: string;
  readonly pathId?: number;
  readonly asPath?: readonly number[];
  readonly oldState?: number;
}

/** The routes of one collector's updates, played forward second by second. */
export class CollectorRoutes {
  readonly #lines: readonly Line[];
  readonly #routes = new Map<string, Line>();
  #next = 0;

  /** @param output what `dump --format json` printed of one file of updates. */
  constructor(output: string) {
    this.#lines = output
      .split('\n')
      .filter((line) => line !== '')
      .map(parseLine);
  }

  /** Applies every record up to and with the second of `time`. */
  playTo(time: string): void {
    while (this.#next < this.#lines.length) {
      const line = this.#lines[this.#next];
      if (line.time.slice(0, 19) > time.slice(0, 19)) return;
      this.#apply(line);
      this.#next++;
    }
  }

  /** The peer ASes that announce `prefix` with a path that ends in `tail` (any path where it is empty), ascending. */
  peersWith(prefix: string, tail: readonly number[]): number[] {
    const wanted = tail.map((asn) => ` ${asn}`).join('');
    const found = [...this.#routes.values()].filter(
      (line) => line.prefix === prefix && ` ${(line.asPath ?? []).join(' ')}`.endsWith(wanted),
    );
    return [...new Set(found.map(({ peerAs }) => peerAs))].sort((a, b) => a - b);
  }

  #apply(line: Line): void {
    const key = `${line.peerAddress} ${line.prefix ?? ''} ${line.pathId ?? ''}`;
    if (line.type === 'announce') this.#routes.set(key, line);
    else if (line.type === 'withdraw') this.#routes.delete(key);
    else if (line.type === 'state' && line.oldState === 6) this.#drop(line.peerAddress);
  }

  #drop(peerAddress: string): void {
    for (const [key, line] of this.#routes) if (line.peerAddress === peerAddress) this.#routes.delete(key);
  }
}

function parseLine(text: string): Line {
  const value: unknown = JSON.parse(text);
  if (!isLine(value)) throw new Error(`Cannot read a line of dump: ${text}`);
  return value;
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && 'type' in value && 'time' in value && 'peerAddress' in value;
}
