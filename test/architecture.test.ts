// The shape that ARCHITECTURE.md promises, checked on the source: import directions (import-directions.json is the closed list),
// no import cycle, which file may use which package, what pure folders may not touch, names, barrels, head comments, sizes.
// Lint refuses much of this while typing; this test also sees re-exports, import() and types in `import('...')`.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, relative } from 'node:path';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { projectRoot } from './support/requires.js';

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface SourceFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  /** The folder of src/ that it is in. */
  readonly folder: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

interface Directions {
  readonly value: readonly string[];
  readonly types: readonly string[];
}

const pure = [
  'wire',
  'ip',
  'bgp',
  'mrt',
  'bmp',
  'rpki',
  'relations',
  'rib',
  'detection',
  'incidents',
  'picture',
  'pipeline',
];
const forbiddenNames = ['utils', 'helpers', 'common', 'core', 'misc', 'types', 'index'];
const impureGlobals = new Set([
  'process',
  'console',
  'Buffer',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'require',
]);
const owners: readonly [name: string, owner: string][] = [
  ['better-sqlite3', 'src/registry/'],
  ['prom-client', 'src/telemetry/'],
  ['ip-address', 'src/ip/prefix-text.ts'],
];

function filesUnder(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(projectRoot, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return { path, folder: path.split('/')[1], text, tree, imports: importsOf(tree) };
}

function descendants(node: ts.Node): ts.Node[] {
  const out: ts.Node[] = [];
  const visit = (child: ts.Node): void => {
    out.push(child);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return out;
}

function importsOf(tree: ts.SourceFile): Import[] {
  return descendants(tree).flatMap((node): Import[] => {
    if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, isTypeOnlyImport(node));
    if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, isTypeOnlyExport(node));
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return named(node.argument.literal, true);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      return named(node.arguments[0], false);
    return [];
  });
}

function named(specifier: ts.Node | undefined, typeOnly: boolean): Import[] {
  if (specifier === undefined) return [];
  assert.ok(ts.isStringLiteral(specifier), `import() of something computed: ${specifier.getText()}`);
  return [{ specifier: specifier.text, typeOnly }];
}

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = importClause.namedBindings;
  return (
    importClause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function isTypeOnlyExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  return (
    exportClause !== undefined && ts.isNamedExports(exportClause) && exportClause.elements.every((e) => e.isTypeOnly)
  );
}

const isRelative = ({ specifier }: Import): boolean => specifier.startsWith('.');

/** The path from the root of what a relative import names. */
function target(file: SourceFile, { specifier }: Import): string {
  return posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts');
}

/** `better-sqlite3` of `better-sqlite3/lib/x`, `@scope/name` of `@scope/name/x`. */
function packageOf({ specifier }: Import): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isBuiltin({ specifier }: Import): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot, path), 'utf8'));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readDirections(): Map<string, Directions> {
  const json = readJson('import-directions.json');
  assert.ok(isRecord(json));
  const list = (value: unknown): string[] => {
    assert.ok(Array.isArray(value));
    return value.map(String);
  };
  return new Map(
    Object.entries(json).flatMap(([folder, entry]) =>
      isRecord(entry) ? [[folder, { value: list(entry['value']), types: list(entry['types']) }]] : [],
    ),
  );
}

/** True where a list of folders, files without `.ts`, or `*`, holds a path. */
function lists(entries: readonly string[], path: string): boolean {
  const inside = path.replace(/^src\//, '').replace(/\.ts$/, '');
  return entries.some((entry) => entry === '*' || inside === entry || inside.startsWith(`${entry}/`));
}

/** A cycle as a list of paths, or null. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const next of graph.get(path) ?? []) {
      const cycle = walk(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const cycle = walk(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Lines of the comment that a file opens with, after a `#!` line. */
function headLines(text: string): number {
  const lines = text.replace(/^#!.*\n/, '').split('\n');
  if (lines[0].startsWith('/*')) return lines.findIndex((line) => line.includes('*/')) + 1;
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return end < 0 ? lines.length : end;
}

/** Uses of the clock, the process or the outside by name, as `file:line name`. */
function impureUses(file: SourceFile): string[] {
  const at = (node: ts.Node, name: string): string =>
    `${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${name}`;
  return descendants(file.tree).flatMap((node): string[] => {
    if (ts.isPropertyAccessExpression(node) && ['Date.now', 'Math.random'].includes(node.getText()))
      return [at(node, node.getText())];
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
      return [at(node, 'new Date()')];
    return ts.isIdentifier(node) && impureGlobals.has(node.text) && !isMemberName(node) ? [at(node, node.text)] : [];
  });
}

/** True for the `x` of `a.x`, `{ x: 1 }`, `{ x(): void }` and the like, which name no global. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent)) && parent.name === node
  );
}

/** Re-exports and nothing of its own. */
function isBarrel({ tree }: SourceFile): boolean {
  const own = tree.statements.filter((statement) => !ts.isImportDeclaration(statement));
  return own.length > 0 && own.every((statement) => ts.isExportDeclaration(statement));
}

const sources = filesUnder('src')
  .filter((path) => path.endsWith('.ts'))
  .map(readSource);
const directions = readDirections();

function assertNone(offenders: readonly string[], rule: string): void {
  assert.deepEqual(offenders, [], rule);
}

describe('architecture: imports', () => {
  test('architecture: every folder of src/ is in import-directions.json, and no file lies beside the folders', () => {
    assertNone(
      sources
        .filter(({ path, folder }) => !directions.has(folder) || path.split('/').length < 3)
        .map(({ path }) => path),
      'files in unlisted folders',
    );
  });

  test('architecture: a folder imports only what import-directions.json lists for it', () => {
    const offenders = sources.flatMap((file) =>
      file.imports.filter(isRelative).flatMap((each) => {
        const path = target(file, each);
        const { value, types } = directions.get(file.folder) ?? { value: [], types: [] };
        const allowed = [file.folder, ...value, ...(each.typeOnly ? types : [])];
        return lists(allowed, path) ? [] : [`${file.path} imports ${path}${each.typeOnly ? '' : ' by value'}`];
      }),
    );
    assertNone(offenders, 'imports that are not in the closed list');
  });

  test('architecture: a relative import names an existing file of src/ by its .js name', () => {
    const known = new Set(sources.map(({ path }) => path));
    const offenders = sources.flatMap((file) =>
      file.imports
        .filter((each) => isRelative(each) && !known.has(target(file, each)))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    assertNone(offenders, 'imports of something outside src/, or without .js');
  });

  test('architecture: there is no import cycle, types included', () => {
    const graph = new Map(
      sources.map((file) => [file.path, file.imports.filter(isRelative).map((each) => target(file, each))]),
    );
    assert.equal(findCycle(graph)?.join(' -> ') ?? null, null);
  });

  test('architecture: findCycle finds a cycle behind a shared file, and none in a diamond', () => {
    const diamond: [string, string[]][] = [
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
    ];
    assert.equal(findCycle(new Map(diamond)), null);
    assert.deepEqual(findCycle(new Map([...diamond, ['d', ['e']], ['e', ['c']]])), ['d', 'e', 'c', 'd']);
  });

  test('architecture: better-sqlite3 is for registry/, prom-client for telemetry/, ip-address for ip/prefix-text.ts alone', () => {
    const offenders = sources.flatMap((file) =>
      file.imports
        .map(packageOf)
        .filter((name) => owners.some(([owned, owner]) => owned === name && !file.path.startsWith(owner)))
        .map((name) => `${file.path} imports ${name}`),
    );
    assertNone(offenders, 'packages outside their place');
  });

  test('architecture: every package that src/ imports is a dependency, and built-in modules are named node:', () => {
    const manifest = readJson('package.json');
    assert.ok(isRecord(manifest) && isRecord(manifest['dependencies']));
    const installed = new Set(Object.keys(manifest['dependencies']));
    const offenders = sources.flatMap((file) =>
      file.imports
        .filter((each) => !isRelative(each) && !each.specifier.startsWith('node:') && !installed.has(packageOf(each)))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    assertNone(offenders, 'imports that package.json does not name');
  });
});

describe('architecture: pure folders', () => {
  const pureSources = sources.filter(({ folder }) => pure.includes(folder));

  test('architecture: pure folders import no module of Node but the hash in incidents/identity', () => {
    const isHash = (file: SourceFile, { specifier }: Import): boolean =>
      file.path === 'src/incidents/identity.ts' && specifier === 'node:crypto'; // a pure function of its input
    const offenders = pureSources.flatMap((file) =>
      file.imports
        .filter((each) => isBuiltin(each) && !isHash(file, each))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    assertNone(offenders, 'I/O in pure folders');
  });

  test('architecture: pure folders use no clock, timer, process, console, Buffer or chance', () => {
    assertNone(pureSources.flatMap(impureUses), 'impure globals in pure folders');
  });
});

describe('architecture: files', () => {
  test('architecture: no file or folder is named for being a heap of things', () => {
    const named = [...filesUnder('src'), ...filesUnder('test')].filter((path) => !path.endsWith('.ndjson')); // golden data bear the fixture's name
    const offenders = named.filter((path) =>
      path.split('/').some((part) => forbiddenNames.includes(part.split('.')[0])),
    );
    assertNone(
      offenders.filter((path) => !path.startsWith('src/portal/')),
      `named ${forbiddenNames.join(', ')}`,
    );
  });

  test('architecture: files and folders are named in kebab-case', () => {
    const named = [...filesUnder('src'), ...filesUnder('test')].filter((path) => !path.endsWith('.ndjson')); // golden data bear the fixture's name
    const offenders = named.filter((path) =>
      path.split('/').some((part) => part !== 'README.md' && !/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part)),
    );
    assertNone(offenders, 'not in kebab-case');
  });

  test('architecture: no barrels but the public entry src/mrt/mrt-parser.ts', () => {
    const barrels = sources.filter(isBarrel).map(({ path }) => path);
    assertNone(
      barrels.filter((path) => path !== 'src/mrt/mrt-parser.ts'),
      'barrels',
    );
  });

  test('architecture: no default exports', () => {
    const offenders = sources.filter(({ tree }) =>
      tree.statements.some(
        (statement) =>
          ts.isExportAssignment(statement) ||
          (ts.canHaveModifiers(statement) &&
            ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true),
      ),
    );
    assertNone(
      offenders.map(({ path }) => path),
      'default exports',
    );
  });

  test('architecture: every file of src/ opens with a comment of at most 15 lines', () => {
    const offenders = sources.filter(({ text }) => headLines(text) < 1 || headLines(text) > 15);
    assertNone(
      offenders.map(({ path }) => path),
      'without a head comment, or with too long a one',
    );
  });

  test('architecture: a file of src/ has at most 500 lines', () => {
    const offenders = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    assertNone(
      offenders.filter(({ lines }) => lines > 500).map(({ path, lines }) => `${path}: ${lines}`),
      'too long',
    );
  });

  test('architecture: a function of src/ has at most 80 lines', () => {
    const offenders = sources.flatMap((file) =>
      descendants(file.tree)
        .filter(
          (node): node is ts.FunctionLikeDeclaration =>
            ts.isFunctionLike(node) && 'body' in node && node.body !== undefined,
        )
        .map((node) => ({ node, lines: node.getText().split('\n').length }))
        .filter(({ lines }) => lines > 80)
        .map(({ node, lines }) => `${file.path} ${node.name?.getText() ?? 'anonymous'}: ${lines}`),
    );
    assertNone(offenders, 'too long');
  });

  test('architecture: a folder of test/ that mirrors src/ has its counterpart there', () => {
    const own = ['golden', 'property', 'integration', 'bench', 'support', 'accuracy', 'fuzz', 'lab'];
    const folders = new Set(
      filesUnder('test')
        .filter((path) => path.split('/').length > 2)
        .map((path) => path.split('/')[1]),
    );
    assertNone(
      [...folders].filter((name) => !own.includes(name) && !directions.has(name)),
      'test folders without source',
    );
  });
});
