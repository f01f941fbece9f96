/** Which status a call is counted with. */
import { assertEquals } from "@std/assert";
import { FAILURE, type FailureName } from "../../../../src/metrics/failure.ts";
import { GroupRecorder } from "../../../../src/metrics/group_recorder.ts";
import { countStatus } from "../../../../src/steps/http/grpc/count_status.ts";

/** What came of calls: their failures, HTTP statuses and gRPC statuses. */
function counted(...calls: readonly (readonly [failure: FailureName, httpStatus: number, status: number])[]) {
  const group = new GroupRecorder("grpc");
  for (const [failure, status, grpcStatus] of calls) {
    countStatus(group, { failure: FAILURE[failure], status }, grpcStatus);
  }
  const { ok, notOk, noStatus, http200, codes } = group.take();
  return { ok, notOk, noStatus, http200, codes };
}

Deno.test("countStatus() counts each ended call once: by its status, the client's own, or without one", () => {
  assertEquals(
    counted(
      ["none", 200, 0],
      ["none", 200, 5],
      ["grpc_message", 200, 0],
      ["grpc_not_found", 200, 5],
      ["grpc_unknown", 200, 99],
      ["grpc_deadline_exceeded", 0, -1],
      ["grpc_deadline_exceeded", 200, 4],
      ["http_status", 503, -1],
      ["connection_refused", 0, -1],
      ["grpc_no_status", 200, -1],
      // Code that wanted no more of a stream.
      ["none", 200, -1],
      ["unfinished", 200, -1],
    ),
    {
      ...{ ok: 2, notOk: 6, noStatus: 3, http200: 6 },
      codes: { OK: 2, NOT_FOUND: 2, UNKNOWN: 1, DEADLINE_EXCEEDED: 2, CANCELLED: 1 },
    },
  );
});
