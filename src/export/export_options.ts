/**
 * Options of the exporters.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { headerLine, hostPort, httpUrl, listenAddress } from "../options/http_types.ts";
import { defineOptions, type OptionType, type ValuesOf } from "../options/option.ts";
import { choice, duration } from "../options/option_types.ts";

/** What names may begin with: letters, digits, `_` and `.`. */
const prefix: OptionType<string> = {
  label: "NAME",
  parse(given) {
    if (!/^[a-zA-Z_](?:[\w.]*\w)?$/.test(given)) {
      throw new UsageError('expected a name of letters, digits, "_" and ".", such as bench or team.bench');
    }
    return given;
  },
};

/** At least a second, since that is how often a run is looked at. */
const interval: OptionType<number> = {
  ...duration(),
  parse(given) {
    const ms = duration().parse(given);
    if (ms < 1000) throw new UsageError("expected a duration of at least 1s");
    return ms;
  },
};

/** Where metrics are sent to; each is a line of `registry.ts`, too. */
const receiverOptions = defineOptions({
  otelEndpoint: {
    long: "--otel-endpoint",
    type: httpUrl,
    group: "Export",
    help: "Send metrics to this OpenTelemetry collector (OTLP over HTTP; /v1/metrics unless a path is given)",
  },
  promRemoteWrite: {
    long: "--prom-remote-write",
    type: httpUrl,
    group: "Export",
    conflicts: ["pushgateway", "remoteWrite"],
    help:
      "Send metrics to Prometheus: by remote write if the path ends in /api/v1/write, otherwise to a Pushgateway",
  },
  pushgateway: {
    long: "--pushgateway",
    type: httpUrl,
    group: "Export",
    help:
      "Push metrics to this Prometheus Pushgateway; the tags name the group, unless the URL does (…/metrics/job/NAME)",
  },
  remoteWrite: {
    long: "--remote-write",
    type: httpUrl,
    group: "Export",
    help: "Send metrics by Prometheus remote write (/api/v1/write unless a path is given)",
  },
  influx: {
    long: "--influx",
    type: httpUrl,
    group: "Export",
    help: "Write metrics to this InfluxDB (/write?db=PREFIX unless a path is given)",
  },
  statsd: {
    long: "--statsd",
    type: hostPort,
    group: "Export",
    help: "Send metrics to this StatsD server over UDP, with DogStatsD tags",
  },
});

/** The table. */
export const exportOptions = defineOptions({
  ...receiverOptions,
  promProtocol: {
    long: "--prom-protocol",
    type: choice(["pushgateway", "remote-write"]),
    group: "Export",
    requires: ["promRemoteWrite"],
    defaultLabel: "by the path",
    help: "Protocol of --prom-remote-write, whatever its path is",
  },
  serveMetrics: {
    long: "--serve-metrics",
    type: listenAddress,
    group: "Export",
    help: "Serve /metrics for Prometheus during the run; on loopback unless a host is given",
  },
  exportInterval: {
    long: "--export-interval",
    type: interval,
    group: "Export",
    help: "Also export during the run, this often (at least 1s); by default once, at the end",
  },
  exportHeader: {
    long: "--export-header",
    aliases: ["--prom-header"],
    type: headerLine,
    group: "Export",
    repeat: true,
    secret: true,
    help: 'Header for all HTTP exports, such as "Authorization: Token …"',
  },
  metricsPrefix: {
    long: "--metrics-prefix",
    type: prefix,
    group: "Export",
    default: "bench",
    help: "Prefix of exported metric names",
  },
});

/** Values of these options. */
export type ExportValues = ValuesOf<typeof exportOptions>;

/** Whether there is somewhere to send metrics to. */
export function hasReceiver(values: ValuesOf<typeof receiverOptions>): boolean {
  const known: Readonly<Record<string, unknown>> = values;
  return Object.keys(receiverOptions).some((property) => known[property] !== undefined);
}

/** @throws {UsageError} when there is an interval or a header, but nothing to export to. */
export function checkExport(values: ExportValues): void {
  if (hasReceiver(values)) return;
  const flags = Object.values(receiverOptions).map(({ long }) => long).join(", ");
  const problems = [
    ...(values.exportInterval === undefined ? [] : ["--export-interval"]),
    ...(values.exportHeader.length === 0 ? [] : ["--export-header"]),
  ].map((flag) => `${flag} needs a receiver: one of ${flags}`);
  if (problems.length > 0) throw new UsageError(problems);
}

/** Where the two protocols of Prometheus go; `--prom-remote-write` stands for one of them. */
export function prometheusUrls(
  { pushgateway, remoteWrite, promRemoteWrite, promProtocol }: Pick<
    ExportValues,
    "pushgateway" | "remoteWrite" | "promRemoteWrite" | "promProtocol"
  >,
): { readonly pushgateway: string | undefined; readonly remoteWrite: string | undefined } {
  if (promRemoteWrite === undefined) return { pushgateway, remoteWrite };
  const isRemoteWrite = promProtocol === undefined
    ? new URL(promRemoteWrite).pathname.endsWith("/api/v1/write")
    : promProtocol === "remote-write";
  return {
    pushgateway: isRemoteWrite ? pushgateway : promRemoteWrite,
    remoteWrite: isRemoteWrite ? promRemoteWrite : remoteWrite,
  };
}
