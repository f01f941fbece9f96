/**
 * A real Prometheus that accepts remote writes, for tests.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { freePort, startPeer } from "../_support/peers.ts";
import { until } from "../_support/wait.ts";

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
}

/** The running server. */
export interface PrometheusServer {
  readonly url: string;
  /** The answer to a query at a moment, in ms since 1970; fails unless the query is understood. */
  query(expression: string, timeMs: number): Promise<readonly Series[]>;
}

/** Starts Prometheus, hands it over and ends it. `scrapedPort`: of a page on this machine that it looks at all the time. */
export async function withPrometheus(
  use: (server: PrometheusServer) => Promise<void>,
  scrapedPort?: number,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const scraping = scrapedPort === undefined ? "" : `
scrape_configs:
  - job_name: scraped
    scrape_interval: 200ms
    static_configs: [{ targets: ["127.0.0.1:${scrapedPort}"] }]
`;
  await Deno.writeTextFile(`${dir}/prometheus.yml`, `global: {}\n${scraping}`);
  const peer = await startPeer("prometheus", {
    args: [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`]
      .concat("--web.enable-remote-write-receiver", `--web.listen-address=127.0.0.1:${port}`),
    readyUrl: `${url}/-/ready`,
  });
  const server: PrometheusServer = {
    url,
    async query(expression, timeMs) {
      const parameters = new URLSearchParams({ query: expression, time: `${timeMs / 1000}` });
      const answer = await (await fetch(`${url}/api/v1/query?${parameters}`)).json();
      assertEquals(answer.status, "success", `${expression}: ${answer.error}`);
      return answer.data.result;
    },
  };
  try {
    // It answers, with 503, somewhat before its storage is open, and looks for pages to scrape some seconds later.
    await until(() => isReady(`${url}/-/ready`));
    if (scrapedPort !== undefined) await until(async () => (await server.query("up", Date.now())).length > 0);
    await use(server);
  } finally {
    await peer.stop();
    await Deno.remove(dir, { recursive: true });
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.ok;
}
