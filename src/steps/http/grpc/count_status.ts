/**
 * Counts what calls have ended with.
 *
 * @module
 */
import type { Exchange } from "../../../client/exchange/http_client.ts";
import { statusOfCall } from "../../../client/grpc/status.ts";
import { FAILURE, IS_ANSWERED } from "../../../metrics/failure.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";

const OK_HTTP_STATUS = 200;

/**
 * Counts a call that has ended, just before it is recorded; one that the end of the run cut off has no status.
 * `grpcStatus`: the one that was sent; −1: none was.
 */
export function countStatus(
  group: Pick<GroupRecorder<"grpc">, "counts" | "countCode">,
  { failure, status }: Pick<Exchange, "failure" | "status">,
  grpcStatus: number,
): void {
  if (failure === FAILURE.unfinished) return;
  const { counts } = group;
  if (status === OK_HTTP_STATUS && IS_ANSWERED[failure]) counts.http200++;
  // Code that wants no more of a stream cancels it, and waits for no status.
  const isCancelled = failure === FAILURE.none && grpcStatus < 0;
  const name = isCancelled ? "CANCELLED" : statusOfCall(failure, grpcStatus);
  if (name === undefined) {
    counts.noStatus++;
    return;
  }
  if (name === "OK") counts.ok++;
  else counts.notOk++;
  group.countCode(name);
}
