/**
 * What the JSON document says of `Expect: 100-continue`.
 *
 * @module
 */
import type { RunResult } from "../run_result.ts";
import { present } from "../../lib/json/present.ts";

/** Keys that are there only where the question was asked. */
export interface ExpectJson {
  /** Requests that waited for 100 (Continue) with their body. */
  readonly expect_waits?: number;
  /** How long each of them waited, on average. */
  readonly expect_wait_mean_ms?: number;
  /** Requests that were sent again without it, since the server refused it with 417. */
  readonly expect_refusals?: number;
}

/** The keys of one result. */
export function expectJson({ plan, total }: Pick<RunResult, "plan" | "total">): ExpectJson {
  const { continueWaits: waits, continueWaitMs, continueRefusals: refusals } = total;
  const isAsked = plan.client.expectContinue === true || waits + refusals > 0;
  return present<ExpectJson>({
    expect_waits: isAsked ? waits : undefined,
    expect_wait_mean_ms: waits > 0 ? continueWaitMs / waits : undefined,
    expect_refusals: isAsked ? refusals : undefined,
  });
}
