/**
 * The requests of calls, out of steps that are filled in. The head is made once where only messages differ.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import { MessageError } from "../../protobuf/message_error.ts";
import { renderParts } from "../../template/template.ts";
import type { Sender } from "./sender.ts";
import { assemble, draw, type FilledStep, type StepForm } from "./step_form.ts";
import type { CallForm } from "./grpc/call_form.ts";

/** The message of a step as JSON. */
export function messageOf({ body }: HttpStep): string {
  return body?.kind === "text" ? body.text : "";
}

/** A filled step whose body is the call's. */
export function fillCall(filled: Exclude<FilledStep, { error: string }>, call: CallForm): FilledStep {
  const encoded = encodeCall(messageOf(filled.step), call, false);
  return typeof encoded === "string" ? { error: encoded } : { ...filled, bytes: encoded.slice() };
}

/** The body of a call, or why there is none. `isFilled`: values were put into its message; they may be secrets. */
export function encodeCall(json: string, call: CallForm, isFilled: boolean): Uint8Array | string {
  try {
    return call.encode(json, isFilled);
  } catch (error) {
    if (error instanceof MessageError) return `the message does not fit: ${error.describe(isFilled)}`;
    throw error;
  }
}

/** Makes the calls of a step with placeholders. */
export function callMaker(
  form: StepForm,
  { call, prepare }: {
    readonly call: CallForm;
    readonly prepare: (step: HttpStep, isRepeated: boolean, bytes?: Uint8Array) => PreparedRequest;
  },
): (sender: Sender) => PreparedRequest | { readonly error: string } {
  const { step, headers, url, body } = form;
  const isHeadFixed = [url, ...headers.flat()].every((parts) =>
    parts.every((part) => typeof part === "string")
  );
  const compiled = body?.kind === "text" ? call.compile(body.parts) : null;
  let model: PreparedRequest | undefined;
  return (sender) => {
    const drawn = draw(form, sender.scope);
    sender.values = drawn.values;
    const { values, error } = drawn;
    if (error !== undefined) return { error };
    const quick = compiled && fillMessage(compiled, values, sender);
    if (quick !== null && model !== undefined) return sender.calls.withBody(model, quick);
    const json = body?.kind === "text" ? renderParts(body.parts, values) : messageOf(step);
    const encoded = encodeCall(json, call, true);
    if (typeof encoded === "string") return { error: encoded };
    // The form's buffer is that of all users.
    const bytes = encoded.slice();
    if (model !== undefined) return sender.calls.withBody(model, bytes);
    const filled = assemble(form, drawn);
    if ("error" in filled) return filled;
    const request = prepare(filled.step, false, bytes);
    if (!isHeadFixed || bytes.length === 0) return request;
    model = { ...request, sameHead: {} };
    return sender.calls.withBody(model, bytes);
  };
}

/** The body, or `null` where a value does not fit: the general way says why. */
function fillMessage(
  compiled: NonNullable<ReturnType<CallForm["compile"]>>,
  values: readonly string[],
  { calls }: Sender,
): Uint8Array | null {
  try {
    return compiled(values, calls.writer);
  } catch (error) {
    if (error instanceof MessageError || error instanceof SyntaxError) return null;
    throw error;
  }
}
