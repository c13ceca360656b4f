// Reads peerwatch.yaml: finds it, parses YAML 1.2, checks it against the schema and against itself, and says every fault with line
// and column. What it returns is whole: every default filled in, paths resolved against the file's folder.
// It opens no database and no listener, and changes nothing; `check-config`, the start and SIGHUP all go through it.

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, type Document, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { isLoopback, parseListen } from '../api/listen-address.js';
import { parseMaskedPrefix, parsePrefix, PrefixSyntaxError } from '../ip/prefix-text.js';
import { parseSlurm, SlurmSyntaxError } from '../rpki/slurm.js';
import { fileErrorReason } from '../sources/file-error.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import { checkConfig, type PathFault } from './config-check.js';
import { type PeerwatchConfig } from './config-schema.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadedConfig {
  readonly config: PeerwatchConfig;
  /** The file it came from; null where there is none and all is default. */
  readonly file: string | null;
  /** The bearer token, read from its file; null where none is set. */
  readonly token: string | null;
}

/**
 * The configuration in force: `--config`, else peerwatch.yaml in `$CONFIGURATION_DIRECTORY` (systemd), else in the working folder,
 * else all defaults.
 *
 * @param options.readsData see `ParseOptions`. A command that needs no data does without, and a start goes on without it.
 * @throws ConfigError with every fault.
 */
export function loadConfig(
  path: string | undefined,
  env: Environment,
  { readsData = false }: Pick<ParseOptions, 'readsData'> = {},
): LoadedConfig {
  const file = path ?? defaultConfigPath(env);
  if (file === null)
    return { config: parseConfig('', { file: 'peerwatch.yaml', env }), file, token: readToken(null, env) };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = fileErrorReason(error);
    throw new ConfigError(file, [whole('', `cannot be read: ${why}`)], {
      cause: error,
      message: `Cannot read ${file}: ${why}`,
    });
  }
  const config = parseConfig(text, { file, env, readsToken: true, readsData });
  return { config, file, token: readToken(config.http.tokenFile, env, file) };
}

/** The first peerwatch.yaml that exists where one is looked for, or null. */
export function defaultConfigPath(env: Environment): string | null {
  const folders = [env['CONFIGURATION_DIRECTORY']?.split(':')[0] ?? '', '.'].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'peerwatch.yaml')).find((path) => existsSync(path)) ?? null;
}

export interface ParseOptions {
  /** Names the text in faults; its folder is what relative paths start from. */
  readonly file: string;
  readonly env?: Environment;
  /** A token file that cannot be read is a fault among the others, at its line. Default false: only the text is looked at. */
  readonly readsToken?: boolean;
  /** The same of the files that `detection` names. Default false. */
  readonly readsData?: boolean;
}

/**
 * Parses and checks the text of a configuration.
 *
 * @throws ConfigError with every fault.
 */
export function parseConfig(text: string, options: ParseOptions): PeerwatchConfig {
  const { file, env = {}, readsToken = false, readsData = false } = options;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    const faults = syntax.map(({ pos, message }) => ({
      ...place(lines, pos[0]),
      key: '',
      message: firstLine(message),
    }));
    throw new ConfigError(file, faults);
  }
  const { config, faults } = checkConfig(plain(document, file));
  const faulty = new Set(faults.map(({ path }) => path.slice(0, 2).join('.')));
  const token = readsToken ? tokenFaults(config.http.tokenFile, dirname(resolve(file))) : [];
  const data = readsData ? dataFaults(config, dirname(resolve(file))) : [];
  const semantic = [...semanticFaults(config, env), ...token, ...data].filter(
    ({ path }) => !faulty.has(path.slice(0, 2).join('.')),
  );
  const all = [...faults, ...semantic].map((fault) => located(fault, document, lines));
  if (all.length > 0)
    throw new ConfigError(
      file,
      all.sort((a, b) => a.line - b.line || a.column - b.column),
    );
  return resolvePaths(config, dirname(resolve(file)));
}

/**
 * The bearer token of `http.tokenFile`, else of `$CREDENTIALS_DIRECTORY/http-token`; null where there is neither.
 *
 * @throws ConfigError where the file cannot be read or holds no token.
 */
export function readToken(tokenFile: string | null, env: Environment, configFile = 'peerwatch.yaml'): string | null {
  const path = tokenFile ?? credential(env, 'http-token');
  if (path === null) return null;
  const { token, fault } = tokenOf(path);
  if (token === null) throw new ConfigError(configFile, [whole('http.tokenFile', fault)]);
  return token;
}

function tokenOf(path: string): { readonly token: string; readonly fault: '' } | { token: null; fault: string } {
  try {
    const token = readFileSync(path, 'utf8').trim();
    if (/^[\x21-\x7e]+$/.test(token)) return { token, fault: '' };
    return { token: null, fault: `${path} must hold one line of visible ASCII, the token` };
  } catch (error) {
    return { token: null, fault: `Cannot read ${path}: ${fileErrorReason(error)}` };
  }
}

function tokenFaults(tokenFile: string | null, folder: string): PathFault[] {
  if (tokenFile === null) return [];
  const { fault } = tokenOf(resolve(folder, tokenFile));
  return fault === '' ? [] : [{ path: ['http', 'tokenFile'], onKey: false, message: fault }];
}

/** Files of `detection` that are not there, may not be read, or are no SLURM. What entries of the others are worth, who reads them says. */
function dataFaults({ detection }: PeerwatchConfig, folder: string): PathFault[] {
  const { rpki, relationships } = detection;
  const fault = (path: readonly string[], name: string, check: (file: string) => void): PathFault[] => {
    const file = resolve(folder, name);
    try {
      check(file);
      return [];
    } catch (error) {
      const message =
        error instanceof SlurmSyntaxError ? error.message : `Cannot read ${file}: ${fileErrorReason(error)}`;
      return [{ path: ['detection', ...path], onKey: false, message }];
    }
  };
  return [
    ...rpki.files.flatMap((name, index) => fault(['rpki', 'files', String(index)], name, checkReadable)),
    ...rpki.slurm.flatMap((name, index) => fault(['rpki', 'slurm', String(index)], name, checkSlurm)),
    ...(relationships === null ? [] : fault(['relationships'], relationships, checkReadable)),
  ];
}

/** @throws where not one byte can be read of it; a folder can be opened, but not read. */
function checkReadable(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, new Uint8Array(1));
  } finally {
    closeSync(descriptor);
  }
}

function checkSlurm(file: string): void {
  parseSlurm(readFileSync(file, 'utf8'));
}

/** The YAML document as plain data. An alias bomb ends here. */
function plain(document: Document, file: string): unknown {
  try {
    const value: unknown = document.toJS();
    return value;
  } catch (error) {
    throw new ConfigError(file, [whole('', reason(error))], { cause: error });
  }
}

/** What no schema can say: values that contradict each other, or are no address or prefix. */
function semanticFaults({ http, metrics, detection }: PeerwatchConfig, env: Environment): PathFault[] {
  const faults: PathFault[] = [];
  const fault = (path: string, message: string): unknown =>
    faults.push({ path: path.split('.'), onKey: false, message });
  const listen = parseListen(http.listen);
  const token = http.tokenFile ?? credential(env, 'http-token');
  if (listen === null) {
    fault('http.listen', `must be an address and port such as 127.0.0.1:9599 or [::1]:9599, not "${http.listen}"`);
  } else if (!isLoopback(listen.host) && token === null && !http.insecure) {
    fault('http.listen', `"${http.listen}" can be reached from elsewhere: set http.tokenFile, or http.insecure: true`);
  }
  metrics.watch.forEach((name, index) => {
    if (!isWatchable(name)) fault(`metrics.watch.${index}`, `must be a prefix or collector|address|AS, not "${name}"`);
  });
  const { reuse, suppress, ceiling } = detection.flapping;
  if (reuse >= suppress) fault('detection.flapping.reuse', `must be below suppress (${suppress})`);
  if (suppress > ceiling) fault('detection.flapping.suppress', `must not be above ceiling (${ceiling})`);
  if (detection.transfer.minUp > detection.transfer.max) fault('detection.transfer.minUp', 'must not be above max');
  return faults;
}

function isWatchable(name: string): boolean {
  const session = /^[^|]+\|([^|]+)\|\d{1,10}$/.exec(name);
  try {
    if (session === null) parsePrefix(name);
    else parseMaskedPrefix(session[1]);
    return true;
  } catch (error) {
    if (error instanceof PrefixSyntaxError) return false;
    throw error;
  }
}

function credential(env: Environment, name: string): string | null {
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') return null;
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}

function resolvePaths(config: PeerwatchConfig, folder: string): PeerwatchConfig {
  const from = (path: string | null): string | null => (path === null ? null : resolve(folder, path));
  const each = (paths: readonly string[]): string[] => paths.map((path) => resolve(folder, path));
  const { http, database, sources, detection } = config;
  const { rpki, relationships } = detection;
  return {
    ...config,
    http: { ...http, tokenFile: from(http.tokenFile) },
    database: { ...database, path: from(database.path) },
    detection: {
      ...detection,
      rpki: { ...rpki, files: each(rpki.files), slurm: each(rpki.slurm) },
      relationships: from(relationships),
    },
    sources: { ...sources, spool: { ...sources.spool, directory: from(sources.spool.directory) } },
  };
}

/** Finds the line of a fault: that of the key, or of the value, or of the nearest thing above that is written in the file. */
function located({ path, onKey, message }: PathFault, document: Document, lines: LineCounter): ConfigFault {
  const key = path.join('.');
  for (let length = path.length; length > 0; length--) {
    const offset = offsetOf(path.slice(0, length), document, onKey || length < path.length);
    if (offset !== null) return { ...place(lines, offset), key, message };
  }
  return { ...place(lines, 0), key, message };
}

function offsetOf(path: readonly string[], document: Document, onKey: boolean): number | null {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const name = path.at(-1);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
    : undefined;
  const value: unknown = pair === undefined ? document.getIn(path, true) : pair.value;
  const node = onKey || !isNode(value) || value.range?.[0] === value.range?.[1] ? (pair?.key ?? value) : value;
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function whole(key: string, message: string): ConfigFault {
  return { line: 0, column: 0, key, message };
}

function firstLine(message: string): string {
  return message.split('\n')[0];
}

function reason(error: unknown): string {
  return error instanceof Error ? firstLine(error.message) : String(error);
}
