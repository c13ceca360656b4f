// The one error of broken input: what was wrong, as a stable code, and where. Decoders throw it, the caller of a record catches it,
// counts it by code, and goes on with the next record. It knows no protocol; nothing else may come out of a decoder.

/** Thrown where bytes cannot be interpreted. A tolerable defect is a warning instead, and "need more bytes" a return value. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Stable, in kebab-case, fit for a metric label: `truncated`, `bgp-marker`, `nlri-length`, ... */
  readonly code: string;
  /** Where in the bytes given to the decoder; for MRT records, counted from the first octet of the record's header. */
  readonly offset: number;

  constructor(code: string, message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
