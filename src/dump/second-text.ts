// The seconds of record times as text, written once while they stay the same.

import { putNumber } from './ascii.js';

export class SecondText {
  #second = -1;
  readonly #text = new Uint8Array(10);
  #length = 0;

  /** Puts `second`, 0 to 4294967295, at `start` of `out`. */
  put(out: Uint8Array, start: number, second: number): number {
    if (second !== this.#second) {
      this.#second = second;
      this.#length = putNumber(this.#text, 0, second);
    }
    for (let i = 0; i < this.#length; i++) out[start + i] = this.#text[i];
    return start + this.#length;
  }
}
