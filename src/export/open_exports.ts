/**
 * From options to whatever exports: the receivers that the user named, and the page if there is to be one.
 *
 * @module
 */
import { LEFT_OUT } from "../options/http_types.ts";
import type { RunObserver } from "../metrics/tick.ts";
import { checkExport, type ExportValues } from "./export_options.ts";
import type { ExportContext } from "./exporter.ts";
import type { PartsOf } from "./part_rows.ts";
import { EXPORTERS } from "./registry.ts";
import type { MetricsPage } from "./serve_metrics.ts";
import { createStreamer, type ExportTally, type Receiver, type RunEnd } from "./streamer.ts";

/** Everything that exports during one invocation. */
export interface Exports {
  /** Where the metrics page is, when there is one. */
  readonly pageUrl?: string;
  /** Watches one run; `labels` tell it from other runs of the same program, `partsOf` what has metrics of its own. */
  observe(labels?: Readonly<Record<string, string>>, partsOf?: PartsOf): RunObserver;
  /** Sends the closing frame and counts what was sent and lost; shows the end on the page, and closes it. */
  finish(end: RunEnd): Promise<readonly ExportTally[]>;
}

/** What exporters get that is no option of theirs. */
export type ExportSources = Pick<ExportContext, "tags" | "environment">;

/**
 * Opens what the user asked for; `undefined` when that is nothing.
 * @throws {UsageError} when options make no sense together.
 * @throws {RunError} when the page cannot be served.
 */
export async function openExports(
  values: ExportValues,
  { tags, environment }: ExportSources,
): Promise<Exports | undefined> {
  checkExport(values);
  const headers = values.exportHeader.filter(([, value]) => value !== LEFT_OUT);
  const context = { prefix: values.metricsPrefix, tags, headers, environment };
  const receivers: Receiver[] = [];
  for (const exporter of EXPORTERS) {
    const encode = await exporter.open(values, context);
    if (encode) receivers.push({ name: exporter.name, encode });
  }
  if (receivers.length === 0 && values.serveMetrics === undefined) return undefined;
  const page: MetricsPage | undefined = values.serveMetrics &&
    (await import("./serve_metrics.ts")).serveMetrics({
      ...values.serveMetrics,
      prefix: context.prefix,
      tags,
    });
  const streamer = createStreamer({
    receivers,
    ...(values.exportInterval !== undefined && { intervalMs: values.exportInterval }),
  });
  return {
    ...(page && { pageUrl: page.url }),
    observe(labels, partsOf) {
      const observers = [
        streamer.observe(labels, partsOf),
        ...(page ? [page.observe(labels, partsOf)] : []),
      ];
      return (tick) => observers.forEach((observer) => observer(tick));
    },
    async finish(end) {
      const [tallies] = await Promise.all([streamer.finish(end), page?.finish(end)]);
      return tallies;
    },
  };
}
