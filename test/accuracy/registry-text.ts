// The registry of a scenario as YAML: a connection a customer, its providers' ASes as the provider.

import { type Owner, type Registered, type Scene } from './scene.js';

export function registryText({ owners, registered }: Scene): string {
  return [
    'providers:',
    ...owners.map(
      ({ asn, providers }) => `  - { name: Transit of ${asn}, asns: [${providers.join(', ')}], metros: [Seattle] }`,
    ),
    'connections:',
    ...owners.flatMap((owner) =>
      connection(
        owner,
        registered.filter((one) => one.owner === owner),
      ),
    ),
    '',
  ].join('\n');
}

function connection({ asn }: Owner, prefixes: readonly Registered[]): string[] {
  return [
    `  - name: of-${asn}`,
    `    provider: Transit of ${asn}`,
    '    country: US',
    '    primary: Seattle',
    '    backup: none',
    `    asns: [${asn}]`,
    `    prefixes:${prefixes.length === 0 ? ' []' : ''}`,
    ...prefixes.map((one, n) => `      - { name: p${n}, ${policy(one)} }`),
  ];
}

function policy({ prefix, origins, neighbors, moreSpecifics }: Registered): string {
  const parts = [`prefix: '${prefix}'`, `origins: [${origins.join(', ')}]`];
  if (neighbors !== undefined)
    parts.push(
      `neighbors: { ${Object.entries(neighbors)
        .map(([asn, list]) => `${asn}: [${list.join(', ')}]`)
        .join(', ')} }`,
    );
  if (moreSpecifics !== undefined) {
    const { minLength, maxLength, origins: of } = moreSpecifics;
    parts.push(`moreSpecifics: { minLength: ${minLength}, maxLength: ${maxLength}, origins: [${of.join(', ')}] }`);
  }
  return parts.join(', ');
}
