/**
 * What HTTP steps did in a dry run: all that was sent, received, extracted and judged. Secrets are masked here, so that
 * whatever shows it need not know them.
 *
 * @module
 */
import { SEARCHED_CHARS } from "../../lib/size_limits.ts";
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import { maskFields, maskSecrets } from "../../lib/mask_text.ts";
import { MASK, maskUrl } from "../../lib/mask_url.ts";
import { FAILURE, FAILURE_KINDS } from "../../metrics/failure.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { textOf } from "../../template/value.ts";
import type { ShownBody, StepReport } from "../checked_step.ts";
import { hiddenIn, knownSecrets, type SecretRules, secretsSentBy } from "./known_secrets.ts";
import { sentMessages } from "./grpc/call_form.ts";
import { decoderFor, ResponseView } from "./rules/response_view.ts";
import { shownHead, shownRequest } from "./shown_head.ts";
import type { StepOutcome } from "./step_outcome.ts";

/** Makes reports of what became of steps; secrets that one of them shows are masked in all that follow. */
export function stepReporter(
  { client, ...known }: Pick<RunPlan, "client"> & SecretRules,
): (outcome: StepOutcome) => StepReport {
  const view = new ResponseView();
  const secrets = new Set<string>();
  const isHidden = hiddenIn(known);
  const masked = (text: string) => maskSecrets(text, [...secrets]);
  return (outcome) => {
    const { step, exchange, request, variables } = outcome;
    const sent = request === null ? [] : secretsSentBy(request);
    for (const secret of [...knownSecrets(known, outcome), ...sent]) secrets.add(secret);
    const values = step.extract.filter(({ name }) => variables.has(name)).map(({ name }) =>
      [name, textOf(variables.get(name)!)] as const
    );
    const isAnswered = request !== null && exchange.failure === FAILURE.none;
    view.show(exchange);
    // Without a response there was nothing to judge.
    const checks = !isAnswered ? [] : outcome.judged.map(({ claim, found }) => ({
      claim: masked(claim),
      holds: found === undefined,
      ...(found !== undefined && { found: masked(found) }),
    }));
    const charset = decoderFor(view.header("content-type")).encoding;
    view.forget();
    const problems = problemsOf(step, outcome).map(masked);
    return {
      passed: problems.length === 0 && checks.every(({ holds }) => holds),
      ...(request && { sent: sentBy(request, { client, masked, grpc: step.grpc }) }),
      ...(isAnswered && {
        received: {
          status: exchange.status,
          ms: exchange.endMs - exchange.startMs,
          head: masked(exchange.head === null ? "" : shownHead(exchange.head)),
          body: shownBody(keptBody(exchange), { masked, bytes: exchange.bodyBytes, charset }),
        },
      }),
      problems,
      extracted: Object.fromEntries(values.map(([name, value]) => [
        name,
        isHidden(name, value) ? `${MASK} (${value.length} characters)` : masked(value),
      ])),
      checks,
    };
  };
}

function keptBody({ reply, body }: StepOutcome["exchange"]): Uint8Array {
  return reply === null ? body ?? new Uint8Array() : new TextEncoder().encode(JSON.stringify(reply.value));
}

const CUT_SHORT: readonly number[] = [FAILURE.timeout, FAILURE.connect_timeout, FAILURE.unfinished];

function problemsOf(step: HttpStep, { request, exchange, notFound }: StepOutcome): readonly string[] {
  if (request === null) {
    return [exchange.failureDetail.replace(/^TemplateError: /, "Cannot fill in the step: ")];
  }
  if (exchange.failure !== FAILURE.none) {
    const { text } = FAILURE_KINDS[exchange.failure]!;
    // What was cut short says only that it was.
    const isCut = CUT_SHORT.includes(exchange.failure) || exchange.failureDetail === "";
    return [isCut ? text : `${text}: ${exchange.failureDetail}`];
  }
  const missing = notFound.map((key) => key.replace(/^ExtractFailure: /, "Cannot extract "));
  const isJudged = step.checks.some(({ kind }) => kind === "status");
  const isError = exchange.status >= 400 && !isJudged;
  return [...(isError ? [`Error status ${exchange.status}, and no check expects it`] : []), ...missing];
}

function sentBy(
  request: PreparedRequest,
  { client, masked, grpc }: {
    readonly client: RunPlan["client"];
    readonly masked: (text: string) => string;
    readonly grpc: HttpStep["grpc"];
  },
): StepReport["sent"] & object {
  const { body, bodyFile, method, url } = request;
  return {
    method,
    url: masked(maskUrl(url.href)),
    head: masked(shownRequest(request, client)),
    body: bodyFile
      ? { bytes: bodyFile.bytes }
      : shownBody(grpc === undefined || body === null ? body ?? new Uint8Array() : sentMessages(body, grpc), {
        masked,
        bytes: body?.length ?? 0,
        charset: "utf-8",
      }),
  };
}

const MAX_SHOWN = 1000;

/** Bytes that were sent or received as they may be shown: `bytes` is their number, `kept` what is there of them. */
export function shownBody(
  kept: Uint8Array,
  { masked, bytes, charset }: {
    readonly masked: (text: string) => string;
    readonly bytes: number;
    readonly charset: string;
  },
): ShownBody {
  const text = new TextDecoder(charset).decode(kept.subarray(0, SEARCHED_CHARS), { stream: true });
  // deno-lint-ignore no-control-regex -- such a body is not text
  if (text === "" || /[\x00-\x08\x0e-\x1f\ufffd]/.test(text)) return { bytes };
  const shown = masked(maskFields(text));
  return { bytes, text: shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown };
}
