/**
 * What of a value goes into JSON: fields that have one, numbers with the digits that mean something.
 *
 * @module
 */

/** Fields that may be undefined where `T` allows them to be absent. */
export type Loose<T> = {
  readonly [K in keyof T]: { readonly [P in K]?: T[P] } extends Pick<T, K> ? T[K] | undefined : T[K];
};

/** The fields that have a value. */
export function present<T extends object>(fields: Loose<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** A number with at most so many decimals; anything that is no finite number becomes 0. */
export function rounded(value: number, decimals: number): number {
  return Number.isFinite(value) ? Number(value.toFixed(decimals)) : 0;
}
