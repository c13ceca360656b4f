// Why a file, a folder or a server could not be read or written, in the words of a shell: what Node says of it (`ENOENT: no such file or
// directory, open 'x'`) names the code and repeats the path. The same for every command and every option.

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  EEXIST: 'it is there already',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many open files',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be larger than files may be here',
  EROFS: 'the file system is read-only',
  EIO: 'the device has a fault',
  ENXIO: 'it is a socket, or a device that is not there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNREFUSED: 'the server refuses the connection',
  ECONNRESET: 'the server broke the connection off',
  ETIMEDOUT: 'the server does not answer',
};

/** The reason for people, without path and code; where it is none of the system's, the error's own message. */
export function fileErrorReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error; // fetch says why in its cause
  return REASONS[errorCode(cause)] ?? cause.message;
}

/** True where the system refused something about a file: an error to be said without a stack. */
export function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && errorCode(error) in REASONS;
}

/** The path that such an error is about; empty where it says none. */
export function filePathOf(error: Error): string {
  return 'path' in error && typeof error.path === 'string' ? error.path : '';
}

function errorCode(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
