/**
 * Signatures of AWS, version 4.
 *
 * @module
 */
import aws4 from "aws4";
import type { AuthSpec } from "../../plan/auth_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { PreparedRequest } from "../exchange/http_client.ts";
import type { Authority } from "./authority.ts";

/** A signature is taken for five minutes; the same request is signed again after one. */
const RENEW_MS = 60_000;

/** Fields that are not signed: they may be changed on the way, or are made by the signature. */
const UNSIGNED =
  /^(?:authorization|x-amz-date|x-amz-security-token|user-agent|connection|expect|accept-encoding)$/i;

/** The fields that a request goes with. `at`: the time that it is signed for, as `20150830T123600Z`; absent: now. */
export function signedFields(
  { method, url, headers, body }: Pick<PreparedRequest, "method" | "url" | "headers" | "body">,
  { region, service, ...credentials }: Omit<Extract<AuthSpec, { kind: "sigv4" }>, "kind" | "origins">,
  at?: string,
): readonly HeaderLine[] {
  const given = Object.fromEntries(headers.filter(([name]) => !UNSIGNED.test(name)));
  const { headers: signed } = aws4.sign({
    method,
    host: url.host,
    path: `${url.pathname}${url.search}`,
    service,
    region,
    headers: { ...given, ...(at !== undefined && { "X-Amz-Date": at }) },
    ...(body !== null && { body: body as unknown as string }),
  }, credentials);
  const names = /^(?:authorization|x-amz-.*)$/i;
  return Object.entries(signed).filter(([name]) => names.test(name)).map((
    [name, value],
  ) => [name, String(value)]);
}

/** One thread's signatures. */
export class SigV4Authority implements Authority {
  readonly #spec: Extract<AuthSpec, { kind: "sigv4" }>;

  constructor(spec: Extract<AuthSpec, { kind: "sigv4" }>) {
    this.#spec = spec;
  }

  version(): number {
    return Math.floor(Date.now() / RENEW_MS);
  }

  fieldsFor(request: PreparedRequest): readonly HeaderLine[] {
    const { kind: _kind, origins: _origins, ...spec } = this.#spec;
    return signedFields(request, spec);
  }
}
