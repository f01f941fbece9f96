/**
 * Frames as OTLP metrics, written by OpenTelemetry's own serializer: monotonic sums for counters, gauges for the rest,
 * and the latency of successful requests as an exponential histogram with exemplars, all cumulative since the start of the run.
 *
 * @module
 */
import { type HrTime, ValueType } from "@opentelemetry/api";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AggregationTemporality, DataPointType, type MetricData } from "@opentelemetry/sdk-metrics";
import { VERSION } from "../lib/version.ts";
import { exponentialHistogram } from "./exponential_histogram.ts";
import { type ExportFrame, labelsOf } from "./exporter.ts";
import { withExemplars } from "./otlp_exemplars.ts";
import { byMetric, type MetricRow } from "./metric_rows.ts";

/** What all payloads of a program have in common. */
export interface OtlpNames {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Resource attributes from the environment; tags of the same name win. */
  readonly resource: Readonly<Record<string, string>>;
}

/** Makes `ExportMetricsServiceRequest` messages. */
export function otlpPayload(
  { prefix, tags, resource: given }: OtlpNames,
): (frame: ExportFrame) => Uint8Array<ArrayBuffer> {
  const resource = resourceFromAttributes({ "service.name": "bench", ...given, ...tags });
  const scope = { name: "bench", version: VERSION };
  return (frame) => {
    const histogram = histogramMetric(frame, { prefix, tags });
    const rows = byMetric(frame.rows).map((rows) => rowsMetric(rows, { frame, prefix, tags }));
    const { exemplars = [], startMs } = frame;
    if (histogram === undefined || exemplars.length === 0) {
      return serialized(histogram ? [...rows, histogram] : rows);
    }
    // Messages one behind the other are one message with the fields of both.
    const example = withExemplars(serialized([histogram]), exemplars, startMs);
    const others = serialized(rows);
    const all = new Uint8Array(others.length + example.length);
    all.set(others);
    all.set(example, others.length);
    return all;
  };

  function serialized(metrics: MetricData[]): Uint8Array<ArrayBuffer> {
    const bytes = ProtobufMetricsSerializer.serializeRequest({
      resource,
      scopeMetrics: [{ scope, metrics }],
    });
    if (bytes === undefined) throw new TypeError("Cannot serialize the metrics");
    return new Uint8Array(bytes);
  }
}

/** What a receiver that accepted the request says it dropped. */
export function refusedPoints(response: Uint8Array): string | undefined {
  if (response.length === 0) return undefined;
  let partial;
  try {
    partial = ProtobufMetricsSerializer.deserializeResponse(response).partialSuccess;
  } catch {
    return undefined; // An answer in another format: its status has to do.
  }
  const points = Number(partial?.rejectedDataPoints ?? 0);
  return points > 0
    ? `${points} data points were refused: ${partial?.errorMessage ?? "no reason given"}`
    : undefined;
}

type Names = Omit<OtlpNames, "resource">;

function rowsMetric(
  rows: readonly [MetricRow, ...MetricRow[]],
  { frame, prefix, tags }: Names & { readonly frame: ExportFrame },
): MetricData {
  const [{ key, kind, help, unit }] = rows;
  const isCounter = kind === "counter";
  const base = {
    descriptor: {
      name: `${prefix}.${key}`,
      description: help,
      unit,
      valueType: isCounter ? ValueType.INT : ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: rows.map((row) => ({
      ...timesOf(frame),
      attributes: labelsOf(row, frame, tags),
      value: row.value,
    })),
  };
  return isCounter
    ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...base, dataPointType: DataPointType.GAUGE };
}

function histogramMetric(frame: ExportFrame, { prefix, tags }: Names): MetricData | undefined {
  const value = exponentialHistogram(frame.latency);
  return value && {
    descriptor: {
      name: `${prefix}.latency`,
      description: "Latency of successful requests",
      unit: "ms",
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
    dataPoints: [{
      ...timesOf(frame),
      attributes: labelsOf({ kind: "counter" }, frame, tags),
      value: {
        ...value,
        positive: { offset: value.positive.offset, bucketCounts: [...value.positive.bucketCounts] },
        negative: { offset: 0, bucketCounts: [] },
      },
    }],
  };
}

function timesOf({ startMs, timeMs }: ExportFrame): { readonly startTime: HrTime; readonly endTime: HrTime } {
  return { startTime: hrTime(startMs), endTime: hrTime(timeMs) };
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
