// The schema of peerwatch.yaml, once: TypeScript type, validation, JSON schema for editors, and the commented example are all made
// of it. Every key has a default, so an empty file is a whole configuration. Secrets are named by file, never written here.

import { type StaticDecode } from 'typebox';
import { choice, count, duration, flag, optionalText, section, size, text, texts } from './config-values.js';
import { detectionSchema } from './detection-schema.js';
import { LEVELS } from '../detection/finding.js';

const DAY = 86_400e6;

/** The whole file. */
export const configSchema = section('peerwatch.yaml', {
  http: section('The HTTP listener: /metrics, /healthz, /readyz.', {
    listen: text(
      '127.0.0.1:9599',
      'Address and port. Beyond loopback it needs a token or "insecure: true".',
      'an address and port such as 127.0.0.1:9599 or [::1]:9599',
    ),
    tokenFile: optionalText(
      'File that holds the bearer token which requests must carry. Default: $CREDENTIALS_DIRECTORY/http-token, if there is one.',
      'the path of a file',
    ),
    insecure: flag(false, 'Listen beyond loopback without a token.'),
  }),
  database: section('The SQLite database.', {
    path: optionalText(
      'Its file; --database wins. Default: $STATE_DIRECTORY/peerwatch.db, else ./peerwatch.db.',
      'the path of a file',
    ),
    maxBytes: size('2GiB', 'At this size the oldest events are deleted first.'),
  }),
  sources: section('Where routes come from.', {
    spool: section('A folder that MRT files are dropped into.', {
      directory: optionalText(
        'The folder; each sub-folder is a collector. Default: $STATE_DIRECTORY/spool, else ./spool.',
        'the path of a folder',
      ),
      collector: optionalText(
        'Collector of the files directly in the folder. Default: told by their names.',
        'the name of a collector',
      ),
      onDone: choice(
        ['keep', 'delete', 'move'],
        'keep',
        'What happens to a file that was read: keep, delete, or move.',
      ),
    }),
  }),
  detection: detectionSchema,
  notify: section('Which incidents are told.', {
    minLevel: choice(LEVELS, 'Information', 'The least level.'),
    except: texts('Incident types that are never told.', 'an incident type', ['forged-path']),
  }),
  retention: section('How long things are kept; open incidents always are.', {
    incidents: duration(400 * DAY, 'Resolved incidents.'),
    evidence: duration(90 * DAY, 'The bytes of records that are evidence.'),
    events: duration(90 * DAY, 'Events.'),
    outbox: duration(30 * DAY, 'Delivered notifications.'),
    linkHistory: duration(90 * DAY, 'Links between ASes that were seen.'),
    routeLog: duration(30 * DAY, 'Changes of routes, for "why --at" and "backtest --from"; 0 keeps none ...'),
    routeLogRows: count(10_000_000, '... and at most so many of them.', { minimum: 1 }),
  }),
  metrics: section('Series beyond the fixed ones.', {
    watch: texts(
      'Prefixes, and sessions as collector|address|AS, with series of their own; the first 200 are heeded.',
      'a prefix such as 203.0.113.0/24, or a session such as rrc00|192.0.2.1|64500',
    ),
  }),
  log: section('The log, on stderr.', {
    level: choice(['trace', 'debug', 'info', 'warn', 'error'], 'info', 'The least level; --log-level wins.'),
    format: choice(
      ['auto', 'text', 'json'],
      'auto',
      'text or json; auto is text on a terminal and in the journal, json elsewhere.',
    ),
  }),
});

/** The configuration with every default filled in: durations in microseconds, sizes in bytes. */
export type PeerwatchConfig = StaticDecode<typeof configSchema>;

/** What the walks over the schema see of a node. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly errorMessage?: string;
}

/** The schema as the plain data that it is. */
export function schemaTree(): SchemaNode {
  const root: unknown = configSchema;
  if (!isSchemaNode(root)) throw new Error('Cannot read the configuration schema: it has no properties');
  return root;
}

/** The schema's node at a path of keys and list positions, or undefined. */
export function schemaAt(path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schemaTree();
  for (const key of path) node = node?.properties === undefined ? node?.items : node.properties[key];
  return node;
}

/** JSON Schema (draft 2020-12) for editors. Nothing is required, and a section may be left empty. */
export function jsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'peerwatch.yaml',
    ...forEditors(schemaTree()),
  };
}

function forEditors({ properties, ...rest }: SchemaNode): Record<string, unknown> {
  if (properties === undefined) return rest;
  const open = Object.entries(rest).filter(([keyword]) => keyword !== 'required');
  const inner = Object.entries(properties).map(([key, node]) => [key, forEditors(node)] as const);
  return { ...Object.fromEntries(open), type: ['object', 'null'], properties: Object.fromEntries(inner) };
}

function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && 'properties' in value;
}
