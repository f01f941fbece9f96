/**
 * Why handshakes fail, for whoever reads a report.
 *
 * @module
 */
import type { Exchange } from "../../client/exchange/http_client.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { StepRecorder } from "../step_kind.ts";

/** Keeps what the first server said that refused to switch, or did it in a wrong way. */
export function noteHandshake(
  { foundInstead }: Pick<StepRecorder, "foundInstead">,
  { failure, failureDetail }: Pick<Exchange, "failure" | "failureDetail">,
): void {
  if (failure !== FAILURE.ws_handshake || foundInstead.has("ws_handshake")) return;
  foundInstead.note("ws_handshake", failureDetail);
}
