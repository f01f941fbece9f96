/**
 * The headers with which a recorded request is replayed.
 *
 * @module
 */
import { basicAuth } from "../../lib/net/basic_auth.ts";
import { holdsCredential } from "../../lib/mask_text.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { RecordedBody } from "./body.ts";
import { type HarEntry, headerOf } from "./entry.ts";
import type { Findings } from "./remarks.ts";
import { headerFate, isToken } from "../header_rules.ts";
import { countOne } from "../wording.ts";

/** A recorded request that is kept. */
export interface RecordedRequest {
  readonly entry: HarEntry;
  readonly body: RecordedBody | undefined;
}

/** The headers of a step: the content type alone, or all that can be replayed. */
export function headersOf({ entry, body }: RecordedRequest, findings: Findings): HeaderLine[] {
  const preserve = findings.preserveHeaders;
  const all = [...entry.headers, ...userInfoHeader(entry)];
  const credentials = new Set<string>();
  const headers: HeaderLine[] = [];
  if (preserve) findings.brokenHeaders += entry.unreadableHeaders;
  for (const [name, value] of all) {
    const found = headerFate(name.toLowerCase(), value);
    // A module sends such a text as it is.
    const fate = found === "placeholder" && findings.format === "script" ? "keep" : found;
    if (fate === "broken" && preserve) findings.brokenHeaders++;
    if (fate === "placeholder" && preserve) findings.activePlaceholders++;
    if (fate !== "keep") continue;
    if (holdsCredential([name, value])) credentials.add(name.toLowerCase());
    if (!preserve) continue;
    if (value.includes("${") && findings.format !== "script") findings.placeholders++;
    if (!isToken(name)) findings.oddNames.add(name);
    headers.push([name, value]);
  }
  for (const name of credentials) countOne(findings.credentials, name);
  if (preserve) {
    if (body?.needsType && body.contentType !== undefined && !headers.some(isType)) {
      headers.push(["Content-Type", body.contentType]);
    }
    return headers.map((header) => isType(header) ? withBodyBoundary(header, body) : header);
  }
  return body?.contentType === undefined ? [] : [["Content-Type", body.contentType]];
}

function isType([name]: HeaderLine): boolean {
  return name.toLowerCase() === "content-type";
}

/** A recorded multipart type without a boundary cannot describe the body; the body's own type can. */
function withBodyBoundary(header: HeaderLine, body: RecordedBody | undefined): HeaderLine {
  const isBare = /^multipart\//i.test(header[1]) && !/boundary=/i.test(header[1]);
  return isBare && body?.contentType !== undefined ? [header[0], body.contentType] : header;
}

/** User name and password in a URL, as the header that a browser sends for them. */
function userInfoHeader(entry: HarEntry): HeaderLine[] {
  const { username, password } = entry.url;
  if (username === "" && password === "") return [];
  if (headerOf(entry, "authorization") !== undefined) return [];
  return [["Authorization", basicAuth(`${percentDecoded(username)}:${percentDecoded(password)}`)]];
}
