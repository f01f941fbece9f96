/**
 * A `/metrics` page for Prometheus, for as long as the program runs. Shows the whole run so far; rates and percentiles
 * are of the last second.
 *
 * @module
 */
import { messageOf, RunError } from "../lib/errors.ts";
import { type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import type { RunObserver } from "../metrics/tick.ts";
import { type MetricRow, metricRows } from "./metric_rows.ts";
import { EXPOSITION_TYPE, expositionText } from "./prometheus_text.ts";

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
  /** Watches one run; its labels are those of the observed run only. */
  observe(labels?: Readonly<Record<string, string>>): RunObserver;
  close(): Promise<void>;
}

/**
 * Serves the page.
 * @throws {RunError} when the address cannot be listened on.
 */
export function serveMetrics({ host, port, prefix, tags }: MetricsPageOptions): MetricsPage {
  let latest: { readonly total: Snapshot; readonly window: Snapshot; readonly atMs: number } | undefined;
  let labels: Readonly<Record<string, string>> = {};
  // Encoded when it is asked for, so that a page that nobody reads costs nothing.
  const page = () =>
    expositionText(latest ? rowsOf(latest) : [], { prefix, labels: () => ({ ...labels, ...tags }) });
  const server = listen({ hostname: host, port }, (request) => {
    if (new URL(request.url).pathname !== "/metrics") return new Response("See /metrics\n", { status: 404 });
    if (request.method !== "GET" && request.method !== "HEAD") return new Response(null, { status: 405 });
    return new Response(page(), { headers: { "content-type": EXPOSITION_TYPE } });
  });
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${server.addr.port}/metrics`,
    observe(runLabels = {}) {
      labels = runLabels;
      return ({ total, window, atMs }) => {
        latest = { total, window, atMs };
      };
    },
    close: () => server.shutdown(),
  };
}

function rowsOf(
  { total, window, atMs }: { total: Snapshot; window: Snapshot; atMs: number },
): readonly MetricRow[] {
  return metricRows(
    { counts: sumOfSteps(total), durationMs: atMs },
    { counts: sumOfSteps(window), durationMs: window.toMs - window.fromMs },
  );
}

function listen(
  address: { readonly hostname: string; readonly port: number },
  handler: (request: Request) => Response,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ ...address, onListen: () => {} }, handler);
  } catch (error) {
    throw new RunError(`Cannot serve metrics on ${address.hostname}:${address.port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
