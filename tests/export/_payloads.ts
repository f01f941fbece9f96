/** What exporters' binary payloads say, read without the libraries that write them. */
import { assert } from "@std/assert";
import protobuf from "protobufjs";
import { uncompress } from "snappyjs";

/** The part of OpenTelemetry's protocol that the exporter uses, to read payloads without the library that writes them. */
const OTLP = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
  message Scope { string name = 1; string version = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { string string_value = 1; }
  message Metric {
    string name = 1; string description = 2; string unit = 3;
    Gauge gauge = 5; Sum sum = 7; ExponentialHistogram exponential_histogram = 10;
  }
  message Gauge { repeated NumberPoint data_points = 1; }
  message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message NumberPoint {
    fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; double as_double = 4; sfixed64 as_int = 6;
    repeated KeyValue attributes = 7;
  }
  message ExponentialHistogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
  message HistogramPoint {
    repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    fixed64 count = 4; double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8;
    double min = 12; double max = 13; repeated Exemplar exemplars = 11;
  }
  message Exemplar { fixed64 time_unix_nano = 2; double as_double = 3; bytes span_id = 4; bytes trace_id = 5; }
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
`).root;

/** A name and its text. */
export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}
interface Point {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly asInt?: string;
  readonly attributes: readonly Attribute[];
}
interface HistogramPoint extends Point {
  readonly count: string;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: string;
  readonly min: number;
  readonly max: number;
  readonly exemplars?: readonly {
    readonly timeUnixNano: string;
    readonly asDouble: number;
    readonly spanId: string;
    readonly traceId: string;
  }[];
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly string[] };
}
interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly sum?: {
    readonly dataPoints: readonly Point[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
  readonly exponentialHistogram?: {
    readonly dataPoints: readonly HistogramPoint[];
    readonly aggregationTemporality: number;
  };
}
/** An OTLP request. */
export interface OtlpPayload {
  readonly resourceMetrics: readonly [{
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly [
      { readonly scope: { readonly name: string }; readonly metrics: readonly Metric[] },
    ];
  }];
}

/** An OTLP request's body, read. */
export function decodeOtlp(body: unknown): OtlpPayload {
  assert(body instanceof Uint8Array);
  const type = OTLP.lookupType("Request");
  return type.toObject(type.decode(body), { longs: String, bytes: String }) as OtlpPayload;
}

/** A receiver's response that says what it dropped. */
export function otlpResponse(partialSuccess: object): Uint8Array {
  return OTLP.lookupType("Response").encode({ partialSuccess }).finish();
}

/** The part of the remote-write protocol that the exporter uses. */
const WRITE_REQUEST = protobuf.parse(`
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; repeated Metadata metadata = 3; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message Metadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
`).root.lookupType("WriteRequest");

/** A remote-write request. */
export interface RemoteWritePayload {
  readonly timeseries: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly samples: readonly { readonly value: number; readonly timestamp: string }[];
  }[];
  readonly metadata: readonly { readonly type: number; readonly metricFamilyName: string }[];
}

/** A remote-write request's body, read. */
export function decodeRemoteWrite(body: Uint8Array): RemoteWritePayload {
  return WRITE_REQUEST.toObject(WRITE_REQUEST.decode(uncompress(body)), {
    longs: String,
  }) as RemoteWritePayload;
}
