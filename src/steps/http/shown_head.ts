/**
 * Request and answer heads as `-v 4` may show them: credentials masked.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import type { Exchange, PreparedRequest } from "../../client/exchange/http_client.ts";
import { headText, type Http1Form } from "../../client/http1/encode_request.ts";
import { isCredential } from "../../lib/credentials.ts";
import { maskFieldValue, maskSecrets } from "../../lib/mask_text.ts";
import { MASK, maskUrlsIn } from "../../lib/mask_url.ts";

const decoder = new TextDecoder();
const MAX_CHARACTERS = 4000;

/** What was sent and received, and what of it must not be seen. */
export interface ShownExchange {
  readonly request: PreparedRequest;
  readonly client: Http1Form;
  readonly exchange: Pick<Exchange, "head" | "redirects">;
  /** Masked wherever they stand. */
  readonly secrets: readonly string[];
}

/** The heads of a request and of its response, the last one after redirects. */
export function shownHeads({ request, client, exchange, secrets }: ShownExchange): string {
  const { head, redirects } = exchange;
  const between = redirects === 0 ? "" : `(${formatCounted(redirects, "redirect")})\n\n`;
  const response = head === null ? "" : shownHead(head);
  return maskSecrets(`${shownRequest(request, client)}\n\n${between}${response}\n`, secrets);
}

/** The head of a request as HTTP/1.1 writes it; calls do not declare their length. */
export function shownRequest(request: PreparedRequest, client: Http1Form): string {
  const text = headText(request, client);
  return shownText(request.isCall ? text.replace(/^Content-Length: .*\r\n/m, "") : text);
}

/**
 * The head at the start of some bytes, a field a line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const bytes = new TextEncoder().encode("GET /?token=abc HTTP/1.1\r\nCookie: a=b\r\nAccept: *\r\n\r\nbody");
 * assertEquals(shownHead(bytes), "GET /?token=*** HTTP/1.1\nCookie: ***\nAccept: *");
 * ```
 */
export function shownHead(bytes: Uint8Array): string {
  return shownText(decoder.decode(bytes));
}

function shownText(text: string): string {
  const head = text.split(/\r?\n\r?\n/, 1)[0]!;
  // A line that begins with a blank continues the one before it (RFC 9112, 5.2).
  const [first = "", ...fields] = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const shown = fields.map((line) => {
    const colon = line.indexOf(":");
    if (colon <= 0) return line;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    return `${name}: ${isCredential([name, value]) ? MASK : maskFieldValue(value)}`;
  });
  return [maskUrlsIn(first), ...shown].join("\n").slice(0, MAX_CHARACTERS);
}
