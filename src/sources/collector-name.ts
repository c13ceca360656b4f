// Which collector wrote a file, told by its path where the user does not say: the names that RIPE RIS and Route Views give theirs,
// `rrc00` and `route-views.sydney`, last match in the base name, else in the nearest parent folder that holds one. Nothing is read.

const COLLECTOR = /(?<![a-z0-9])(rrc\d\d|route-views(\d+|\.[a-z]+[a-z0-9-]*)?)(?![a-z0-9])/gi;

/** What follows `route-views.` in names of files of the collector that has no suffix: `route-views.updates.20240101`. */
const NO_NAME_PART = /[.-](?:updates|bview|rib|bgpdata)$/;

/** The name of a collector that nothing tells. */
export const DEFAULT_COLLECTOR = 'default';

/**
 * The collector of the file at `location`, a path (absolute, so that its folders count) or a URL.
 *
 * @returns the name in lower case, or `default`.
 */
export function collectorName(location: string): string {
  const parts = location.split('/').reverse();
  for (const part of parts) {
    const last = [...part.matchAll(COLLECTOR)].at(-1);
    if (last !== undefined) return last[0].toLowerCase().replace(NO_NAME_PART, '');
  }
  return DEFAULT_COLLECTOR;
}
