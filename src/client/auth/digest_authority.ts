/**
 * Digest access authentication (RFC 7616): MD5 and SHA-256, with and without `-sess`, `qop=auth` or none.
 *
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import type { AuthSpec } from "../../plan/auth_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { PreparedRequest } from "../exchange/http_client.ts";
import type { Authority } from "./authority.ts";

/** What a server challenges with. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly algorithm: "MD5" | "MD5-sess" | "SHA-256" | "SHA-256-sess";
  readonly qop: boolean;
}

const ALGORITHMS = ["SHA-256", "SHA-256-sess", "MD5", "MD5-sess"] as const;

const utf8 = new TextDecoder();

/** The strongest challenge in a head that can be met; `undefined`: there is none. */
export function challengeIn(head: string): Challenge | undefined {
  const found = [...head.matchAll(/^(?:www-authenticate):[ \t]*(.*)$/gim)]
    .flatMap(([, line = ""]) => line.split(/(?:^|,\s*)(?=Digest\s)/i))
    .flatMap((part) => /^Digest\s/i.test(part) ? readChallenge(part) ?? [] : []);
  return found.sort((a, b) => ALGORITHMS.indexOf(a.algorithm) - ALGORITHMS.indexOf(b.algorithm))[0];
}

function readChallenge(text: string): Challenge | undefined {
  const parts = new Map(
    [...text.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)].map((
      [, name = "", inQuotes, plain],
    ) => [
      name.toLowerCase(),
      inQuotes?.replace(/\\(.)/g, "$1") ?? plain ?? "",
    ]),
  );
  const wanted = (parts.get("algorithm") ?? "MD5").toLowerCase();
  const algorithm = ALGORITHMS.find((known) => known.toLowerCase() === wanted);
  const [realm, nonce, opaque, qop] = ["realm", "nonce", "opaque", "qop"].map((name) => parts.get(name));
  if (algorithm === undefined || realm === undefined || nonce === undefined) return undefined;
  if (qop !== undefined && !/(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)) return undefined;
  return { realm, nonce, algorithm, qop: qop !== undefined, ...(opaque !== undefined && { opaque }) };
}

/** The value of `Authorization` for one request; `count`: how often the nonce was used, this time included. */
export function digestField(
  { user, password }: { readonly user: string; readonly password: string },
  challenge: Challenge,
  request: { readonly method: string; readonly uri: string; readonly cnonce: string; readonly count: number },
): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const { method, uri, cnonce, count } = request;
  const hash = (text: string) =>
    createHash(algorithm.startsWith("MD5") ? "md5" : "sha256").update(text).digest("hex");
  const plain = hash(`${user}:${realm}:${password}`);
  const first = algorithm.endsWith("-sess") ? hash(`${plain}:${nonce}:${cnonce}`) : plain;
  const second = hash(`${method}:${uri}`);
  const uses = count.toString(16).padStart(8, "0");
  const response = hash(
    qop ? `${first}:${nonce}:${uses}:${cnonce}:auth:${second}` : `${first}:${nonce}:${second}`,
  );
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return [
    `Digest username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(qop ? ["qop=auth", `nc=${uses}`, `cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(", ");
}

/** One thread's digests. */
export class DigestAuthority implements Authority {
  readonly needsChallenge = true;
  readonly #spec: Extract<AuthSpec, { kind: "digest" }>;
  readonly #cnonce = randomBytes(8).toString("hex");
  #challenge: Challenge | undefined;
  #count = 0;

  constructor(spec: Extract<AuthSpec, { kind: "digest" }>) {
    this.#spec = spec;
  }

  version(): number {
    return NaN;
  }

  fieldsFor({ method, url }: PreparedRequest): readonly HeaderLine[] {
    if (this.#challenge === undefined) return [];
    const request = {
      method,
      uri: `${url.pathname}${url.search}`,
      cnonce: this.#cnonce,
      count: ++this.#count,
    };
    return [["Authorization", digestField(this.#spec, this.#challenge, request)]];
  }

  learn(head: Uint8Array): boolean {
    const challenge = challengeIn(utf8.decode(head));
    // The same nonce again means that the password is wrong.
    if (challenge === undefined || challenge.nonce === this.#challenge?.nonce) return false;
    this.#challenge = challenge;
    this.#count = 0;
    return true;
  }
}
