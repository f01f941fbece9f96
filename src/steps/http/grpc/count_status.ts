/**
 * Counts what calls have ended with.
 *
 * @module
 */
import { statusOfCall } from "../../../client/grpc/status.ts";
import { FAILURE, IS_ANSWERED } from "../../../metrics/failure.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";

const OK_HTTP_STATUS = 200;

/** What is known of a call that has ended, just before it is recorded. */
interface EndedCall {
  /** A number of `FAILURE`. */
  readonly failure: number;
  /** HTTP's; 0: there was no response. */
  readonly httpStatus: number;
  /** The one that was sent; −1: none was. */
  readonly status: number;
}

/** Counts a call; one that the end of the run cut off has no status. */
export function countStatus(
  group: Pick<GroupRecorder<"grpc">, "counts" | "countCode">,
  { failure, httpStatus, status }: EndedCall,
): void {
  if (failure === FAILURE.unfinished) return;
  const { counts } = group;
  if (httpStatus === OK_HTTP_STATUS && IS_ANSWERED[failure]) counts.http200++;
  // Code that wants no more of a stream cancels it, and waits for no status.
  const isCancelled = failure === FAILURE.none && status < 0;
  const name = isCancelled ? "CANCELLED" : statusOfCall(failure, status);
  if (name === undefined) {
    counts.noStatus++;
    return;
  }
  if (name === "OK") counts.ok++;
  else counts.notOk++;
  group.countCode(name);
}
