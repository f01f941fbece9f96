/**
 * What a conversation did in a dry run: every message either way, what was waited for, and what was extracted. Secrets are
 * masked here, so that whatever shows it need not know them.
 *
 * @module
 */
import type { Exchange } from "../../client/exchange/http_client.ts";
import { maskSecrets } from "../../lib/mask_text.ts";
import { MASK, maskUrl } from "../../lib/mask_url.ts";
import { FAILURE, FAILURE_KINDS } from "../../metrics/failure.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { DataValue, Row } from "../../plan/scenario.ts";
import { socketUrlOf, type WebSocketStep } from "../../plan/websocket_step.ts";
import { textOf } from "../../template/value.ts";
import type { ShownMessage, StepReport } from "../checked_step.ts";
import { hiddenIn, knownSecrets, type SecretRules, secretsSentBy } from "../http/known_secrets.ts";
import { prepareStep } from "../http/prepare.ts";
import { shownBody } from "../http/report_step.ts";
import { shownRequest } from "../http/shown_head.ts";
import { talkSteps } from "./talk_steps.ts";

/** Something that was said, or done, `ms` after the start. */
export type Told =
  | { readonly way: "note"; readonly ms: number; readonly text: string }
  | {
    readonly way: "sent" | "received";
    readonly ms: number;
    readonly isText: boolean;
    readonly bytes: Uint8Array;
  };

/** Something that was waited for; `found`: what came instead. */
export interface TalkClaim {
  readonly claim: string;
  readonly found?: string;
}

/** What became of a conversation. */
export interface TalkOutcome {
  readonly index: number;
  readonly step: WebSocketStep;
  /** The handshake with its values; `null`: it could not be filled in. */
  readonly filled: { readonly step: HttpStep } | null;
  /** What stands for each of its placeholders. */
  readonly values: readonly (readonly [source: string, value: string])[];
  readonly exchange: Exchange;
  readonly told: readonly Told[];
  readonly claims: readonly TalkClaim[];
  readonly notFound: readonly string[];
  readonly variables: ReadonlyMap<string, DataValue>;
  readonly rows: readonly (Row | undefined)[];
}

/** Makes reports of conversations; secrets that one of them shows are masked in all that follow. */
export function talkReporter(
  { client, ...known }: Pick<RunPlan, "client"> & SecretRules,
): (outcome: TalkOutcome) => StepReport {
  const secrets = new Set<string>();
  const isHidden = hiddenIn(known);
  const masked = (text: string) => maskSecrets(text, [...secrets]);
  return ({ step, filled, values, exchange, told, claims, notFound, variables, rows }) => {
    const request = filled && prepareStep({ ...filled.step, isTemplate: false }, 0, {
      client,
      isRepeated: false,
      wantsHead: false,
      wantsBody: false,
      wantsCookies: false,
    });
    const inner = talkSteps(step);
    for (const one of inner) {
      for (const secret of knownSecrets(known, { step: one, variables, rows, filled: values })) {
        secrets.add(secret);
      }
    }
    for (const secret of request === null ? [] : secretsSentBy(request)) secrets.add(secret);
    const extracted = inner[0]!.extract.filter(({ name }) => variables.has(name)).map(({ name }) =>
      [name, textOf(variables.get(name)!)] as const
    );
    const problems = [
      ...problemsOf(exchange, request !== null),
      ...notFound.map((key) => key.replace(/^ExtractFailure: /, "Cannot extract ")),
    ].map(masked);
    return {
      passed: problems.length === 0 && claims.every(({ found }) => found === undefined),
      ...(request && {
        sent: {
          method: "GET",
          url: masked(maskUrl(socketUrlOf(request.url.href))),
          head: masked(shownRequest(request, client)),
          body: { bytes: 0 },
        },
      }),
      messages: told.map((one) => shownMessage(one, masked)),
      problems,
      extracted: Object.fromEntries(extracted.map(([name, value]) => [
        name,
        isHidden(name, value) ? `${MASK} (${value.length} characters)` : masked(value),
      ])),
      checks: claims.map(({ claim, found }) => ({
        claim: masked(claim),
        holds: found === undefined,
        ...(found !== undefined && { found: masked(found) }),
      })),
    };
  };
}

function problemsOf({ failure, failureDetail }: Exchange, isFilled: boolean): readonly string[] {
  if (!isFilled || failure === FAILURE.template) {
    return [failureDetail.replace(/^TemplateError: /, "Cannot fill in the step: ")];
  }
  if (failure === FAILURE.none) return [];
  const { text } = FAILURE_KINDS[failure]!;
  return [failureDetail === "" ? text : `${text}: ${failureDetail}`];
}

/** A message as it may be shown; `masked` hides the secrets that are known. */
export function shownMessage(told: Told, masked: (text: string) => string): ShownMessage {
  const { way, ms } = told;
  if (way === "note") return { way, ms, text: masked(told.text) };
  const { bytes, isText } = told;
  return {
    way,
    ms,
    body: isText
      ? shownBody(bytes, { masked, bytes: bytes.length, charset: "utf-8" })
      : { bytes: bytes.length },
  };
}
