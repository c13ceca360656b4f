// A file that a command writes: new, unless told otherwise; `-` is standard output.

import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import process from 'node:process';
import { fileErrorReason, isFileError } from '../sources/file-error.js';
import { CliError, ExitCode } from './exit-code.js';

/**
 * Writes a file, or to standard output.
 *
 * @throws CliError where it is there already and not to be replaced (exit 2), or cannot be written (exit 1).
 */
export async function writeOutput(path: string, content: Uint8Array | string, force: boolean): Promise<void> {
  if (path.trim() === '') throw new CliError(ExitCode.usage, 'the file to write has no name');
  if (path === '-') {
    if (!process.stdout.write(content)) await once(process.stdout, 'drain');
    return;
  }
  try {
    writeFileSync(path, content, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (!isFileError(error)) throw error;
    const isThere = 'code' in error && error.code === 'EEXIST';
    const advice = isThere ? '; --force replaces it' : '';
    const message = `Cannot write ${path}: ${fileErrorReason(error)}${advice}`;
    throw new CliError(isThere ? ExitCode.usage : ExitCode.failed, message, { cause: error });
  }
}
