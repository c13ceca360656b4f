// The one table of exit codes (product contract), and the error that carries one to `main`.

/** What the process says when it ends. 2 wins over all; 4 wins over 3. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, damagedInput: 3, incidentsFound: 4 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** An error for the person at the terminal: printed as `peerwatch: message`, without a stack, ending the process with `exitCode`. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
