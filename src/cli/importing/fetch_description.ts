/**
 * Fetches the description of an API from a server.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../../lib/size_limits.ts";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { quoted } from "../../convert/wording.ts";
import { UsageError } from "../../lib/errors.ts";
import { fetchReason } from "../../lib/net/fetch_reason.ts";
import { readStreamWithin } from "../../lib/files/read_within.ts";

/** How a description is fetched. */
export interface FetchOptions {
  /** What messages call it. */
  readonly label: string;
  readonly timeoutMs: number;
  /** Whether the server's certificate must be trusted. */
  readonly verify: boolean;
  /** Certificates in PEM to trust besides those of the system. */
  readonly roots: readonly string[];
}

const MAX_REDIRECTS = 10;
const HEADERS = { Accept: "application/yaml, application/json;q=0.9, */*;q=0.1" };

/** The bytes at a URL, redirects followed. @throws {UsageError} when there are none within the time */
export async function fetchDescription(url: URL, options: FetchOptions): Promise<Uint8Array> {
  const { label, timeoutMs, verify, roots } = options;
  const refuse = (reason: string) => new UsageError(`Cannot fetch ${quoted(label)}: ${reason}`);
  const signal = AbortSignal.timeout(timeoutMs);
  using client = Deno.createHttpClient({ caCerts: [...roots] });
  try {
    const { status, bytes } = verify
      ? await fetchOnce(url, client, signal)
      : await fetchUnverified(url, signal);
    if (status < 200 || status > 299) throw new UsageError(`the server returned status ${status}`);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw refuse(error.message);
    if (signal.aborted) throw refuse(`no response within ${timeoutMs / 1000} s (--timeout)`);
    const reason = fetchReason(error);
    throw refuse(
      `${reason}${/UnknownIssuer/.test(reason) ? "; --ca-bundle names a certificate to trust" : ""}`,
    );
  }
}

interface Fetched {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** Where the server sends to. */
  readonly location?: string | undefined;
}

async function fetchOnce(url: URL, client: Deno.HttpClient, signal: AbortSignal): Promise<Fetched> {
  const response = await fetch(url, { headers: HEADERS, client, signal });
  return { status: response.status, bytes: await readBody(response.body ?? []) };
}

/** A server may send without end, or a few bytes that decode to any number. */
function readBody(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  return readStreamWithin(body, MAX_TEXT_BYTES);
}

/** The platform's fetch always verifies certificates. */
async function fetchUnverified(url: URL, signal: AbortSignal): Promise<Fetched> {
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await requestUnverified(at, signal);
    const next = response.location === undefined ? null : URL.parse(response.location, at);
    if (response.status < 300 || response.status > 399 || next === null) return response;
    if (!/^https?:$/.test(next.protocol)) {
      throw new TypeError("it redirects to a URL that is not http or https");
    }
    at = next;
  }
  throw new TypeError(`it redirects more than ${MAX_REDIRECTS} times`);
}

function requestUnverified(url: URL, signal: AbortSignal): Promise<Fetched> {
  const { promise, resolve, reject } = Promise.withResolvers<Fetched>();
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  const request = send(url, { headers: HEADERS, rejectUnauthorized: false, signal }, (response) => {
    const { statusCode = 0, headers: { location } } = response;
    readBody(response).then((bytes) => resolve({ status: statusCode, bytes, location }), reject);
  });
  request.on("error", reject);
  request.end();
  return promise;
}
