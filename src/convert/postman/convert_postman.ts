/**
 * Turns a Postman collection (2.0 and 2.1) into a scenario file or a module with a step for each request. Text in, text and remarks
 * out; reading, writing and printing are the command's.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { isRecord } from "../../lib/is_record.ts";
import { UsageError } from "../../lib/errors.ts";
import { jsonMistake } from "../../lib/json/json_error.ts";
import { textOf } from "../json_values.ts";
import { knownDocument } from "../known_formats.ts";
import { type FileStep, isTooLarge, scenarioText } from "../scenario_file.ts";
import { type ScenarioFormat, scriptText } from "../script_file.ts";
import { quoted, shown, tally } from "../wording.ts";
import { extractsIn } from "./extracts.ts";
import { postmanStep, type RequestContext, scriptsIn } from "./request.ts";
import { envName, PostmanVariables, variablesIn } from "./variables.ts";

/** How a collection is converted. */
export interface PostmanOptions {
  readonly format: ScenarioFormat;
  /** Name of the scenario; absent: the collection's. */
  readonly name?: string;
  /** Text of an environment that was exported. */
  readonly environment?: string;
  /** Values given by name; they win. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly preserveHeaders: boolean;
  /** How messages call the collection. */
  readonly label: string;
}

/** A converted collection. */
export interface PostmanConversion {
  readonly text: string;
  readonly count: number;
  /** What the user should know, one sentence each; safe to print. */
  readonly remarks: readonly string[];
}

type Parts = Readonly<Record<string, unknown>>;

/**
 * Converts a collection.
 * @throws {UsageError} when it cannot be read, has no request, or its first URL has no value
 */
export function convertPostman(text: string, options: PostmanOptions): PostmanConversion {
  const collection = parseJson(text, options.label);
  if (!isRecord(collection) || !Array.isArray(collection["item"])) {
    const known = knownDocument(collection);
    const found = known === undefined || /Postman coll/.test(known) ? "" : `, and it is ${known}`;
    throw new UsageError(`Cannot import ${quoted(options.label)}: expected a Postman collection${found}`);
  }
  const environment = options.environment === undefined
    ? {}
    : parseJson(options.environment, "the environment");
  const variables = new PostmanVariables(
    new Map([
      ...variablesIn(collection["variable"]),
      ...variablesIn(isRecord(environment) ? environment["values"] : undefined),
      ...options.variables,
    ]),
    options.format === "scenario" ? setIn(collection["item"]) : new Set(),
  );
  const leftOut = new Map<string, number>();
  const { preserveHeaders } = options;
  const found = stepsIn(collection["item"], [], {
    variables,
    auth: collection["auth"],
    preserveHeaders,
    extracts: options.format === "scenario",
    leftOut,
  });
  const [first] = found;
  if (first === undefined) throw new UsageError(`Cannot import ${quoted(options.label)}: it has no request`);
  const origin = originOf(first.url, options.label);
  const taken = new Map<string, number>();
  const steps = found.map(({ names, url, ...step }): FileStep => {
    const name = shown(names.join(" / "));
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    const path = url.startsWith(`${origin}/`) || url === origin ? url.slice(origin.length) || "/" : url;
    return { name: times === 1 ? name : `${name} (${times})`, path, ...step };
  });
  const info = isRecord(collection["info"]) ? collection["info"] : {};
  const file = {
    name: options.name ?? shown(textOf(info["name"]) ?? "Postman collection"),
    base_url: origin,
    think_time: 0,
    steps,
  };
  const { text: result, remarks: more } = options.format === "script"
    ? scriptText(file, { hasPlaceholders: true })
    : { text: scenarioText(file), remarks: [] };
  if (options.format === "scenario" && isTooLarge(result)) {
    throw new UsageError(`Cannot import ${quoted(options.label)}: it is too large for a scenario`);
  }
  const unknown = [...variables.unknown];
  return {
    text: result,
    count: steps.length,
    remarks: [
      ...(unknown.length === 0 ? [] : [
        `${formatCounted(unknown.length, "variable")} without a value, read from the environment when the ${
          options.format === "script" ? "module" : "scenario"
        } runs: ` +
        unknown.map((name) => `${shown(name)} as ${envName(name)}`).join(", "),
      ]),
      ...(leftOut.size === 0 ? [] : [`Left out: ${tally(leftOut)}`]),
      ...more,
    ],
  };
}

type FoundStep = NonNullable<ReturnType<typeof postmanStep>> & { readonly names: readonly string[] };

/** The requests of a folder and of those in it, in order. */
function stepsIn(items: unknown, names: readonly string[], context: RequestContext): readonly FoundStep[] {
  return (Array.isArray(items) ? items : []).filter(isRecord).flatMap((item: Parts) => {
    const inner = [...names, textOf(item["name"]) ?? "request"];
    if (Array.isArray(item["item"])) {
      const auth = isRecord(item["auth"]) ? item["auth"] : context.auth;
      return stepsIn(item["item"], inner, { ...context, auth });
    }
    if (item["request"] === undefined) return [];
    const step = postmanStep(item, context);
    return step === undefined ? [] : [{ names: inner, ...step }];
  });
}

/** Names that scripts of any request take out of its response. */
function setIn(items: unknown): ReadonlySet<string> {
  return new Set(
    (Array.isArray(items) ? items : []).filter(isRecord).flatMap((item: Parts) => [
      ...setIn(item["item"]),
      ...scriptsIn(item["event"]).flatMap(({ isTest, text }) =>
        isTest ? [...extractsIn(text).paths.keys()] : []
      ),
    ]),
  );
}

/** The server of the first request: all others are told apart from it. */
function originOf(url: string, label: string): string {
  const parsed = /^https?:\/\/[^/?#$]+/i.exec(url)?.[0];
  if (parsed !== undefined && URL.canParse(parsed)) return parsed;
  const variable = /\$\{env\((\w+)\)\}/.exec(url)?.[1];
  throw new UsageError(
    `Cannot import ${quoted(label)}: the URL ${quoted(url)} has no server` +
      (variable === undefined ? "" : "; give its variable a value: --var NAME=VALUE, or an --environment"),
  );
}

function parseJson(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { line, reason } = jsonMistake(error, text);
    throw new UsageError(`Cannot import ${quoted(label)}: not JSON: ${reason} on line ${line}`);
  }
}
