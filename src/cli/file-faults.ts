// Faults of a registry file, or of a list of prefixes, as the command line tells them. A file of its own, since it brings the registry's
// modules with it, which `dump` does without.

import { formatFault } from '../registry/validation.js';
import { type FileFault } from '../registry/yaml-reader.js';
import { fileTitle } from './command-line.js';
import { CliError, ExitCode } from './exit-code.js';

/** Throws an error that names every fault as `file:line:column: rule: what`; returns where there is none. */
export function refuseFaults(path: string, faults: readonly FileFault[]): void {
  if (faults.length === 0) return;
  const name = fileTitle(path);
  const lines = faults.map((fault) => {
    return `  ${name}:${fault.line}:${fault.column}: ${formatFault({ ...fault, subject: fault })}`;
  });
  throw new CliError(ExitCode.usage, `nothing was stored; faults in ${name}:\n${lines.join('\n')}`);
}
