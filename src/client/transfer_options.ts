/**
 * Options of how an exchange goes beyond one request and its answer.
 *
 * @module
 */
import { count, toggle } from "../options/option_types.ts";
import { defineOptions } from "../options/option.ts";
import type { ValuesOf } from "../options/option.ts";
import type { ClientSpec } from "../plan/run_plan.ts";

/** The table. */
export const transferOptions = defineOptions({
  followRedirects: {
    long: "--follow-redirects",
    type: count({ min: 0, max: 1000 }),
    group: "Request",
    fallback: 0,
    fallbackLabel: "none; without N, 10",
    bare: 10,
    help: "Follow up to N redirects a request; credentials stay with their origin, latency covers all",
  },
  expectContinue: {
    long: "--expect-continue",
    negation: "--no-expect-continue",
    type: toggle,
    group: "Request",
    fallbackLabel: "for bodies above 1 MiB",
    help: "Ask with Expect: 100-continue, and send the body on 100 or after 1 s without an answer",
  },
  compressed: {
    long: "--compressed",
    type: toggle,
    group: "Request",
    fallback: false,
    help: "Ask for gzip, deflate or br answers; bytes are counted as they travel, checks see them decoded",
  },
});

/** What the table yields. */
export type TransferValues = ValuesOf<typeof transferOptions>;

/** Checks that need several values. */
export function checkTransferOptions(
  values: TransferValues & { readonly client: ClientSpec["kind"] },
): readonly string[] {
  return values.compressed && values.client === "fetch"
    ? ["--client fetch cannot be used with --compressed: how many bytes travelled is hidden from it"]
    : [];
}
