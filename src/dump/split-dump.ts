// A large input's lines made by several workers, the same bytes in the same order. Records are only framed here; each chunk's go to a
// worker, which makes the lines of the ordinary ones. What it leaves is decoded here, in its place. Workers rest on one thing: that no
// session sends undeclared path identifiers. Where a decoded record raises doubt of that, all that follows is done here, record by record.

import { frameRecord, type RawRecord, type RecordTest } from '../mrt/record-framer.js';
import { type LinePool } from './line-pool.js';
import { type LineAnswer, type LineSlot } from './line-slot.js';
import { type Loss, type RecordDump, type RecordTaker } from './record-dump.js';
import { type LossKind } from './stats.js';

/** A slot that a worker has in hand. */
interface Job {
  readonly slot: LineSlot;
  readonly answer: Promise<LineAnswer>;
}

/** Takes an input's records in place of `dump`, and has the lines of most made by `pool`. */
export class SplitDump implements RecordTaker, RecordTest {
  readonly #dump: RecordDump;
  readonly #pool: LinePool;
  readonly #jobs: Job[] = [];
  /** Not yet told, since records before them are still to be taken, which may be losses too. */
  readonly #losses: { readonly kind: LossKind; readonly loss: Loss }[] = [];
  /** Filled since the last turn. */
  #slot: LineSlot | null = null;
  #splitting = false;
  /** False once a worker left more of a run than it made lines of: RIBs are not for workers. */
  #isWorthIt = true;
  /** Where the last record seen began. */
  #seen = 0;

  constructor(dump: RecordDump, pool: LinePool) {
    this.#dump = dump;
    this.#pool = pool;
  }

  get test(): RecordTest {
    return this;
  }

  mayConcern(bytes: Uint8Array, start: number, end: number, index: number, offset: number): boolean {
    this.#seen = offset;
    if (!this.#splitting) return this.#dump.test?.mayConcern(bytes, start, end, index, offset) !== false;
    this.#collect(bytes, start, end, { index, offset });
    return false;
  }

  take(raw: RawRecord): void {
    this.#seen = raw.offset;
    if (this.#splitting) this.#collect(raw.bytes, 0, raw.bytes.length, raw);
    else this.#dump.take(raw);
  }

  lose(kind: LossKind, loss: Loss): void {
    this.#losses.push({ kind, loss });
    if (this.#slot === null && this.#jobs.length === 0) this.#tellLosses();
  }

  /** Tells of the losses before the record that begins at `offset`. */
  #tellLosses(offset = Infinity): void {
    while (this.#losses.length > 0 && this.#losses[0].loss.offset < offset) {
      const { kind, loss } = this.#losses.shift()!;
      this.#dump.lose(kind, loss);
    }
  }

  get #goesOn(): boolean {
    return this.#isWorthIt && this.#dump.isAllPlain;
  }

  async turn(): Promise<void> {
    await this.#dispatch();
    await this.#dump.turn();
    this.#splitting = this.#goesOn && this.#seen >= this.#pool.from;
  }

  async end(): Promise<void> {
    await this.#dispatch();
    while (this.#jobs.length > 0) await this.#finish();
    this.#tellLosses();
    await this.#dump.end();
  }

  #collect(
    bytes: Uint8Array,
    start: number,
    end: number,
    { index, offset }: Pick<RawRecord, 'index' | 'offset'>,
  ): void {
    if (this.#slot === null) {
      this.#slot = this.#pool.takeSlot();
      this.#slot.begin(index);
    }
    this.#slot.add(bytes, start, end, offset);
  }

  /** Gives what was collected to a worker, none more than it should have at once; waits for all of them where there will be no more. */
  async #dispatch(): Promise<void> {
    const slot = this.#slot;
    this.#slot = null;
    if (slot !== null) {
      const answer = this.#pool.run(slot);
      answer.catch(() => undefined); // told of when its turn comes
      this.#jobs.push({ slot, answer });
    }
    while (this.#jobs.length >= this.#pool.limit) await this.#finish();
    if (!this.#goesOn) while (this.#jobs.length > 0) await this.#finish();
    if (this.#jobs.length === 0) this.#tellLosses();
  }

  /** Waits for the oldest job and puts its text, and what it left over, where they belong. */
  async #finish(): Promise<void> {
    const { slot, answer } = this.#jobs.shift()!;
    const done = await answer;
    const first = this.#dump.isAllPlain ? this.#takeAnswer(slot, done) : 0;
    for (let i = first; i < slot.count; i++) this.#takeRecord(slot, i);
    this.#pool.reuse(slot);
    await this.#dump.turn();
  }

  /** @returns how many records of the run were seen to: all, unless one of them raised doubt. */
  #takeAnswer(slot: LineSlot, { length, left, textBefore }: LineAnswer): number {
    if (left.length * 2 > slot.count) this.#isWorthIt = false;
    let from = 0;
    for (let i = 0; i < left.length; i++) {
      this.#dump.takeText(slot.text.subarray(from, textBefore[i]));
      from = textBefore[i];
      this.#takeRecord(slot, left[i]);
      if (!this.#dump.isAllPlain) return left[i] + 1;
    }
    this.#dump.takeText(slot.text.subarray(from, length));
    return slot.count;
  }

  #takeRecord(slot: LineSlot, i: number): void {
    const { start, end, index, offset } = slot.place(i);
    this.#tellLosses(offset);
    if (this.#dump.test?.mayConcern(slot.bytes, start, end, index, offset) === false) return;
    this.#dump.take(frameRecord(slot.bytes.subarray(start, end), index, offset));
  }
}
