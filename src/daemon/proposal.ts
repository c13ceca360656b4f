// A registry file of what was learnt, for review: `apply` takes it as it stands. Beside each line stands who saw it; what is doubtful is
// there as a comment, with why. Text, not YAML objects, since the comments are the point.

import { type Asn, isDocumentationAsn, isPrivateAsn } from '../ip/asn.js';
import { formatEventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { unroutableReason } from '../registry/special-purpose-prefixes.js';
import { type VrpTable } from '../rpki/vrp-table.js';
import { type Learnt, type LearntOrigin, type LearntPrefix, Seen } from './learn.js';

interface Judged extends LearntPrefix {
  /** Those asked for that originate it, ascending. */
  readonly own: readonly Asn[];
  /** Why it is a comment; empty = it is proposed. */
  readonly doubts: readonly string[];
}

/** The text of the file. `vrps` null = no ROV. */
export function proposeRegistry(learnt: Learnt, asns: readonly Asn[], vrps: VrpTable | null): string {
  const judged = learnt.prefixes.map((one) => judge(one, asns, vrps));
  const sound = judged.filter(({ doubts }) => doubts.length === 0);
  const tops = sound.filter((one) => !sound.some((other) => isInside(one, other)));
  const inside = (top: Judged): readonly Judged[] => sound.filter((one) => tops.includes(top) && isInside(one, top));
  const shown = judged.filter((one) => one.doubts.length > 0 || tops.includes(one));
  const title = asns.map((asn) => `AS${asn}`).join(', ');
  const [first = null, ...others] = providersOf(sound);
  const provider = first === null ? 'unknown' : `AS${first[0]}`;
  const documented = [
    ...asns,
    ...sound.flatMap(({ origins }) => [...origins.values()].flatMap(({ neighbors }) => [...neighbors.keys()])),
  ];
  const isExample =
    documented.some(isDocumentationAsn) || sound.some(({ prefix }) => unroutableReason(prefix) !== null);
  const span =
    learnt.from === null
      ? 'nothing of it was seen'
      : `seen ${formatEventTime(learnt.from)} to ${formatEventTime(learnt.to!)}`;
  const prefixes = shown.flatMap((one) => entryOf(one, inside(one)));
  return [
    `# What ${title} originates, as proposed by peerwatch learn; ${span}. Review every line: it is what was seen, not what is right.`,
    '# Commented out is what is doubtful. Then: peerwatch apply FILE --dry-run',
    'providers:',
    `  - { name: ${provider}, asns: [${first === null ? '' : first[0]}] }${first === null ? ' # no neighbour was seen' : ` # ${countOf(first[1])}`}`,
    ...others.map(([asn, seen]) => `  # - { name: AS${asn}, asns: [${asn}] } # also a neighbour, ${countOf(seen)}`),
    'connections:',
    `  - name: AS${asns[0]}`,
    `    provider: ${provider}`,
    `    asns: [${asns.join(', ')}]`,
    ...(sound.length === 0 ? ['    prefixes: []', ...prefixes] : ['    prefixes:', ...prefixes]),
    ...(isExample ? ['options: { allowDocumentation: true }'] : []),
    '',
  ].join('\n');
}

function judge(learnt: LearntPrefix, asns: readonly Asn[], vrps: VrpTable | null): Judged {
  const own = asns.filter((asn) => learnt.origins.has(asn)).sort((a, b) => a - b);
  const foreign = [...learnt.origins].filter(([asn]) => !asns.includes(asn)).sort(([a], [b]) => a - b);
  const peers = new Set(own.flatMap((asn) => [...learnt.origins.get(asn)!.seen.peers]));
  const unroutable = unroutableReason(learnt.prefix);
  const invalid = vrps === null ? [] : own.filter((asn) => vrps.validate(learnt.prefix, asn).validity === 'invalid');
  const facts: readonly (readonly [boolean, string])[] = [
    [peers.size < 2, 'one peer AS alone saw it'],
    [
      foreign.length > 0,
      `also originated by ${foreign.map(([asn, { seen }]) => `AS${asn} (${countOf(seen)})`).join(', ')}`,
    ],
    [invalid.length > 0, `RPKI invalid with origin ${invalid.map((asn) => `AS${asn}`).join(', ')}`],
    [unroutable?.isDocumentation === false, `not publicly routable: ${unroutable?.text ?? ''}`],
  ];
  return { ...learnt, own, doubts: facts.flatMap(([holds, text]) => (holds ? [text] : [])) };
}

/** True where `one` may be a more-specific of `other`: strictly inside, of no other origins. */
function isInside(one: Judged, other: Judged): boolean {
  const isPart = one.prefix.length > other.prefix.length && other.prefix.covers(one.prefix);
  return isPart && one.own.every((asn) => other.own.includes(asn));
}

/** Neighbours that are not doubtful, those that most peer ASes saw first. */
function providersOf(sound: readonly Judged[]): readonly (readonly [Asn, Seen])[] {
  const all = new Map<Asn, Seen>();
  for (const { own, origins } of sound)
    for (const asn of own)
      for (const [neighbor, seen] of origins.get(asn)!.neighbors) {
        if (own.includes(neighbor) || doubtOf(neighbor, seen) !== null) continue;
        const there = all.get(neighbor);
        all.set(neighbor, there === undefined ? seen : joined(there, seen));
      }
  return [...all].sort(([a, one], [b, other]) => other.peers.size - one.peers.size || a - b);
}

function joined(a: Seen, b: Seen): Seen {
  return new Seen([...a.peers, ...b.peers], [...a.sessions, ...b.sessions]);
}

function doubtOf(neighbor: Asn, seen: Seen): string | null {
  if (seen.peers.size < 2) return 'one peer AS alone saw it';
  if (isPrivateAsn(neighbor)) return 'a private AS number';
  return neighbor === 0 || neighbor === 65535 || neighbor === 4294967295 ? 'a reserved AS number' : null;
}

/** The lines of a prefix; comments where it is doubtful. */
function entryOf(
  { prefix, own, origins, doubts }: Judged,
  inside: readonly { readonly prefix: Prefix }[],
): readonly string[] {
  const lengths = inside.map((one) => one.prefix.length);
  const named = own.map((asn) => [asn, origins.get(asn)!] as const);
  const seen = named.map(([asn, origin]) => `AS${asn} ${countOf(origin.seen)}`).join(', ');
  const sure = named
    .map(([asn, { neighbors }]) => [asn, sortedSure(neighbors)] as const)
    .filter(([, list]) => list.length > 0);
  const lines = [
    ...doubts.map((doubt) => `# ${doubt}`),
    `- prefix: ${prefix.toString().includes(':') ? `"${prefix.toString()}"` : prefix.toString()} # ${seen}`,
    `  origins: [${own.join(', ')}]`,
    ...(sure.length === 0
      ? []
      : [`  neighbors: { ${sure.map(([asn, list]) => `${asn}: [${list.join(', ')}]`).join(', ')} }`]),
    ...named.flatMap(([asn, origin]) => neighborLines(asn, origin)),
    ...(lengths.length === 0
      ? []
      : [`  moreSpecifics: { minLength: ${Math.min(...lengths)}, maxLength: ${Math.max(...lengths)} }`]),
    ...inside.map((one) => `  # more-specific seen: ${one.prefix.toString()}`),
  ];
  return lines.map((line) => `      ${doubts.length > 0 && !line.startsWith('#') ? '# ' : ''}${line}`);
}

function sortedSure(neighbors: LearntOrigin['neighbors']): readonly Asn[] {
  return [...neighbors].flatMap(([asn, seen]) => (doubtOf(asn, seen) === null ? [asn] : [])).sort((a, b) => a - b);
}

function neighborLines(origin: Asn, { neighbors }: LearntOrigin): readonly string[] {
  return [...neighbors]
    .sort(([a], [b]) => a - b)
    .map(([asn, seen]) => {
      const doubt = doubtOf(asn, seen);
      return `  # ${origin} next to ${asn}: ${countOf(seen)}${doubt === null ? '' : `; left out: ${doubt}`}`;
    });
}

function countOf({ peers, sessions }: Seen): string {
  const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
  return `${plural(peers.size, 'peer AS', 'peer ASes')}, ${plural(sessions.size, 'session', 'sessions')}`;
}
