/**
 * What an HTTP step of a plan from the wire may look like. Nothing but HTTP leaves a worker, and no body is in a file: a
 * node reads no files for its master.
 *
 * @module
 */
import * as v from "valibot";
import { pauseSchema } from "../../plan/block_schema.ts";
import {
  count,
  flag,
  list,
  maybe,
  number,
  oneOf,
  type Schema,
  shape,
  text,
  variant,
} from "../../lib/shape.ts";
import { streamShape } from "./stream/plan_shape.ts";
import { checkRuleSchema } from "../../plan/check_rule.ts";
import type { Body, BodyPiece, ExtractRule, HeaderLine, HttpStep } from "../../plan/http_step.ts";

const header = v.tuple([v.string(), v.string()]) as unknown as Schema<HeaderLine>;

const bodyPiece = variant<BodyPiece>()("kind", [
  shape<Extract<BodyPiece, { kind: "text" }>>()({ kind: oneOf("text"), text, isForm: maybe(oneOf(true)) }),
  shape<Extract<BodyPiece, { kind: "base64" }>>()({ kind: oneOf("base64"), base64: text }),
]);

/** Bodies on the wire: all but files, which the master puts into the plan as bytes. */
const body = v.union([
  shape<Extract<Body, { kind: "text" }>>()({ kind: oneOf("text"), text, isJson: maybe(oneOf(true)) }),
  shape<Extract<Body, { kind: "base64" }>>()({ kind: oneOf("base64"), base64: text }),
  shape<Extract<Body, { kind: "pieces" }>>()({ kind: oneOf("pieces"), pieces: list(bodyPiece) }),
]) as unknown as Schema<Body>;

/** A rule that takes a value out of what was received. */
export const extractRule: Schema<ExtractRule> = shape<ExtractRule>()({
  name: text,
  from: oneOf("json", "header", "regex", "cookie", "response"),
  expression: text,
  pick: maybe(oneOf("random", "last", "all", "count")),
  group: maybe(v.union([v.string(), v.number()]) as unknown as Schema<string | number>),
  decode: maybe(oneOf("html")),
  default: maybe(text),
});

/** Nothing but HTTP leaves a worker. A URL with placeholders may be none yet; the client looks at it again. */
function isHttpStep({ url, base, isTemplate }: HttpStep): boolean {
  const isHttp = (text: string | undefined) => /^https?:$/.test(URL.parse(text ?? "")?.protocol ?? "");
  if (base !== undefined && !isHttp(base)) return false;
  const whole = URL.parse(url, base);
  return whole === null ? isTemplate : isHttp(whole.href);
}

/** An HTTP step. Plans that were made before there were other kinds do not name the kind. */
export const httpStepShape: Schema<HttpStep> = v.pipe(
  shape<HttpStep>()({
    kind: v.optional(oneOf("http"), "http") as unknown as Schema<"http">,
    name: text,
    method: text,
    url: text,
    base: maybe(text),
    headers: list(header),
    body: maybe(body),
    isTemplate: flag,
    thinkMs: maybe(number),
    pause: maybe(pauseSchema),
    timeoutMs: maybe(number),
    maxRedirects: maybe(count),
    extract: list(extractRule),
    checks: list(checkRuleSchema),
    stopsOnFailure: maybe(oneOf(true)),
    stream: maybe(streamShape),
  }),
  v.check(isHttpStep, "Expected an http or https URL"),
) as unknown as Schema<HttpStep>;
