/**
 * Header fields of the user's own that contradict how requests are framed. A server would wait for bytes that never
 * come, or take the rest of a body for the next request, and its errors would be none of its own.
 *
 * @module
 */
import type { HttpStep } from "./http_step.ts";
import { httpStepsOf, type Scenario } from "./scenario.ts";

/** One sentence for each field that cannot be sent. */
export function framingProblems(scenario: Scenario): readonly string[] {
  const problems = httpStepsOf(scenario).flatMap((step) =>
    step.headers.flatMap(([name, value]) => {
      const reason = reasonAgainst(step, name.toLowerCase(), value);
      const where = scenario.name === undefined ? "" : `Step "${step.name}": `;
      return reason === undefined
        ? []
        : [`${where}Cannot send ${JSON.stringify(`${name}: ${value}`)}: ${reason}; leave it out`];
    })
  );
  return [...new Set(problems)];
}

function reasonAgainst(step: HttpStep, name: string, value: string): string | undefined {
  if (name === "transfer-encoding") return "bodies are sent with their length";
  if (name !== "content-length") return undefined;
  const length = bodyLength(step);
  if (length === undefined) return "the body's length is known only when it is sent";
  if (value.trim() === `${length}`) return undefined;
  return step.body === undefined ? "there is no body" : `the body has ${length} bytes`;
}

/** In bytes; `undefined` while placeholders are to be filled in. */
function bodyLength({ body, isTemplate }: HttpStep): number | undefined {
  switch (body?.kind) {
    case undefined:
      return 0;
    case "text":
      return isTemplate && body.text.includes("${") ? undefined : new TextEncoder().encode(body.text).length;
    case "base64":
      return Uint8Array.fromBase64(body.base64).length;
    case "file":
      return body.bytes;
  }
}
