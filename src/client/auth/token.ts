/**
 * Tokens of OAuth 2.0 servers for programs (client credentials, RFC 6749, 4.4).
 *
 * @module
 */
import { messageOf, UsageError } from "../../lib/errors.ts";
import { MASK } from "../../lib/mask_url.ts";
import { basicAuth } from "../../lib/net/basic_auth.ts";
import type { AuthSpec } from "../../plan/auth_spec.ts";

/** How long a token may take. */
const MAX_WAIT_MS = 30_000;
/** The latest time there is; a token that lasts longer does not say how long. */
const MAX_TIME_MS = 8.64e15;

/** A token, and when it ends in ms since 1970; absent: it does not say. */
export interface Token {
  readonly token: string;
  readonly endsAtMs?: number;
}

/**
 * Fetches a token. Certificates of the token's server are always checked.
 *
 * @throws {UsageError} with the server's reason, and nothing secret
 */
export async function fetchToken(
  { tokenUrl, clientId, clientSecret, scope }: Extract<AuthSpec, { kind: "oauth2" }>,
  caCerts: readonly string[] = [],
): Promise<Token> {
  const fail = (reason: string): never => {
    throw new UsageError(`Cannot get a token from ${new URL(tokenUrl).host}: ${reason}`);
  };
  using client = Deno.createHttpClient({ caCerts: [...caCerts] });
  const asked = Date.now();
  let response: Response;
  try {
    response = await fetch(tokenUrl, {
      client,
      method: "POST",
      headers: {
        accept: "application/json",
        authorization: basicAuth(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`),
      },
      body: new URLSearchParams({ grant_type: "client_credentials", ...(scope !== undefined && { scope }) }),
      redirect: "manual",
      signal: AbortSignal.timeout(MAX_WAIT_MS),
    });
  } catch (error) {
    return fail(reasonOf(error));
  }
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    return fail(
      `status ${response.status}; redirects are not followed, since they would take the secret along`,
    );
  }
  const grant = await response.json().catch(() => ({})) as Readonly<Record<string, unknown>>;
  if (!response.ok) {
    const { error, error_description: more } = grant;
    const words = [`status ${response.status}`, error, more].filter((part) => typeof part === "string").join(
      ", ",
    );
    return fail(clientSecret === "" ? words : words.replaceAll(clientSecret, MASK));
  }
  const { access_token: token, expires_in: seconds } = grant;
  if (typeof token !== "string" || token === "" || /[^\x21-\x7e]/.test(token)) {
    return fail("its response has no access_token");
  }
  const endsAtMs = asked + Number(seconds) * 1000;
  return { token, ...(endsAtMs > asked && endsAtMs < MAX_TIME_MS && { endsAtMs }) };
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no response within ${MAX_WAIT_MS / 1000}s`;
  }
  // What the platform says itself is only that it failed.
  return messageOf(error instanceof Error ? error.cause ?? error : error);
}
