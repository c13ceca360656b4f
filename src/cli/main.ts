#!/usr/bin/env node
// Entry point: parses the command line, runs one command, and turns its outcome into an exit code. The only file that exits.

import process from 'node:process';
import { runProgram } from './program.js';
import { fileErrorReason, filePathOf, isFileError } from '../sources/file-error.js';
import { CliError, ExitCode } from './exit-code.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ExitCode.ok); // `peerwatch dump FILE | head` ends quietly
  process.stderr.write(`peerwatch: Cannot write to standard output: ${fileErrorReason(error)}\n`);
  process.exit(ExitCode.failed);
});

try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  if (error instanceof CliError) {
    process.stderr.write(`peerwatch: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else if (isFileError(error) && filePathOf(error) !== '') {
    process.stderr.write(`peerwatch: Cannot use ${filePathOf(error)}: ${fileErrorReason(error)}\n`);
    process.exitCode = ExitCode.failed;
  } else {
    process.stderr.write(`peerwatch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = ExitCode.failed;
  }
}
