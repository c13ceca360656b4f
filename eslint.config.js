// Lint: typescript-eslint's strict type-checked set, plus the project's import directions, taken from import-directions.json.
import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const directions = JSON.parse(readFileSync(new URL('./import-directions.json', import.meta.url), 'utf8'));
const folders = Object.keys(directions).filter((name) => name !== '//');

/** One lint block a folder: everything it may not import, by value or at all. */
function directionRules(folder) {
  const { value, types } = directions[folder];
  const patterns = [];
  for (const other of folders) {
    if (other === folder || value.includes(other)) continue;
    const files = value.filter((entry) => entry.startsWith(`${other}/`)).map((entry) => entry.slice(other.length + 1));
    const allowTypeImports = types.includes(other) || types.includes('*');
    const except = files.length > 0 ? `(?!(?:${files.join('|')})\\.js$)` : '';
    patterns.push({
      regex: `^(?:\\.\\./)+${other}/${except}`,
      allowTypeImports,
      message: `src/${folder} may not import src/${other}${allowTypeImports ? ' by value' : ''} (import-directions.json).`,
    });
  }
  const owned = { 'better-sqlite3': 'registry', 'prom-client': 'telemetry', 'ip-address': 'ip' };
  const paths = Object.entries(owned)
    .filter(([, owner]) => owner !== folder)
    .map(([name, owner]) => ({ name, message: `only src/${owner} imports ${name}.` }));
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] },
  };
}

const pure = ['wire', 'ip', 'bgp', 'mrt', 'rpki', 'relations', 'rib', 'detection', 'incidents', 'picture', 'pipeline'];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      'max-lines': ['error', { max: 500 }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` object.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: name what is exported.' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
      'max-lines': ['error', { max: 800 }],
    },
  },
  {
    files: pure.map((folder) => `src/${folder}/**/*.ts`),
    rules: {
      'no-restricted-globals': ['error', 'process', 'console', 'setTimeout', 'setInterval', 'Buffer'],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Event time only.' }],
    },
  },
  ...folders.map(directionRules),
);
