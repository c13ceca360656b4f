// The reference data of a command that judges routes: what the configuration names, and what is wrong with it for the person at the terminal.

import { formatReferenceFault, loadReference, type ReferencePaths } from '../daemon/reference-files.js';
import { type PrefixPolicy, PolicyTable } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { printNote } from './command-line.js';
import { CliError, ExitCode } from './exit-code.js';

/** The data that rules rest on beside the registry; entries that cannot be read are told, a file that cannot be used is an error. */
export async function referenceOf(
  paths: ReferencePaths & { readonly rpki: { readonly rtr?: readonly unknown[] } },
  policies: readonly PrefixPolicy[],
): Promise<ReferenceData> {
  if ((paths.rpki.rtr ?? []).length > 0) printNote('peerwatch: RTR caches are asked by run only; the files are used');
  const { data, faults } = await loadReference(paths, new PolicyTable(policies));
  for (const fault of faults) {
    const text = formatReferenceFault(fault);
    if (fault.place === null) throw new CliError(ExitCode.failed, text);
    printNote(`peerwatch: ${text}`);
  }
  return data;
}
