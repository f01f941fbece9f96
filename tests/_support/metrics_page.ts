/**
 * What a run that goes on says of itself on its page of metrics (`--serve-metrics`): tests wait for it.
 *
 * @module
 */
import { pause } from "./wait.ts";

/** Pages a second are enough for who waits. */
const EVERY_MS = 50;

/** Values by name, without labels; empty while there is no page. */
export async function metricsAt(port: number): Promise<ReadonlyMap<string, number>> {
  await pause(EVERY_MS);
  const page = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text(), () => "");
  return new Map(
    [...page.matchAll(/^bench_(\w+)(?:\{.*\})? (\S+)$/gm)].map(([, name, value]) => [name!, Number(value)]),
  );
}
