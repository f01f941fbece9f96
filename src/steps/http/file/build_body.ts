/**
 * The body of a step, out of the keys of a scenario file that can say what it is.
 *
 * @module
 */
import { messageOf } from "../../../lib/errors.ts";
import type { Body, BodyPiece } from "../../../plan/http_step.ts";
import { memberAt } from "../../file/findings.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import type { StepFileContext } from "../../file/step_file.ts";
import type { HttpStepFile } from "./file_schema.ts";
import { encodeInForm } from "../text_binder.ts";

/** A body, and the content type that goes with it where the step names none. */
export interface BuiltBody {
  readonly body?: Body;
  readonly contentType?: string;
}

const KEYS = ["body", "form", "multipart", "graphql", "body_base64", "body_file"] as const;

/** Builds the body; `at` is the step's place in the file. What is wrong goes to the findings. */
export async function buildBody(
  file: HttpStepFile,
  at: FilePath,
  context: StepFileContext,
): Promise<BuiltBody> {
  const { findings } = context;
  const [key, other] = KEYS.filter((one) => (file[one] ?? undefined) !== undefined);
  if (other !== undefined) {
    findings.addProblem([...at, other], `Cannot use both "${key}" and "${other}": expected one of them`);
  }
  switch (key) {
    case "body":
      return valueBody([...at, "body"], context);
    case "form":
      return formBody(file.form!, [...at, "form"], context);
    case "graphql":
      return graphqlBody([...at, "graphql"], context);
    case "multipart":
      return await readMultipart(file.multipart!, [...at, "multipart"], context);
    case "body_base64":
      return base64Body(file.body_base64!, [...at, "body_base64"], context);
    case "body_file": {
      const bytes = await attemptRead(file.body_file!, [...at, "body_file"], context);
      return { body: { kind: "base64", base64: bytes.toBase64() } };
    }
    default:
      return {};
  }
}

/** A text or a number as it is, anything else as JSON; `at` is where it stands. */
export function valueBody(at: FilePath, { text, findings }: StepFileContext): BuiltBody {
  // The checked copy lacks keys that mean something to JavaScript.
  const body = memberAt(text.value, at);
  if (typeof body === "string") return { body: { kind: "text", text: body } };
  if (typeof body === "number") return { body: { kind: "text", text: text.scalarText(at) ?? String(body) } };
  const json = JSON.stringify(body, (_key, value) => {
    // It would become null.
    if (typeof value === "number" && !Number.isFinite(value)) {
      findings.addProblem(at, `JSON has no number ${value}: write it in quotes`);
    }
    return value;
  });
  return { body: { kind: "text", text: json, isJson: true }, contentType: "application/json" };
}

/** As GraphQL over HTTP has it: `query`, `variables`, `operationName`. */
function graphqlBody(at: FilePath, { text }: StepFileContext): BuiltBody {
  const { query, variables, operation_name } = memberAt(text.value, at) as Readonly<Record<string, unknown>>;
  const json = JSON.stringify({
    query,
    ...(variables !== undefined && variables !== null && { variables }),
    ...(operation_name !== undefined && operation_name !== null && { operationName: operation_name }),
  });
  return { body: { kind: "text", text: json, isJson: true }, contentType: "application/json" };
}

/** Bytes in base64. */
export function base64Body(text: string, at: FilePath, { findings }: StepFileContext): BuiltBody {
  const base64 = text.replace(/\s+/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    findings.addProblem(at, `Cannot read "${at.at(-1)}": expected base64`);
  }
  return { body: { kind: "base64", base64 } };
}

type Scalar = string | number | boolean;

/** A number as the file spells it: an id 007 is not 7. */
function spelled(value: Scalar, at: FilePath, { text }: StepFileContext): string {
  return typeof value === "string" ? value : text.scalarText(at) ?? String(value);
}

/** A value under a name, with its place in the file. */
type Listed<Value> = readonly [name: string, value: Value, at: FilePath];

/** The values under each name, one after the other. */
function listed<Value>(
  entries: Readonly<Record<string, Value | readonly Value[]>>,
  at: FilePath,
): readonly Listed<Value>[] {
  return Object.entries(entries).flatMap(([name, given]): Listed<Value>[] =>
    Array.isArray(given)
      ? given.map((value: Value, i) => [name, value, [...at, name, i]])
      : [[name, given as Value, [...at, name]]]
  );
}

function formBody(
  form: NonNullable<HttpStepFile["form"]>,
  at: FilePath,
  context: StepFileContext,
): BuiltBody {
  const pieces = listed<Scalar>(form, at).flatMap(([name, value, place], i): BodyPiece[] => [
    { kind: "text", text: `${i === 0 ? "" : "&"}${encodeInForm(name)}=` },
    { kind: "text", text: spelled(value, place, context), isForm: true },
  ]);
  return { body: { kind: "pieces", pieces }, contentType: "application/x-www-form-urlencoded" };
}

interface Part {
  readonly head: string;
  readonly content: BodyPiece;
}

async function readMultipart(
  parts: NonNullable<HttpStepFile["multipart"]>,
  at: FilePath,
  context: StepFileContext,
): Promise<BuiltBody> {
  const built: Part[] = [];
  for (const [name, value, place] of listed(parts, at)) {
    const disposition = `Content-Disposition: form-data; name="${escapeName(name)}"`;
    if (typeof value !== "object") {
      const text = spelled(value as Scalar, place, context);
      built.push({ head: disposition, content: { kind: "text", text } });
    } else {
      const { file, filename = file.replace(/^.*[\\/]/s, ""), type = typeFor(filename) } = value;
      const bytes = await attemptRead(file, [...place, "file"], context);
      built.push({
        head: `${disposition}; filename="${escapeName(filename)}"\r\nContent-Type: ${oneLine(type)}`,
        content: { kind: "base64", base64: bytes.toBase64() },
      });
    }
  }
  const boundary = boundaryFor(built);
  const pieces = built.flatMap(({ head, content }, i): BodyPiece[] => [
    literal(`${i === 0 ? "" : "\r\n"}--${boundary}\r\n${head}\r\n\r\n`),
    content,
  ]);
  return {
    body: {
      kind: "pieces",
      pieces: [...pieces, literal(`${built.length === 0 ? "" : "\r\n"}--${boundary}--\r\n`)],
    },
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

/** A text that holds no placeholders, whatever it looks like. */
function literal(text: string): BodyPiece {
  return { kind: "base64", base64: new TextEncoder().encode(text).toBase64() };
}

/** As the HTML standard has it: what would end the name or its line. */
function escapeName(name: string): string {
  return name.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, " ");
}

/** One that occurs in none of the parts; the same parts always get the same. */
function boundaryFor(parts: readonly Part[]): string {
  const texts = parts.map(({ content }) => content.kind === "text" ? content.text : atob(content.base64));
  let boundary = "----bench-form-boundary";
  for (let number = 1; texts.some((text) => text.includes(boundary)); number++) {
    boundary = `----bench-form-boundary-${number}`;
  }
  return boundary;
}

/** What curl knows, too. */
const TYPES: Readonly<Record<string, string>> = {
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  xml: "application/xml",
};

function typeFor(fileName: string): string {
  const ending = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(TYPES, ending) ? TYPES[ending]! : "application/octet-stream";
}

async function attemptRead(file: string, at: FilePath, context: StepFileContext): Promise<Uint8Array> {
  try {
    return await context.readBytes(file);
  } catch (error) {
    context.findings.addProblem(at, messageOf(error));
    return new Uint8Array();
  }
}
