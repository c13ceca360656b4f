// What must hold of any input: the decoder gives a record or throws DecodeError, nothing else; what it gives can be made into elements,
// lines and JSON; where it is well-formed, the writer can write it, or says RangeError; and a damaged record in a stream costs no
// intact one behind it.

import { BgpdumpFormatter } from '../../src/dump/bgpdump-line.js';
import { JsonFormatter } from '../../src/dump/json-element.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { frameRecord } from '../../src/mrt/record-framer.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { DecodeError } from '../../src/wire/decode-error.js';

/** Inputs that one decoder is given: it remembers sessions, and that is part of what is tested. */
const DECODER_LIFE = 10_000;
/** One input of so many is also printed and written. */
const PRINTED = 8;

/** Decodes inputs. */
export class DecodeOracle {
  readonly #bgpdump = new BgpdumpFormatter();
  readonly #json = new JsonFormatter('fuzz');
  readonly #out = new LineBuffer();
  #decoder = new MrtDecoder({ keepForm: true });
  #inputs = 0;
  decoded = 0;
  refused = 0;

  /** @throws whatever but DecodeError comes of it. */
  check(bytes: Uint8Array): void {
    if (++this.#inputs % DECODER_LIFE === 0) this.#decoder = new MrtDecoder({ keepForm: true });
    try {
      const record = this.#decoder.decode(frameRecord(bytes, 0, 0));
      this.decoded++;
      if (this.#inputs % PRINTED !== 0) return;
      for (const element of elementsOf(record)) {
        this.#bgpdump.write(element, this.#out);
        this.#json.write(element, this.#out);
      }
      if (this.#out.isFull) this.#out.copy();
      tryEncoding(record);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.refused++;
      if (!(error.offset >= 0 && error.offset <= bytes.length))
        throw new Error(`DecodeError ${error.code} at ${error.offset} of ${bytes.length}`, { cause: error });
    }
  }
}

function tryEncoding(record: Parameters<typeof encodeMrtRecord>[0]): void {
  try {
    encodeMrtRecord(record);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
