// What the visibility monitor stores of a prefix, as far as others read it.

/** The row of a prefix; `lost`: sessions that had a route to it and have none. */
export interface VisibilityRow {
  readonly lost: readonly { readonly session: number }[];
}
