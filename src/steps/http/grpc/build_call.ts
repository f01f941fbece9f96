/**
 * Makes steps of calls: out of a method's name, its schema, and a message in JSON.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { GrpcSpec } from "../../../plan/grpc/grpc_spec.ts";
import type { HeaderLine, HttpStep } from "../../../plan/http_step.ts";
import { MessageEncoder } from "../../../protobuf/encode_message.ts";
import { MessageError } from "../../../protobuf/message_error.ts";
import type { ProtoMethod, ProtoSchema } from "../../../protobuf/schema.ts";
import { MessageWriter } from "../../../protobuf/message_writer.ts";
import { placeholdersIn } from "../../../template/template.ts";
import { parseMessage } from "./call_form.ts";

/** What a call is made of. */
export interface CallDraft {
  /** The key of its statistics. */
  readonly name: string;
  /** `http:` or `https:`. */
  readonly server: URL;
  /** `package.Service/Method`. */
  readonly method: string;
  readonly schema: ProtoSchema;
  /** As JSON, with placeholders; a list of messages where the method takes many. Absent: one without fields. */
  readonly message?: string;
  /** Metadata, and what all requests have. */
  readonly headers: readonly HeaderLine[];
  /** Absent: the server is told none. */
  readonly deadlineMs?: number;
  readonly maxMessageBytes: number;
  /** Messages are sent in gzip, and may come so. */
  readonly compressed: boolean;
  /** Time between two messages of many; absent: they follow each other at once. */
  readonly intervalMs?: number;
  /** A message waits for a reply to the one before. */
  readonly awaitsReply?: boolean;
}

/**
 * The step.
 *
 * @throws {UsageError} when there is no such method, or the message does not fit
 */
export function buildCall(draft: CallDraft): HttpStep {
  const { service, method } = draft.schema.methodAt(draft.method);
  const { request, response, streamsRequests, streamsResponses } = method;
  const grpc: GrpcSpec = {
    request,
    response,
    ...(streamsRequests && { streamsRequests: true as const }),
    ...(streamsResponses && { streamsResponses: true as const }),
    types: draft.schema.typesOf([request, response]),
    maxMessageBytes: draft.maxMessageBytes,
    ...(draft.compressed && { compressed: true as const }),
    ...paceOf(draft, method),
  };
  const { message = "{}" } = draft;
  checkMessage(message, grpc);
  const headers = callHeaders(draft);
  const isTemplate = placeholdersIn(message, true).length > 0 ||
    headers.flat().some((text) => placeholdersIn(text).length > 0);
  return {
    kind: "http",
    name: draft.name,
    method: "POST",
    url: new URL(`/${service.name}/${method.name}`, draft.server).href,
    headers,
    body: { kind: "text", text: message, isJson: true },
    isTemplate,
    ...(draft.deadlineMs !== undefined && { timeoutMs: draft.deadlineMs }),
    maxRedirects: 0,
    extract: [],
    checks: [],
    grpc,
  };
}

/** When messages are sent. @throws {UsageError} when there is one alone, or one reply that could be waited for */
function paceOf(
  { intervalMs, awaitsReply }: CallDraft,
  { name, streamsRequests, streamsResponses }: ProtoMethod,
): Pick<GrpcSpec, "intervalMs" | "awaitsReply"> {
  if (intervalMs !== undefined && !streamsRequests) {
    throw new UsageError(`There can be no time between messages: ${name} takes one`);
  }
  if (awaitsReply && !(streamsRequests && streamsResponses)) {
    throw new UsageError(
      `A message cannot wait for a reply to the one before: ${name} ${
        streamsRequests ? "gives one reply, at the end" : "takes one message"
      }`,
    );
  }
  return {
    ...(intervalMs !== undefined && { intervalMs }),
    ...(awaitsReply && { awaitsReply: true as const }),
  };
}

/** @throws {UsageError} when a message does not fit, as far as it is known before placeholders are filled in */
function checkMessage(json: string, { request, streamsRequests, types }: GrpcSpec): void {
  const encoder = new MessageEncoder(types);
  const writer = new MessageWriter();
  try {
    const value = parseMessage(json);
    const messages: readonly unknown[] = streamsRequests === true && Array.isArray(value) ? value : [value];
    for (const [i, message] of messages.entries()) {
      writer.begin();
      try {
        encoder.check(request, message, writer);
      } catch (error) {
        throw error instanceof MessageError && messages.length > 1 ? error.within(i) : error;
      }
    }
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    throw new UsageError(`The message does not fit ${request}: ${error.describe()}`);
  }
}

/** Fields that a call sets itself. */
const OWN_FIELDS = /^(?:te|content-type|grpc-timeout|grpc-encoding|grpc-accept-encoding|accept-encoding)$/i;

/** The fields of a call: those that were given, and its own. */
export function callHeaders(
  { headers, deadlineMs, compressed, server }: Pick<
    CallDraft,
    "headers" | "deadlineMs" | "compressed" | "server"
  >,
): readonly HeaderLine[] {
  const given = headers.filter(([name, value]) =>
    !OWN_FIELDS.test(name) && !(/^accept$/i.test(name) && value === "*/*")
  );
  return [
    ...given.map(([name, value]): HeaderLine => [/^host$/i.test(name) ? "Host" : name.toLowerCase(), value]),
    ...(given.some(([name]) => /^host$/i.test(name)) ? [] : [["Host", server.host] as const]),
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ...(deadlineMs === undefined ? [] : [["grpc-timeout", timeoutText(deadlineMs)] as const]),
    ...(compressed ? [["grpc-encoding", "gzip"] as const, ["grpc-accept-encoding", "gzip"] as const] : []),
  ];
}

/** Digits that a timeout may have. */
const MAX_TIMEOUT = 99_999_999;

/**
 * A timeout as `grpc-timeout` has it: eight digits at most, and a unit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([timeoutText(1500), timeoutText(0.25), timeoutText(1e9)], ["1500m", "250u", "1000000S"]);
 * ```
 */
export function timeoutText(ms: number): string {
  if (!Number.isInteger(ms) && ms * 1000 <= MAX_TIMEOUT) return `${Math.max(1, Math.round(ms * 1000))}u`;
  return ms <= MAX_TIMEOUT ? `${Math.ceil(ms)}m` : `${Math.min(MAX_TIMEOUT, Math.ceil(ms / 1000))}S`;
}
