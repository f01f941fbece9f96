/** Which statuses reports show, and in which order. */
import { assertEquals } from "@std/assert";
import { GRPC_STATUSES } from "../../src/client/grpc/status.ts";
import { isErrorStatus, isGrpcStatus, shownStatuses } from "../../src/metrics/shown_statuses.ts";

const calls = (codes: Readonly<Record<string, number>>, http200: number) => ({
  ...{ ok: codes["OK"] ?? 0, notOk: 0, noStatus: 0 },
  http200,
  codes,
});

Deno.test("shownStatuses() has statuses of gRPC in place of the HTTP status that all calls have", () => {
  const shown = shownStatuses({
    statuses: { "503": 2, "200": 90, "101": 1 },
    grpc: calls({ UNAUTHENTICATED: 1, NOT_FOUND: 20, OK: 50, DEADLINE_EXCEEDED: 3, CANCELLED: 4 }, 75),
  });
  assertEquals(shown.map(({ name, count }) => `${name} ${count}`), [
    ...["101 1", "200 15", "503 2"],
    ...["OK 50", "CANCELLED 4", "DEADLINE_EXCEEDED 3", "NOT_FOUND 20", "UNAUTHENTICATED 1"],
  ]);
  assertEquals(shownStatuses({ statuses: { "200": 3 }, grpc: calls({ OK: 3 }, 3) }), [{
    name: "OK",
    count: 3,
  }]);
  assertEquals(shownStatuses({ statuses: { "404": 1, "200": 3 } }).map(({ name }) => name), ["200", "404"]);
});

Deno.test("all statuses of gRPC are known, in the order of their numbers; all but OK are errors", () => {
  const codes = Object.fromEntries(GRPC_STATUSES.toReversed().map((name) => [name, 1]));
  assertEquals(shownStatuses({ statuses: {}, grpc: calls(codes, 0) }).map(({ name }) => name), [
    ...GRPC_STATUSES,
  ]);
  assertEquals(GRPC_STATUSES.filter((name) => !isGrpcStatus(name)), []);
  assertEquals(GRPC_STATUSES.filter((name) => !isErrorStatus(name)), ["OK"]);
  assertEquals([isGrpcStatus("TIMEOUT"), isGrpcStatus("200"), isErrorStatus("404"), isErrorStatus("200")], [
    ...[false, false, true, false],
  ]);
});
