/**
 * What is measured of gRPC calls. Their statuses are counted by name.
 *
 * @module
 */
import type { CounterSpec } from "./measure_specs.ts";

/** What is counted of the calls of a step, where it makes any. */
export const GRPC_COUNTERS = {
  ok: {
    help: "Calls with the gRPC status OK",
    unit: "1",
    shown: { key: "grpc_ok", better: "higher", isExported: true },
  },
  notOk: {
    help: "Calls with another gRPC status, expected ones included",
    unit: "1",
    shown: { key: "grpc_not_ok", better: "lower", isExported: true },
  },
  noStatus: { help: "Calls that ended without a gRPC status", unit: "1" },
  http200: { help: "Responses to calls that are among those with HTTP status 200", unit: "1" },
} as const satisfies Readonly<Record<string, CounterSpec>>;
