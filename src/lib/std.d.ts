/**
 * Types of the few functions in use from packages that come without. Those of the standard library (whose npm
 * redistribution has none) can go with its own registry in `deno.json`'s import map.
 */
declare module "@std/assert" {
  export class AssertionError extends Error {}
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  // deno-lint-ignore no-explicit-any -- a class of any constructor
  type AnyClass<E extends Error> = abstract new (...args: any[]) => E;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    ErrorClass?: AnyClass<E>,
    msgIncludes?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass?: AnyClass<E>,
    msgIncludes?: string,
  ): Promise<E>;
  export function fail(msg?: string): never;
}

declare module "@std/bytes/concat" {
  export function concat(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
}

declare module "@std/csv/parse" {
  export function parse(
    input: string,
    options?: { separator?: string; comment?: string; lazyQuotes?: boolean; fieldsPerRecord?: number },
  ): string[][];
}

declare module "@std/csv/stringify" {
  export function stringify(
    data: readonly (readonly unknown[])[],
    options?: { headers?: boolean; crlf?: boolean; separator?: string },
  ): string;
}

declare module "snappyjs" {
  /** Compresses in Snappy's block format. */
  export function compress(bytes: Uint8Array): Uint8Array;
  /** The opposite; throws an `Error` for anything else. */
  export function uncompress(bytes: Uint8Array, maxLength?: number): Uint8Array;
}
declare module "aws4" {
  interface Signable {
    readonly method: string;
    readonly host: string;
    readonly path: string;
    readonly service: string;
    readonly region: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  const aws4: {
    sign(
      request: Signable,
      credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
      },
    ): { readonly headers: Readonly<Record<string, string | number>> };
  };
  export default aws4;
}
