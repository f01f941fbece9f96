/**
 * Options of how an exchange goes beyond one request and its answer.
 *
 * @module
 */
import { count } from "../options/option_types.ts";
import { defineOptions } from "../options/option.ts";

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
});
