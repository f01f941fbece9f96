/**
 * gRPC steps of scenario files: their keys, and the steps of the plan that are made of them. What is wrong goes to the
 * findings.
 *
 * @module
 */
import * as v from "valibot";
import { GRPC_STATUSES } from "../../../client/grpc/status.ts";
import { UsageError } from "../../../lib/errors.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "../../../plan/grpc/grpc_spec.ts";
import type { HttpStep } from "../../../plan/http_step.ts";
import { splitMethod } from "../../../protobuf/schema.ts";
import { described, description, duration, filled, section, text } from "../../file/file_schema.ts";
import { durationMs } from "../../file/file_time.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { buildCall } from "../grpc/build_call.ts";
import { buildChecks, checkKeys } from "./check_keys.ts";
import { buildExtractions, extractKeys } from "./extract_keys.ts";
import { headers } from "./file_schema.ts";
import { mergedHeaders } from "./merged_headers.ts";
import { buildOptions, optionKeys } from "./option_keys.ts";
import type { RuleFileContext } from "./rule_context.ts";

const { on_fail, think_time } = optionKeys;

const STATUS = "a gRPC status such as NOT_FOUND, its number, or a list of them";
const oneStatus = v.union([
  v.picklist(GRPC_STATUSES, STATUS),
  v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(0, STATUS), v.maxValue(16, STATUS)),
], STATUS);
const statuses = v.union([oneStatus, v.pipe(v.array(oneStatus, STATUS), v.minLength(1, STATUS))], STATUS);

/** A gRPC step. */
export const grpcStepSchema = section({
  description,
  name: described(text, "Key of the step's statistics. Without it: Step <number>: <method>"),
  grpc: v.pipe(
    filled,
    v.description("Method to call: package.Service/Method at the base URL, or a grpc or grpcs URL"),
  ),
  message: described(v.looseObject({}, "an object"), "The message. May contain placeholders"),
  messages: described(
    v.array(v.looseObject({}, "an object"), "a list of objects"),
    "The messages, where the method takes many. May contain placeholders",
  ),
  headers: described(headers, "Metadata, as headers of other steps"),
  deadline: described(duration, "Deadline of the call, which the server is told; --deadline if not given"),
  message_interval: described(duration, "Time between two messages, where the method takes many"),
  await_reply: described(v.boolean(), "Send a message only when the one before has a reply"),
  ...checkKeys,
  assert_status: described(
    statuses,
    "The gRPC statuses that are expected, such as NOT_FOUND; OK if not given",
  ),
  ...extractKeys,
  on_fail,
  think_time,
});

/** A checked step. */
export type GrpcStepFile = v.InferOutput<typeof grpcStepSchema>;

/** Builds a step; `at` is its place in the file. Names need not be unique yet. */
export async function buildGrpcStep(
  file: GrpcStepFile,
  at: FilePath,
  context: RuleFileContext,
): Promise<HttpStep> {
  const { findings, calls } = context;
  const { server, method } = placeOf(file.grpc, [...at, "grpc"], context);
  const deadlineMs = durationMs(file.deadline, [...at, "deadline"], findings) ?? calls?.deadlineMs;
  if (file.message !== undefined && file.messages !== undefined) {
    findings.addProblem(
      [...at, "messages"],
      'Cannot use both "message" and "messages": expected one of them',
    );
  }
  const name = file.name || `Step ${context.number ?? Number(at.at(-1)) + 1}: ${method}`;
  const intervalMs = durationMs(file.message_interval, [...at, "message_interval"], findings);
  const { assert_status: expected, ...checks } = file;
  const rules = {
    ...buildOptions({ on_fail: file.on_fail, think_time: file.think_time }, at, context),
    extract: buildExtractions(file, at, context),
    checks: [
      ...expected === undefined
        ? []
        : [{ kind: "grpc_status" as const, oneOf: [expected].flat().map(numberOf) }],
      ...await buildChecks(checks, at, context),
    ],
  };
  try {
    if (calls === undefined) throw new UsageError("gRPC steps cannot be used here");
    const schema = await calls.readSchema(server, splitMethod(method).service);
    const call = buildCall({
      name,
      server,
      method,
      schema,
      message: JSON.stringify(file.messages ?? file.message ?? {}),
      headers: mergedHeaders(file.headers, at, context),
      ...(deadlineMs !== undefined && { deadlineMs }),
      maxMessageBytes: calls.maxMessageBytes,
      compressed: calls.compressed,
      ...(intervalMs !== undefined && { intervalMs }),
      ...(file.await_reply && { awaitsReply: true }),
    });
    return { ...call, ...rules };
  } catch (error) {
    findings.attempt([...at, "grpc"], () => {
      throw error;
    });
    return unusable(name, server, rules);
  }
}

function numberOf(status: v.InferOutput<typeof oneStatus>): number {
  return typeof status === "number" ? status : GRPC_STATUSES.indexOf(status);
}

/** Where a call goes: the server, and the method there. */
function placeOf(
  written: string,
  at: FilePath,
  { base, findings }: RuleFileContext,
): { readonly server: URL; readonly method: string } {
  if (/^grpcs?:\/\//i.test(written)) {
    const url = URL.parse(written.replace(/^grpc/i, "http"));
    if (url !== null) return { server: url, method: url.pathname.slice(1) };
    findings.addProblem(
      at,
      `Cannot use "${written}": expected a URL such as grpc://localhost:50051/shop.Shop/GetItem`,
    );
  } else if (base === undefined) {
    findings.addProblem(
      at,
      "There is no base_url and no URL on the command line: expected one, or a grpc URL here",
    );
  }
  return { server: base?.url ?? new URL("http://any.invalid/"), method: written };
}

/** Stands in for a step that cannot be built, so that what follows is checked. */
function unusable(name: string, server: URL, rules: Pick<HttpStep, "extract" | "checks">): HttpStep {
  return {
    kind: "http",
    name,
    method: "POST",
    url: server.href,
    headers: [],
    isTemplate: false,
    ...rules,
    grpc: {
      request: "",
      response: "",
      types: { messages: [], enums: [] },
      maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
    },
  };
}
