/**
 * A `/metrics` page for Prometheus, for as long as the program runs. Shows the whole run so far; rates and percentiles
 * are of the last second, and at the end of the whole run. Whoever has scraped the page gets to see that end: the page
 * stays until the next scrape, within limits.
 *
 * @module
 */
import { statsOfAll } from "../metrics/stats.ts";
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage } from "node:http";
import { messageOf, RunError } from "../lib/errors.ts";
import { GuardedListener, type StrangerLimits } from "../lib/net/guarded_listener.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { RunObserver } from "../metrics/tick.ts";
import { labelsOf } from "./exporter.ts";
import { type MetricRow, metricRows } from "./metric_rows.ts";
import { partRows, type PartsOf } from "./part_rows.ts";
import { EXPOSITION_TYPE, expositionText } from "./prometheus_text.ts";
import type { RunEnd } from "./streamer.ts";

/** How long the page waits for its last scrape at most, and when it does not know how often it is scraped. */
const LONGEST_STAY_MS = 15_000;

/** How long a slow reader may hold up the end. */
const MAX_CLOSING_MS = 2000;

/** A few scrapers, who may keep their connections as long as nobody else wants one. */
const VISITORS: StrangerLimits = {
  max: 64,
  slowMs: 200,
  oldMs: Infinity,
  maxAgeMs: Infinity,
  maxBytes: Infinity,
};

/** What the page is about and where it is. */
export interface MetricsPageOptions {
  readonly host: string;
  readonly port: number;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A page that is being served. */
export interface MetricsPage {
  /** Where it is, with the port that was really taken. */
  readonly url: string;
  /** Watches one run; its labels are those of the observed run only. `partsOf`: what has metrics of its own. */
  observe(labels?: Readonly<Record<string, string>>, partsOf?: PartsOf): RunObserver;
  /**
   * Shows the closing state of the last observed run and closes the page: at once when it was never scraped, else after
   * one more scrape, for which it waits one and a half times as long as lay between the last two, 15 s at most.
   */
  finish(end: RunEnd): Promise<void>;
}

/** What the page shows, not yet added up, so that a page that nobody reads costs nothing. */
interface Shown {
  readonly scope: "interval" | "final";
  readonly total: Snapshot;
  readonly totalMs: number;
  readonly window: Snapshot;
  readonly windowMs: number;
}

/**
 * Serves the page.
 * @throws {RunError} when the address cannot be listened on.
 */
export function serveMetrics({ host, port, prefix, tags }: MetricsPageOptions): MetricsPage {
  let shown: Shown | undefined;
  let labels: Readonly<Record<string, string>> = {};
  let parts: PartsOf = () => [];
  let scrapedAtMs: number | undefined;
  let gapMs = LONGEST_STAY_MS;
  let onScrape = () => {};
  const page = () => {
    if (!shown) return "";
    const frame = { scope: shown.scope, labels };
    return expositionText(rowsOf(shown, parts), { prefix, labels: (row) => labelsOf(row, frame, tags) });
  };
  const server = listen({ hostname: host, port }, ({ url = "", method }) => {
    if (!/^\/metrics(?:\?|$)/.test(url)) return { status: 404, text: "See /metrics\n" };
    if (method !== "GET" && method !== "HEAD") return { status: 405, text: "" };
    const nowMs = performance.now();
    if (scrapedAtMs !== undefined) gapMs = nowMs - scrapedAtMs;
    scrapedAtMs = nowMs;
    onScrape();
    return { status: 200, text: page() };
  });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}/metrics`,
    observe(runLabels = {}, partsOf = () => []) {
      labels = runLabels;
      parts = partsOf;
      return ({ total, window, atMs }) => {
        const windowMs = window.toMs - window.fromMs;
        shown = { scope: "interval", total, totalMs: atMs, window, windowMs };
      };
    },
    async finish({ total, durationMs }) {
      shown = { scope: "final", total, totalMs: durationMs, window: total, windowMs: durationMs };
      if (scrapedAtMs !== undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        onScrape = resolve;
        const timer = setTimeout(resolve, Math.min(1.5 * gapMs, LONGEST_STAY_MS));
        await promise;
        clearTimeout(timer);
      }
      await server.close();
    },
  };
}

function rowsOf({ total, totalMs, window, windowMs }: Shown, partsOf: PartsOf): readonly MetricRow[] {
  return [
    ...metricRows(statsOfAll(total, totalMs), statsOfAll(window, windowMs)),
    ...partRows(partsOf(total, totalMs), partsOf(window, windowMs)),
  ];
}

/** What a request gets. */
interface Page {
  readonly status: number;
  readonly text: string;
}

/** Serves pages; closing lets the responses under way come to their end. */
function listen(
  address: { readonly hostname: string; readonly port: number },
  pageFor: (request: IncomingMessage) => Page,
): { readonly port: number; close(): Promise<void> } {
  let underWay = 0;
  let onIdle = () => {};
  const http = createServer((request, response) => {
    underWay++;
    response.once("close", () => {
      underWay--;
      if (underWay === 0) onIdle();
    });
    const { status, text } = pageFor(request);
    response.writeHead(status, {
      "content-type": EXPOSITION_TYPE,
      "content-length": Buffer.byteLength(text),
    });
    response.end(request.method === "HEAD" ? undefined : text);
  });
  http.on("clientError", (_error, socket) => socket.destroy());
  try {
    const listener = Deno.listen(address);
    const guarded = new GuardedListener(listener, VISITORS, ({ connection }) => {
      http.emit("connection", connection);
    });
    return {
      port: listener.addr.port,
      close: async () => {
        if (underWay > 0) {
          const { promise, resolve } = Promise.withResolvers<void>();
          onIdle = resolve;
          const timer = setTimeout(resolve, MAX_CLOSING_MS);
          await promise;
          clearTimeout(timer);
        }
        await guarded.close();
      },
    };
  } catch (error) {
    throw new RunError(`Cannot serve metrics on ${address.hostname}:${address.port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
