// `peerwatch/mrt-parser` as a TypeScript project meets it: the examples of src/mrt/README.md compile under strict settings, whichever way
// modules are resolved, and every type that a public one is made of can be imported by its name.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { projectRoot } from '../support/requires.js';

const ENTRY = join(projectRoot, 'src', 'mrt', 'mrt-parser.ts');
const STRICT: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  noEmit: true,
};

/** Programs by the file that they would be in, in the package itself, which so resolves its own `exports`. */
function examples(): ReadonlyMap<string, string> {
  const readme = readFileSync(join(projectRoot, 'src', 'mrt', 'README.md'), 'utf8');
  const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)];
  return new Map(programs.map(([, code], index) => [join(projectRoot, `example-${index}.ts`), code]));
}

/** What the compiler says of `files`, one line each. */
function faults(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): readonly string[] {
  const [host, disk] = [ts.createCompilerHost(options), ts.sys];
  host.readFile = (path) => files.get(path) ?? disk.readFile(path);
  host.fileExists = (path) => files.has(path) || disk.fileExists(path);
  host.getSourceFile = (path, target) => ts.createSourceFile(path, host.readFile(path) ?? '', target);
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? '' : `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: `;
    return line + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}

const resolutions: readonly (readonly [name: string, options: ts.CompilerOptions])[] = [
  ['nodenext', { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }],
  ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
];

// They were run as JavaScript only: three of five read a property that not every element has.
for (const [name, options] of resolutions) {
  test(`README.md of mrt-parser: every example compiles with strict types, modules resolved as ${name}`, () => {
    assert.deepEqual(faults(examples(), { ...STRICT, ...options }), []);
  });
}

/** The declarations that `node`, the declaration of something public, names in what its users see of it. */
function namesIn(node: ts.Node): readonly ts.EntityName[] {
  const names: ts.EntityName[] = [];
  const visit = (part: ts.Node): void => {
    const isHidden =
      ts.isBlock(part) || (ts.isClassElement(part) && part.name !== undefined && ts.isPrivateIdentifier(part.name));
    if (isHidden) return;
    if (ts.isTypeReferenceNode(part)) names.push(part.typeName);
    ts.forEachChild(part, visit);
  };
  visit(node);
  return names;
}

/** Of the decoder's own workings, which are in `src/` only. */
const INTERNAL = new Set([
  'FileState',
  'MessageSurvey',
  'RecordScanner',
  'RibAttributes',
  'RelatedNlri',
  'NlriMode',
  'SettledMode',
  'Doubt',
]);

test('mrt-parser gives a name to every type that its public ones are made of', () => {
  const program = ts.createProgram([ENTRY], { ...STRICT, module: ts.ModuleKind.NodeNext, types: [] });
  const checker = program.getTypeChecker();
  const target = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const entry = program.getSourceFile(ENTRY);
  const self = entry === undefined ? undefined : checker.getSymbolAtLocation(entry);
  assert.ok(self !== undefined);
  const isPublic = new Set(checker.getExportsOfModule(self).map(target));
  const isOurs = (symbol: ts.Symbol): boolean =>
    (symbol.flags & ts.SymbolFlags.TypeParameter) === 0 &&
    (symbol.declarations ?? []).some((declaration) => declaration.getSourceFile().fileName.includes('/src/'));
  const nameless = new Set<string>();
  for (const symbol of isPublic)
    for (const name of (symbol.declarations ?? []).flatMap(namesIn)) {
      const named = checker.getSymbolAtLocation(name);
      if (named !== undefined && isOurs(target(named)) && !isPublic.has(target(named))) nameless.add(name.getText());
    }
  assert.deepEqual([...nameless].filter((name) => !INTERNAL.has(name)).sort(), []);
});
