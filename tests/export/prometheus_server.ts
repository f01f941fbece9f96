/**
 * A real Prometheus that accepts remote writes, for tests.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { freePort, startPeer } from "../_support/peers.ts";

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

/** Starts Prometheus, hands it over and ends it. */
export async function withPrometheus(use: (server: PrometheusServer) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await Deno.writeTextFile(`${dir}/prometheus.yml`, "global: {}\n");
  const peer = await startPeer("prometheus", {
    args: [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`]
      .concat("--web.enable-remote-write-receiver", `--web.listen-address=127.0.0.1:${port}`),
    readyUrl: `${url}/-/ready`,
  });
  try {
    // It answers, with 503, somewhat before its storage is open.
    for (let i = 0; i < 100 && !(await isReady(`${url}/-/ready`)); i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await use({
      url,
      async query(expression, timeMs) {
        const parameters = new URLSearchParams({ query: expression, time: `${timeMs / 1000}` });
        const answer = await (await fetch(`${url}/api/v1/query?${parameters}`)).json();
        assertEquals(answer.status, "success", `${expression}: ${answer.error}`);
        return answer.data.result;
      },
    });
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
