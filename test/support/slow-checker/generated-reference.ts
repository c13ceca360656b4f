// VRPs, ASPAs and relationships made for a generated registry, by a seed: right, wrong, too short and too long ones of its prefixes, and
// of the links that the files show a part, told truly or at random. Files and plain lists of the same.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from './generated-registry.js';
import { type CheckedPrefix } from './policies.js';
import { bitsOf, lengthOf, textOf } from './prefix-bits.js';
import { type CheckedReference } from './reference.js';

/** The keys of `detection` that name the data for `replay`, and what they say. */
export interface GeneratedReference {
  readonly detection: object;
  readonly reference: CheckedReference;
}

/** Writes the data into a folder. `links` are pairs of ASes next to each other, `1|2`. */
export function generateReference(
  prefixes: readonly CheckedPrefix[],
  links: ReadonlySet<string>,
  { seed, folder }: { readonly seed: number; readonly folder: string },
): GeneratedReference {
  const random = randomFrom(seed);
  const vrps = prefixes.flatMap((entry) => vrpsFor(entry, random));
  const pairs = [...links].sort().map((link) => link.split('|').map(Number) as [number, number]);
  const aspas = aspasFor(pairs, random);
  const { relations, lines } = relationsFor(pairs, random);
  const [payloads, relationships] = ['vrps.json', 'as-rel.txt'].map((name) => join(folder, name));
  const roas = vrps.map(({ prefix, maxLength, asn }) => ({ asn: `AS${asn}`, prefix, maxLength, ta: 'test' }));
  const providerLists = [...aspas].map(([customer, providers]) => ({ customer_asid: customer, providers }));
  writeFileSync(payloads, JSON.stringify({ metadata: { counts: roas.length }, roas, aspas: providerLists }));
  writeFileSync(relationships, lines.join('\n'));
  return { detection: { rpki: { files: [payloads] }, relationships }, reference: { vrps, aspas, relations } };
}

function vrpsFor({ prefix, origins }: CheckedPrefix, random: () => number): CheckedReference['vrps'][number][] {
  const bits = bitsOf(prefix);
  const length = lengthOf(bits);
  const most = prefix.includes(':') ? 128 : 32;
  const own = origins[0] ?? 3333;
  switch (Math.floor(random() * 10)) {
    case 0:
    case 1:
      return [{ prefix, maxLength: length, asn: own }];
    case 2:
      return [{ prefix, maxLength: Math.min(length + 8, most), asn: 2 }];
    case 3:
      return [{ prefix, maxLength: length, asn: 0 }];
    case 4:
      return [{ prefix: textOf(bits.slice(0, -1)), maxLength: length - 1, asn: own }];
    case 5:
      return [
        { prefix, maxLength: length, asn: 0 },
        { prefix: textOf(bits.slice(0, -2)), maxLength: Math.min(length + 1, most), asn: own },
      ];
    default:
      return [];
  }
}

function aspasFor(pairs: readonly (readonly [number, number])[], random: () => number): Map<number, number[]> {
  const aspas = new Map<number, number[]>();
  for (const [a, b] of pairs) {
    if (a === 0 || a % 8 !== 4) continue; // an eighth of all customers attests
    const providers = aspas.get(a) ?? [];
    if (b !== 0 && random() < 0.7) providers.push(b);
    aspas.set(a, providers);
  }
  for (const [customer, providers] of aspas) if (providers.length === 0) aspas.set(customer, [0]);
  return aspas;
}

/** Each link once, its lower AS first, in one of the four kinds or in none. */
function relationsFor(
  pairs: readonly (readonly [number, number])[],
  random: () => number,
): { readonly relations: CheckedReference['relations']; readonly lines: readonly string[] } {
  const relations = new Map<string, 'provider' | 'customer' | 'peer' | 'sibling'>();
  const lines: string[] = [];
  for (const [a, b] of pairs) {
    if (a >= b || a === 0) continue;
    const [first, second] = random() < 0.5 ? [a, b] : [b, a];
    const kind = random();
    if (kind < 0.5) {
      lines.push(`${first}|${second}|-1`);
      relations.set(`${first}|${second}`, 'customer').set(`${second}|${first}`, 'provider');
    } else if (kind < 0.9) {
      const said = kind < 0.7 ? 'peer' : 'sibling';
      lines.push(`${first}|${second}|${said === 'peer' ? 0 : 2}`);
      relations.set(`${first}|${second}`, said).set(`${second}|${first}`, said);
    }
  }
  return { relations, lines };
}
