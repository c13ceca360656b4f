// What must hold of any input: the decoder gives a record or throws DecodeError, nothing else; what it gives can be made into elements,
// lines and JSON; where it is well-formed, the writer can write it, or says RangeError. Each within bounds: no more elements than
// octets, and a time that ten thousand usual inputs would take.

import { BgpdumpFormatter } from '../../src/dump/bgpdump-line.js';
import { JsonFormatter } from '../../src/dump/json-element.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { frameRecord } from '../../src/mrt/record-framer.js';
import { MrtDecoder, type MrtRecord } from '../../src/mrt/record.js';
import { DecodeError } from '../../src/wire/decode-error.js';

/** Inputs that one decoder is given: it remembers sessions, and that is part of what is tested. */
const DECODER_LIFE = 10_000;
/** One input of so many is also printed and written. */
const PRINTED = 4;
/** The longest that an input may take, the least of three goes: usual are some 0.01 ms, and a busy machine is no fault. */
const LONGEST_MS = 100;

/** Decodes inputs. */
export class DecodeOracle {
  readonly #bgpdump = new BgpdumpFormatter();
  readonly #json = new JsonFormatter('fuzz');
  readonly #out = new LineBuffer();
  #decoder = new MrtDecoder({ keepForm: true });
  #inputs = 0;
  decoded = 0;
  refused = 0;

  /** @throws whatever but DecodeError comes of it, and where it takes too long. */
  check(bytes: Uint8Array): void {
    if (++this.#inputs % DECODER_LIFE === 0) this.#decoder = new MrtDecoder({ keepForm: true });
    const isPrinted = this.#inputs % PRINTED === 0;
    let least = this.#timed(bytes, isPrinted);
    for (let again = 0; least > LONGEST_MS && again < 2; again++)
      least = Math.min(least, new DecodeOracle().#timed(bytes, isPrinted));
    if (least > LONGEST_MS) throw new Error(`${bytes.length} octets take ${Math.round(least)} ms`);
  }

  #timed(bytes: Uint8Array, isPrinted: boolean): number {
    const began = performance.now();
    this.#check(bytes, isPrinted);
    return performance.now() - began;
  }

  #check(bytes: Uint8Array, isPrinted: boolean): void {
    try {
      const record = this.#decoder.decode(frameRecord(bytes, 0, 0));
      this.decoded++;
      if (isPrinted) this.#use(record, bytes.length);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.refused++;
      if (!(error.offset >= 0 && error.offset <= bytes.length))
        throw new Error(`DecodeError ${error.code} at ${error.offset} of ${bytes.length}`, { cause: error });
    }
  }

  #use(record: MrtRecord, octets: number): void {
    const elements = elementsOf(record);
    if (elements.length > octets) throw new Error(`${elements.length} elements of ${octets} octets`);
    for (const element of elements) {
      this.#bgpdump.write(element, this.#out);
      this.#json.write(element, this.#out);
    }
    if (this.#out.isFull) this.#out.copy();
    tryEncoding(record);
  }
}

function tryEncoding(record: MrtRecord): void {
  try {
    encodeMrtRecord(record);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
