/**
 * Which entries of a recording are replayed, and why the others are not. First what no load test can or should send,
 * then the user's filters, in the order of `DROP_REASONS`.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { UsageError } from "../../lib/errors.ts";
import { type HarEntry, headerOf, readEntry } from "./entry.ts";
import { isPrivateHost } from "./private_address.ts";
import { countOne, quoted } from "../wording.ts";
import { findPatterns, type UrlPattern } from "../url_patterns.ts";

/** Every reason to leave an entry out, in words that follow a count, in the order in which they are judged. */
const DROP_REASONS = {
  malformed: "without a usable request",
  control: "with control characters in URL or method",
  scheme: "not HTTP",
  aborted: "aborted",
  websocket: "WebSocket (--format scenario keeps those with recorded messages)",
  preflight: "CORS preflight",
  tunnel: "CONNECT to a proxy",
  method: "with a method that no URL list takes (--format scenario)",
  body: "with broken base64 in the body",
  private: "at private addresses (--allow-private)",
  static: "static (--include-static)",
  domain: "on other hosts (--domain)",
  exclude: "matched by --exclude",
  include: "not matched by --include",
} as const;

/** Why an entry was left out. */
export type DropReason = keyof typeof DROP_REASONS;

/** What the user wants kept. */
export interface FilterOptions {
  readonly includeStatic: boolean;
  /** Hosts in lower case; they and their subdomains are kept. Empty: all. */
  readonly domains: readonly string[];
  readonly exclude: readonly UrlPattern[];
  readonly include: readonly UrlPattern[];
  /** Keep entries at private addresses although the recording begins at a public host. */
  readonly allowPrivate: boolean;
  /** Keep WebSockets whose messages were recorded; absent: none. */
  readonly keepsSockets?: boolean;
}

/** What a filter made of a recording. */
export interface Filtered {
  /** Entries in the recording. */
  readonly total: number;
  readonly kept: readonly HarEntry[];
  readonly dropped: ReadonlyMap<DropReason, number>;
  /** Hosts refused as private, with the number of entries. */
  readonly privateHosts: ReadonlyMap<string, number>;
}

/**
 * Applies all filters to the entries of a recording.
 * @throws {UsageError} when a pattern takes too long
 */
export function filterEntries(raw: Iterable<unknown>, options: FilterOptions): Filtered {
  const dropped = new Map<DropReason, number>();
  const privateHosts = new Map<string, number>();
  const drop = (reason: DropReason): false => {
    countOne(dropped, reason);
    return false;
  };

  const readable: HarEntry[] = [];
  let total = 0;
  for (const item of raw) {
    total++;
    const entry = readEntry(item);
    if (typeof entry === "string") drop(entry);
    else readable.push(entry);
  }
  sortByStart(readable);
  const first = readable[0];
  const guardsPrivate = first !== undefined && !options.allowPrivate && !isPrivateHost(first.url.hostname);
  const requested = new Set(
    readable.filter((entry) => entry.method !== "OPTIONS").map((entry) => entry.rawUrl),
  );

  const sendable: HarEntry[] = [];
  for (const entry of readable) {
    const reason = unsendable(entry, requested, options.keepsSockets) ??
      (guardsPrivate && isPrivateHost(entry.url.hostname) ? "private" : undefined) ??
      (!options.includeStatic && isStaticAsset(entry.url) ? "static" : undefined) ??
      (isOnDomain(entry.url.hostname, options.domains) ? undefined : "domain");
    if (reason === "private") countOne(privateHosts, entry.url.host);
    if (reason === undefined) sendable.push(entry);
    else drop(reason);
  }

  const urls = sendable.map((entry) => entry.rawUrl);
  const excluded = findPatterns(options.exclude, urls);
  const included = findPatterns(options.include, urls);
  const kept = sendable.filter((_entry, index) => {
    if (excluded[index]) return drop("exclude");
    return options.include.length === 0 || included[index] || drop("include");
  });
  return { total, kept, dropped, privateHosts };
}

/**
 * Not all writers keep the order in which requests began (HAR 1.2, "entries"). An entry whose start is not known stays
 * behind the one before it.
 */
function sortByStart(entries: HarEntry[]): void {
  let known = -Infinity;
  const starts = new Map(entries.map((entry) => {
    if (!Number.isNaN(entry.startMs)) known = entry.startMs;
    return [entry, known];
  }));
  entries.sort((a, b) => {
    const [first, second] = [starts.get(a)!, starts.get(b)!];
    return first === second ? 0 : first - second;
  });
}

/** What was left out: `28: 20 static (--include-static), 8 aborted`. */
export function droppedText(dropped: ReadonlyMap<DropReason, number>): string {
  const reasons = Object.entries(DROP_REASONS) as [DropReason, string][];
  const parts = reasons.filter(([reason]) => dropped.has(reason)).map(([reason, words]) => {
    return `${dropped.get(reason)} ${words}`;
  });
  const total = [...dropped.values()].reduce((sum, count) => sum + count, 0);
  return `${total}: ${parts.join(", ")}`;
}

/** The problem to report when no entry of a recording is left. */
export function nothingLeft(
  label: string,
  total: number,
  dropped: ReadonlyMap<DropReason, number>,
): UsageError {
  return new UsageError(
    `Cannot convert ${quoted(label)}: no request remained of ${formatCounted(total, "recorded request")} ` +
      `(left out ${droppedText(dropped)})`,
  );
}

function unsendable(
  entry: HarEntry,
  requested: ReadonlySet<string>,
  keepsSockets = false,
): DropReason | undefined {
  if (entry.status !== undefined && entry.status <= 0) return "aborted";
  if (entry.resource === "websocket" || headerOf(entry, "upgrade")?.toLowerCase() === "websocket") {
    return keepsSockets && entry.messages !== undefined ? undefined : "websocket";
  }
  // Proxies that record, such as Charles and Fiddler, list the tunnels of which they see no more.
  if (entry.method === "CONNECT") return "tunnel";
  return isPreflight(entry, requested) ? "preflight" : undefined;
}

/** Without recorded headers, an OPTIONS counts as preflight when another method is sent to the same URL. */
function isPreflight(entry: HarEntry, requested: ReadonlySet<string>): boolean {
  if (entry.resource === "preflight") return true;
  if (entry.method !== "OPTIONS") return false;
  return entry.headers.length === 0
    ? requested.has(entry.rawUrl)
    : headerOf(entry, "access-control-request-method") !== undefined;
}

const STATIC_EXTENSION =
  /\.(?:css|js|png|jpe?g|gif|svg|ico|woff2?|ttf|eot|otf|map|webp|avif|mp4|webm|mp3|ogg)$/i;

/** Whether a URL's path ends as files do that a server only hands out. Query and MIME type do not matter. */
export function isStaticAsset(url: URL): boolean {
  return STATIC_EXTENSION.test(url.pathname);
}

/** Whether a host is one of the domains or below one; without domains every host is. */
export function isOnDomain(hostname: string, domains: readonly string[]): boolean {
  const host = hostname.replace(/\.$/, "");
  return domains.length === 0 || domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
