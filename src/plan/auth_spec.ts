/**
 * How requests prove who sends them, where a header that never changes does not do.
 *
 * @module
 */

/** A login. All of it is secret. */
export type AuthSpec =
  | {
    /** `Authorization: Bearer` with a token of an OAuth 2.0 server (RFC 6749, 4.4), renewed before it ends. */
    readonly kind: "oauth2";
    /** The servers that may see it. */
    readonly origins: readonly string[];
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly scope?: string;
    /** The token that the run begins with; absent: none was fetched yet. */
    readonly token?: string;
    /** When it ends, in ms since 1970; absent: not while the run lasts. */
    readonly endsAtMs?: number;
  }
  | {
    /** A response to the server's challenge (RFC 7616). */
    readonly kind: "digest";
    /** The servers that may see it. */
    readonly origins: readonly string[];
    readonly user: string;
    readonly password: string;
  }
  | {
    /** A signature of each request, version 4 of AWS. */
    readonly kind: "sigv4";
    /** The servers that may see it. */
    readonly origins: readonly string[];
    readonly region: string;
    readonly service: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
