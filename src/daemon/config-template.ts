// The commented peerwatch.yaml that `init` writes, made of the schema: every section, every key with its meaning and default. Keys
// are commented out with `#` and no space (remove the `#` to set one), so the file as written changes nothing.

import { stringify } from 'yaml';
import { schemaTree, type SchemaNode } from './config-schema.js';

const HEAD = `# peerwatch.yaml: the configuration of peerwatch. Every key has a default, shown here behind a "#"; remove the "#" to set it.
# Durations are 60s, 90m, 24h, 14d, or a number of seconds. Secrets are never written here, only the files that hold them.
# The registry (providers, connections, prefixes) is not here: see peerwatch apply and peerwatch export.
# Check it with: peerwatch check-config --config peerwatch.yaml
# Completion in editors: peerwatch check-config --schema > peerwatch.schema.json
# yaml-language-server: $schema=./peerwatch.schema.json
`;

/** The text of the file. Read as a configuration it equals an empty one. */
export function commentedConfig(): string {
  return `${HEAD}${sections(schemaTree(), 0)}`;
}

function sections({ properties = {} }: SchemaNode, depth: number): string {
  const indent = '  '.repeat(depth);
  return Object.entries(properties)
    .map(([key, node]) => {
      const gap = depth === 0 ? '\n' : '';
      const comment = `${indent}# ${node.description ?? ''}\n`;
      if (node.properties !== undefined) return `${gap}${comment}${indent}${key}:\n${sections(node, depth + 1)}`;
      return `${comment}${indent}#${key}:${valueText(node.default)}\n`;
    })
    .join('');
}

/** A default on one line, with the space before it; none for null. */
function valueText(value: unknown): string {
  if (value === null) return '';
  return ` ${stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false }).trim()}`;
}
