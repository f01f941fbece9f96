/**
 * A gRPC target of the command line as a scenario of one call.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { jsonMistake } from "../../lib/json/json_error.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import { MAX_DATA_BYTES } from "../../lib/size_limits.ts";
import type { DataSet, Scenario } from "../../plan/scenario.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import { splitMethod } from "../../protobuf/schema.ts";
import { buildCall } from "../../steps/http/grpc/build_call.ts";
import type { MainValues, Settings } from "../settings/settings.ts";
import { callContextFrom } from "./grpc_calls.ts";
import { parseGrpcTarget } from "./grpc_schemas.ts";
import type { PlanSources } from "./plan_sources.ts";
import { requestHeaders } from "./request_spec.ts";

/**
 * The scenario.
 *
 * @throws {UsageError} when target, schema, message or data are unusable.
 */
export async function composeGrpcScenario(
  { values, operands }: Settings,
  sources: PlanSources,
): Promise<Scenario> {
  const target = parseGrpcTarget(operands[0]!);
  const { pathname } = target.url;
  if (pathname === "/") {
    throw new UsageError(
      `Cannot call "${escapeTerminal(operands[0]!)}": expected a method behind the host, such as ` +
        `grpc://${target.url.host}/package.Service/Method; bench grpc-describe ${target.url.host} lists them`,
    );
  }
  const method = percentDecoded(pathname.slice(1));
  const { service } = splitMethod(method);
  const headers = requestHeaders(
    { ...values, body: undefined, postFile: undefined, compressed: false },
    target,
  );
  const calls = callContextFrom(values, { sources, headers });
  const schema = await calls.readSchema(target.url, service);
  const message = readMessage(values, sources);
  const scheme = target.url.protocol === "https:" ? "grpcs" : "grpc";
  const step = buildCall({
    name: `${scheme}://${target.url.host}${pathname}`,
    server: target.url,
    method,
    schema,
    ...(message !== undefined && { message }),
    headers,
    ...calls,
    ...(values.messageInterval !== undefined && { intervalMs: values.messageInterval }),
    awaitsReply: values.awaitReply,
  });
  const { data, env } = await composeData(step, values, sources);
  return {
    pick: "rotate",
    flows: [{ name: step.name, weight: 1, steps: [step] }],
    data,
    ...(Object.keys(env).length > 0 && { env }),
    cookies: "ignore",
    onExtractFailure: "continue",
    onTemplateError: "abort_iteration",
    cacheBust: false,
  };
}

/** The message as JSON: `-p` goes before `-b`, as for all bodies. */
function readMessage({ body, postFile }: MainValues, { files }: PlanSources): string | undefined {
  const text = postFile === undefined ? body : files.readTextFile(postFile);
  if (text === undefined || text.trim() === "") return undefined;
  const named = postFile === undefined ? "--body" : `--post-file "${escapeTerminal(postFile)}"`;
  try {
    JSON.parse(text);
  } catch (error) {
    const { reason } = jsonMistake(error, text);
    const hint = /:\s*\$\{/.test(text)
      ? '; placeholders stand in quotes: "${counter()}" becomes a number'
      : "";
    throw new UsageError(`${named}: expected a message as JSON: ${reason}${hint}`);
  }
  return text;
}

interface ComposedData {
  readonly data: readonly DataSet[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the message's placeholders stand for. @throws {UsageError} when one of them can have no value */
async function composeData(
  step: HttpStep,
  { data, dataStrategy }: MainValues,
  sources: PlanSources,
): Promise<ComposedData> {
  if (data.length === 0 && !step.isTemplate) return { data: [], env: {} };
  const { fillOneStep } = await import("../../scenario/fill_one_step.ts");
  return await fillOneStep(step, {
    flags: { data, dataStrategy },
    maxBytes: MAX_DATA_BYTES,
    readFile: (path) => sources.files.readFile(path),
    env: (name) => sources.env(name),
    warn: (sentence) => sources.warn?.(sentence),
  });
}
