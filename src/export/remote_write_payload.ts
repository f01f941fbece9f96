/**
 * Frames as Prometheus `WriteRequest` messages, compressed in Snappy's block format. Source: "Prometheus Remote-Write
 * 1.0 specification".
 *
 * @module
 */
import protobuf from "protobufjs/light";
import { compress } from "snappyjs";
import { type ExportFrame, labelsOf } from "./exporter.ts";
import { byMetric, prometheusName } from "./metric_rows.ts";
import { legalLabels } from "./prometheus_text.ts";

const WRITE_REQUEST = protobuf.Root.fromJSON({
  nested: {
    WriteRequest: {
      fields: {
        timeseries: { rule: "repeated", type: "TimeSeries", id: 1 },
        metadata: { rule: "repeated", type: "MetricMetadata", id: 3 },
      },
    },
    TimeSeries: {
      fields: {
        labels: { rule: "repeated", type: "Label", id: 1 },
        samples: { rule: "repeated", type: "Sample", id: 2 },
      },
    },
    Label: { fields: { name: { type: "string", id: 1 }, value: { type: "string", id: 2 } } },
    Sample: { fields: { value: { type: "double", id: 1 }, timestamp: { type: "int64", id: 2 } } },
    MetricMetadata: {
      fields: {
        type: { type: "int32", id: 1 },
        metricFamilyName: { type: "string", id: 2 },
        help: { type: "string", id: 4 },
      },
    },
  },
}).lookupType("WriteRequest");

/** Numbers of `MetricMetadata.MetricType`. */
const TYPES = { counter: 1, gauge: 2 } as const;

/** Makes request bodies. Every series has a `job` label: the tag of that name, or else the prefix. */
export function remoteWritePayload(
  prefix: string,
  tags: Readonly<Record<string, string>>,
): (frame: ExportFrame) => Uint8Array<ArrayBuffer> {
  return (frame) => {
    const message = {
      timeseries: frame.rows.map((row) => ({
        // The specification wants the labels in order and none of them empty.
        labels: [
          ["__name__", prometheusName(prefix, row)] as const,
          ...legalLabels({ job: prefix, ...labelsOf(row, frame, tags) }),
        ]
          .filter(([, value]) => value !== "")
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => ({ name, value })),
        samples: [{ value: row.value, timestamp: Math.round(frame.timeMs) }],
      })),
      metadata: byMetric(frame.rows).map(([row]) => ({
        type: TYPES[row.kind],
        metricFamilyName: prometheusName(prefix, row),
        help: row.help,
      })),
    };
    return new Uint8Array(compress(WRITE_REQUEST.encode(message).finish()));
  };
}
