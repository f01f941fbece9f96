/**
 * Options that tell where servers spend their time: traces, and what responses say of it.
 *
 * @module
 */
import type { Loose } from "../../lib/json/present.ts";
import { decimal, toggle } from "../../options/option_types.ts";
import { defineOptions } from "../../options/option.ts";
import type { ValuesOf } from "../../options/option.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";

/** The table. */
export const traceOptions = defineOptions({
  traceRatio: {
    long: "--trace-ratio",
    type: decimal({ min: 0, max: 1 }, "SHARE"),
    group: "Request",
    defaultLabel: "0",
    help:
      "Send a sampled W3C traceparent with this share of the requests (0.01: one in a hundred); reports name the traces",
  },
  serverTiming: {
    long: "--server-timing",
    type: toggle,
    group: "Output",
    default: false,
    help: "Add up what responses say in Server-Timing: count, mean and percentiles of each metric",
  },
});

/** What the table yields. */
export type TraceValues = ValuesOf<typeof traceOptions>;

/** The settings of clients that these options make. */
export function traceSettings(values: TraceValues) {
  return {
    // A share of nothing is nobody's.
    traceRatio: values.traceRatio || undefined,
    serverTiming: values.serverTiming || undefined,
  } satisfies Loose<Partial<ClientSpec>>;
}
