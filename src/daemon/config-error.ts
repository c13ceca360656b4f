// What is wrong with a configuration: every fault with its line, in one error.

/** One fault, at a 1-based line and column; both 0 where the whole file is meant. */
export interface ConfigFault {
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, `http.listen`; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
}

/** Thrown where a configuration cannot be used. The old one stays in force. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_CONFIG';
  readonly file: string;
  readonly faults: readonly ConfigFault[];

  /** `message` stands for the list of faults where there is nothing in the file to point at. */
  constructor(
    file: string,
    faults: readonly ConfigFault[],
    options: ErrorOptions & { readonly message?: string } = {},
  ) {
    const lines = faults.map((fault) => formatFault(file, fault));
    super(options.message ?? `Cannot use the configuration ${file}:\n  ${lines.join('\n  ')}`, options);
    this.file = file;
    this.faults = faults;
  }
}

/** `peerwatch.yaml:3:5: http.lissten: unknown key`, the form that editors jump to. */
export function formatFault(file: string, { line, column, key, message }: ConfigFault): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return key === '' ? `${place}: ${message}` : `${place}: ${key}: ${message}`;
}
