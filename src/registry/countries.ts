// ISO 3166-1 alpha-2 country codes, from the CLDR data that Node carries, less the codes that CLDR knows and ISO does not assign
// (user-assigned, exceptionally reserved, withdrawn). No states or provinces: those are free text.

/** Codes with a name in CLDR that are no assigned ISO 3166-1 code. Withdrawn ones (DD, YU) are told by their replacement. */
const NOT_ASSIGNED: ReadonlySet<string> = new Set('AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ'.split(' '));

/** English name of the country, or null where `code` is no upper-case ISO 3166-1 alpha-2 code. */
export function countryName(code: string): string | null {
  if (!/^[A-Z]{2}$/.test(code) || NOT_ASSIGNED.has(code)) return null;
  if (new Intl.Locale(`und-${code}`).region !== code) return null;
  return new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }).of(code) ?? null;
}
