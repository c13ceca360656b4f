// `peerwatch/mrt-parser` outside Node: its whole import graph names nothing but files of the core, and it decodes a record in a realm
// that has the language, TextDecoder and TextEncoder, and nothing of Node.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import ts from 'typescript';
import { projectRoot } from '../support/requires.js';
import { hex } from '../bgp/wire-bytes.js';
import type * as MrtParser from '../../src/mrt/mrt-parser.js';

const ENTRY = join(projectRoot, 'src', 'mrt', 'mrt-parser.ts');

/** A module as CommonJS text, with what it requires at run time: types are erased as the build erases them. */
function compile(path: string): { text: string; required: string[] } {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  const text = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions }).outputText;
  return { text, required: [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, specifier]) => specifier) };
}

const fileOf = (importer: string, specifier: string): string =>
  join(dirname(importer), specifier.replace(/\.js$/, '.ts'));

/** All modules that `mrt-parser.ts` pulls in, and what they require that is no file. */
function importGraph(): { modules: Map<string, string>; foreign: string[] } {
  const modules = new Map<string, string>();
  const foreign: string[] = [];
  const open = [ENTRY];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (modules.has(path)) continue;
    const { text, required } = compile(path);
    modules.set(path, text);
    for (const specifier of required) {
      if (specifier.startsWith('.')) open.push(fileOf(path, specifier));
      else foreign.push(`${relative(projectRoot, path)} requires ${specifier}`);
    }
  }
  return { modules, foreign };
}

type ModuleFunction = (exports: Record<string, unknown>, require: (specifier: string) => unknown) => void;

/** Runs the graph in a realm of its own. */
function load(modules: ReadonlyMap<string, string>): Record<string, unknown> {
  const realm = createContext({ TextDecoder, TextEncoder });
  const loaded = new Map<string, Record<string, unknown>>();
  const requireFile = (path: string): Record<string, unknown> => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const exports: Record<string, unknown> = {};
    loaded.set(path, exports);
    const run = runInContext(`(function (exports, require) {${modules.get(path) ?? ''}\n})`, realm) as ModuleFunction;
    run(exports, (specifier: string) => requireFile(fileOf(path, specifier)));
    return exports;
  };
  return requireFile(ENTRY);
}

test('mrt-parser imports no package and no module of Node, and only wire, ip, bgp and mrt', () => {
  const { modules, foreign } = importGraph();
  assert.deepEqual(foreign, []);
  const folders = new Set(
    [...modules.keys()].map((path) => relative(projectRoot, dirname(path)).replaceAll('\\', '/')),
  );
  assert.deepEqual([...folders].sort(), ['src/bgp', 'src/ip', 'src/mrt', 'src/wire']);
});

test('mrt-parser decodes a record where there is no process, Buffer or timer', () => {
  const parser = load(importGraph().modules);
  const { RecordFramer, MrtDecoder, elementsOf } = parser as unknown as typeof MrtParser;
  // BGP4MP STATE_CHANGE_AS4, Idle to Established, AS 64496 at 192.0.2.1 (RFC 6396 section 4.4.1).
  const framer = new RecordFramer();
  framer.push(hex('00000001 0010 0005 00000018 0000fbf0 0000fbf1 0000 0001 c0000201 c0000202 0001 0006'));
  framer.finish();
  const raw = framer.next();
  assert.ok(raw !== null);
  const [element] = elementsOf(new MrtDecoder().decode(raw));
  assert.equal(element.type, 'state');
  assert.deepEqual([element.peerAs, element.peerAddress, element.newState], [64496, '192.0.2.1', 6]);
});

/** Runs in a worker: takes away what Node gives, as far as the loader can do without it, then loads the parser. */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  for (const name of ['process', 'Buffer', 'setImmediate', 'clearImmediate', 'global', 'setTimeout', 'setInterval']) {
    Object.defineProperty(globalThis, name, { get() { throw new Error(name + ' is of Node'); }, configurable: true });
  }
  import(workerData.parser).then(async ({ readElements }) => {
    const types = [];
    for await (const element of readElements([workerData.bytes])) types.push([element.type, element.peerAs]);
    parentPort.postMessage(types);
  });
`;

test(
  'mrt-parser reads elements in a worker, as it is built, without process, Buffer and timers',
  { skip: notBuilt() },
  async () => {
    const parser = new URL('../../src/mrt/mrt-parser.js', import.meta.url).href;
    const bytes = hex('00000001 0010 0005 00000018 0000fbf0 0000fbf1 0000 0001 c0000201 c0000202 0001 0006');
    const worker = new Worker(WORKER, { eval: true, workerData: { parser, bytes } });
    const [types] = (await once(worker, 'message')) as [unknown];
    await worker.terminate();
    assert.deepEqual(types, [['state', 64496]]);
  },
);

/** A worker loads what is built, not what a loader compiles. */
function notBuilt(): false | string {
  return import.meta.url.includes('/dist/') ? false : 'runs on the built parser';
}
