/**
 * Options of responses that stream, and of APIs of language models.
 *
 * @module
 */
import { parseDuration } from "../../lib/duration.ts";
import { UsageError } from "../../lib/errors.ts";
import { choice, count, path, text } from "../../options/option_types.ts";
import { defineOptions } from "../../options/option.ts";
import type { OptionType } from "../../options/option.ts";
import { MODEL_API_NAMES } from "./model_apis.ts";
import { type GoodputLimits, STREAM_KINDS } from "../../plan/stream_spec.ts";

const LIMITS: Readonly<Record<string, keyof GoodputLimits>> = {
  ttft: "ttftMs",
  tpot: "tpotMs",
  itl: "itlMs",
  e2e: "e2eMs",
  // The same by its name in other tools.
  e2el: "e2eMs",
};
const EXPECTED = "expected limits such as ttft:300ms,tpot:50ms,e2e:5s";

/** `ttft:300ms,e2e:5s`. */
const goodputLimits: OptionType<GoodputLimits> = {
  label: "LIMITS",
  parse(given) {
    const limits: Record<string, number> = {};
    for (const part of given.split(",")) {
      const [, name = "", time = ""] = /^\s*([a-z0-9]+)\s*[:=<]\s*(\S+)\s*$/i.exec(part) ?? [];
      const key = LIMITS[name.toLowerCase()];
      if (key === undefined || time === "" || key in limits) throw new UsageError(EXPECTED);
      // Other tools mean milliseconds by a bare number, this one means seconds elsewhere.
      if (/^\d+(?:\.\d+)?$/.test(time)) {
        throw new UsageError(`expected a time with its unit: ${name}:${time}ms or ${name}:${time}s`);
      }
      limits[key] = parseDuration(time);
    }
    return limits;
  },
  format: (limits) =>
    Object.entries(LIMITS).flatMap(([name, key]) =>
      limits[key] === undefined || name === "e2el" ? [] : [`${name}:${limits[key]}ms`]
    )
      .join(","),
};

/** The table. */
export const streamOptions = defineOptions({
  stream: {
    long: "--stream",
    type: choice(STREAM_KINDS),
    group: "Streams",
    help: "Time the events of responses that stream; auto tells how they are cut from the content type",
  },
  tokens: {
    long: "--tokens",
    type: text("PATH"),
    group: "Streams",
    help: "JSON path of a token in an event, such as $.choices[0].delta.content: measures TTFT, ITL and TPOT",
  },
  tokenCount: {
    long: "--token-count",
    type: text("PATH"),
    group: "Streams",
    help: "JSON path of the server's own count of output tokens, such as $.usage.completion_tokens",
  },
  goodput: {
    long: "--goodput",
    type: goodputLimits,
    group: "Streams",
    help: "Limits of ttft, tpot, itl and e2e that a request must keep to count for goodput",
  },
  api: {
    long: "--api",
    type: choice(MODEL_API_NAMES),
    group: "Streams",
    help:
      "Ask a language model as this API wants it (openai: chat completions): sets path, method, body, --stream and --tokens",
  },
  model: {
    long: "--model",
    type: text("NAME"),
    group: "Streams",
    requires: ["api"],
    help: "The model to ask",
  },
  prompt: {
    long: "--prompt",
    type: text("TEXT"),
    group: "Streams",
    repeat: true,
    secret: true,
    help: "What to ask it; several take turns",
  },
  prompts: {
    long: "--prompts",
    type: path(),
    group: "Streams",
    requires: ["api"],
    help: 'The same from a file: a line each, or JSON lines with "prompt"',
  },
  maxTokens: {
    long: "--max-tokens",
    type: count({ min: 1 }),
    group: "Streams",
    requires: ["api"],
    help: "Maximum tokens in the response",
  },
});
