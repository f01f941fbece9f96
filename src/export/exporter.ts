/**
 * What an exporter is: a function from the state of a run to something to be sent. Sending, intervals, retries and the
 * tally of losses are the streamer's, so that an exporter is a pure encoding.
 *
 * @module
 */
import type { HistogramData } from "../metrics/histogram.ts";
import type { Exemplar } from "../metrics/trace/exemplar.ts";
import type { ExportValues } from "./export_options.ts";
import type { MetricRow } from "./metric_rows.ts";

/** What is exported at one moment. Counters and the histogram are of the run so far. */
export interface ExportFrame {
  /** Gauges over the time since the frame before, or over the whole run; absent where only the end is exported. */
  readonly scope?: "interval" | "final";
  /** Start of the run and moment of the frame, in ms since 1970. */
  readonly startMs: number;
  readonly timeMs: number;
  readonly rows: readonly MetricRow[];
  /** Latency of successful requests. */
  readonly latency: HistogramData;
  /** Traced requests among those that came since the frame before; absent: there are none. */
  readonly exemplars?: readonly Exemplar[];
  /** Labels of this run only, beside the tags. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What every exporter gets besides its own options. */
export interface ExportContext {
  /** First part of every metric's name: `bench`. */
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Header lines for every HTTP request. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Values of the variables that `OTEL_VARIABLES` names. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A request to send. */
export interface HttpPost {
  readonly kind: "http";
  readonly method: "POST" | "PUT";
  /** Without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** How long a response is waited for; absent: the streamer's own limit. */
  readonly timeoutMs?: number;
  /** What the body of a successful response says was refused all the same. */
  refusalIn?(response: Uint8Array): string | undefined;
}

/** Datagrams to send; nobody says whether they arrive. */
export interface Datagrams {
  readonly kind: "udp";
  readonly host: string;
  readonly port: number;
  readonly texts: readonly string[];
}

/** Anything that can be sent. */
export type Post = HttpPost | Datagrams;

/** Encodes frames, each once and in their order. */
export type Encoder = (frame: ExportFrame) => Post;

/** One kind of receiver. */
export interface Exporter {
  /** For messages: `Pushgateway`. */
  readonly name: string;
  /** An encoder for the receiver that the user named; `undefined` when there is none. */
  open(values: ExportValues, context: ExportContext): Promise<Encoder> | undefined;
}

/** Tags and labels of one row of a frame; tags win over labels of the same name, but for the row's own. */
export function labelsOf(
  row: Pick<MetricRow, "kind" | "labels">,
  frame: Pick<ExportFrame, "scope" | "labels">,
  tags: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const scope = row.kind === "gauge" && frame.scope !== undefined ? { export: frame.scope } : {};
  return { ...scope, ...frame.labels, ...tags, ...row.labels };
}
