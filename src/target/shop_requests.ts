/**
 * What the built-in shop reads out of requests, and how it refuses them.
 *
 * @module
 */
import { cookiesOf } from "./responses.ts";
import type { RouteCall } from "./route.ts";
import type { Customer } from "./shop_state.ts";

/** Longest body that is read, in bytes. */
const MAX_BODY_BYTES = 1024 ** 2;

/** The customer that a request is from. */
export function customerOf({ request, state }: RouteCall): Customer | undefined {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  return state.shop.customerOf({ session: cookiesOf(request).get("shop_session"), token });
}

/** The fields of a JSON object or of a form, or what is wrong with the body. */
export async function readFields(request: Request): Promise<Readonly<Record<string, unknown>> | string> {
  const bytes = await request.bytes();
  if (bytes.length > MAX_BODY_BYTES) return "The body is too long";
  const text = new TextDecoder().decode(bytes);
  if (/^application\/x-www-form-urlencoded/i.test(request.headers.get("content-type") ?? "")) {
    return Object.fromEntries(
      [...new URLSearchParams(text)].map(([name, value]) => [name, typed(name, value)]),
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : "Expected a JSON object";
  } catch {
    return "Expected JSON or a form";
  }
}

/** In a form everything is text; these two are numbers. */
function typed(name: string, value: string): unknown {
  return /^(?:item|quantity)$/.test(name) && /^\d+$/.test(value) ? Number(value) : value;
}

/** A refusal, with its reason as JSON. */
export function problem(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
