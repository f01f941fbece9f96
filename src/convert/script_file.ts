/**
 * A scenario as the importers make it, written as a module in TypeScript: the same requests, by the same names.
 *
 * @module
 */
import { formatCounted } from "../lib/number_format.ts";
import { utf8Text } from "../lib/utf8_text.ts";
import {
  type FilePart,
  type FileScalar,
  type FileStep,
  rootedPath,
  type ScenarioFile,
} from "./scenario_file.ts";
import {
  escapedText,
  objectSource,
  OWN_URL,
  stringSource,
  templateSource,
  type UsedNames,
  valueSource,
  variableName,
} from "./script_text.ts";
import { shown } from "./wording.ts";

/** What an importer writes of requests: a scenario file, or a module. */
export type ScenarioFormat = "scenario" | "script";

/** How a module is written. */
export interface ScriptOptions {
  /** Whether `${…}` in texts stands for a value, as in scenario files; otherwise it is sent as it is. */
  readonly hasPlaceholders: boolean;
}

/** A module, and what it could not say. */
export interface WrittenScript {
  readonly text: string;
  /** One sentence each; safe to print. */
  readonly remarks: readonly string[];
}

/** Names of requests that reports tell apart. */
const MAX_NAMES = 500;

const HELPERS: Readonly<Record<string, string>> = {
  env: `/** The value of an environment variable. */
function env(name: string): string {
  const value = Deno.${"env"}.get(name);
  if (value === undefined) throw new Error(\`the environment variable \${name} is not set\`);
  return value;
}
`,
  randstr: `/** Random letters and digits. */
function randstr(length: number, random: () => number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join("");
}
`,
};

/** Writes a module. */
export function scriptText(file: ScenarioFile, { hasPlaceholders }: ScriptOptions): WrittenScript {
  const used: UsedNames = { helpers: new Set(), variables: new Set(), taken: new Set(), unknown: new Set() };
  const text = hasPlaceholders ? (value: string) => templateSource(value, used) : stringSource;
  const joined = new Set<string>();
  const files = new Map<string, string>();
  const dropped = new Set<string>();
  const lines = file.steps.flatMap((step) => {
    const pause = step.think_time ?? file.think_time;
    if (pause > 0) used.taken.add("pause");
    return [
      `  await ${callOf(step, { text, joined, files, dropped })};\n`,
      ...(pause > 0 ? [`  await pause(${pause});\n`] : []),
    ];
  });
  const taken = ["http", ...[...used.taken].sort()].join(", ");
  const names = new Set(file.steps.map(({ name }) => name)).size;
  return {
    text: [
      `// ${escapedText(file.name)}\n`,
      'import type { Bench, Options } from "@x/bench/script";\n\n',
      `export const options: Options = { url: ${stringSource(file.base_url)} };\n\n`,
      ...[...used.variables].map((name) => `const ${variableName(name)} = env(${stringSource(name)});\n`),
      ...(used.variables.size > 0 ? ["\n"] : []),
      ...[...files].map(([file, constant]) =>
        `const ${constant} = Deno.readFileSync(new URL(${stringSource(`./${file}`)}, ${OWN_URL}));\n`
      ),
      ...(files.size > 0 ? ["\n"] : []),
      ...[...used.helpers].sort().map((helper) => `${HELPERS[helper]}\n`),
      `export default async function ({ ${taken} }: Bench) {\n`,
      ...lines,
      "}\n",
    ].join(""),
    remarks: [
      ...(joined.size > 0
        ? [
          `Headers with several lines, which a module sends as one line with commas: ${
            [...joined].map(shown).join(", ")
          }`,
        ]
        : []),
      ...(dropped.size > 0
        ? [
          `Warning: of several parts of one name, a module sends the first: ${
            [...dropped].map(shown).join(", ")
          }`,
        ]
        : []),
      ...(used.unknown.size > 0
        ? [
          `Warning: placeholders that a module has no function for are sent as they are: ${
            [...used.unknown].map(shown).join(", ")
          }`,
        ]
        : []),
      ...(names > MAX_NAMES
        ? [
          `${
            formatCounted(names, "name")
          } of requests: reports show the first ${MAX_NAMES} and count the others together`,
        ]
        : []),
    ],
  };
}

interface Writing {
  /** A text as source. */
  readonly text: (value: string) => string;
  /** Names of headers whose lines were put together. */
  readonly joined: Set<string>;
  /** The constants that hold files, by the files' names. */
  readonly files: Map<string, string>;
  /** Names of form parts of which only the first is sent. */
  readonly dropped: Set<string>;
}

const FUNCTIONS: ReadonlyMap<string, string> = new Map(
  ["get", "head", "post", "put", "patch"].map((name) => [name.toUpperCase(), name] as const).concat([[
    "DELETE",
    "del",
  ]]),
);

function callOf(step: FileStep, writing: Writing): string {
  const { text, joined } = writing;
  const { method, path } = step;
  const body = bodyOf(step, text);
  const headers = Object.entries(step.headers ?? {}).flatMap(([name, value]): [string, string][] => {
    // The JSON body says it by itself.
    if (body?.[0] === "json" && name === "Content-Type" && value === "application/json") return [];
    if (value === null) return [[name, "null"]];
    if (typeof value === "string") return [[name, text(value)]];
    joined.add(name);
    return [[name, text(value.join(", "))]];
  });
  const options: [string, string][] = [];
  if (!isOwnName(step)) options.push(["name", stringSource(step.name)]);
  if (headers.length > 0) options.push(["headers", objectSource(headers, 2)]);
  if (body !== undefined) options.push(body);
  if (step.form !== undefined) options.push(["form", formSource(step.form, text)]);
  if (step.multipart !== undefined) options.push(["multipart", multipartSource(step.multipart, writing)]);
  if (step.assert_status !== undefined) options.push(["expect", String(step.assert_status)]);
  const own = FUNCTIONS.get(method);
  const target = text(rootedPath(path));
  const given = own === undefined ? `${stringSource(method)}, ${target}` : target;
  const start = `http.${own ?? "request"}(${given}`;
  return options.length === 0
    ? `${start})`
    : `${start}, ${objectSource(options, 1, "await , );".length + start.length)})`;
}

/** Whether reports would call a request so without being told. */
function isOwnName({ name, method, path }: FileStep): boolean {
  return name === `${method} ${path}` && /^\/(?!\/)[a-z/._-]*$/i.test(path) && !/\w{16}/.test(path);
}

function formSource(form: NonNullable<FileStep["form"]>, text: Writing["text"]): string {
  const one = (value: FileScalar) => typeof value === "string" ? text(value) : String(value);
  const several = (value: FileScalar | readonly FileScalar[]): value is readonly FileScalar[] =>
    Array.isArray(value);
  const members = Object.entries(form).map(([name, value]) =>
    [name, several(value) ? `[${value.map(one).join(", ")}]` : one(value)] as const
  );
  return objectSource(members, 2);
}

function multipartSource(
  parts: NonNullable<FileStep["multipart"]>,
  { text, files, dropped }: Writing,
): string {
  const members = Object.entries(parts).map(([name, given]) => {
    const [part = "", ...more] = [given].flat() as readonly FilePart[];
    if (more.length > 0) dropped.add(name);
    if (typeof part === "string") return [name, text(part)] as const;
    if (typeof part !== "object") return [name, String(part)] as const;
    const constant = files.get(part.file) ?? `file${files.size + 1}`;
    files.set(part.file, constant);
    const members: [string, string][] = [["content", constant], ["filename", stringSource(part.file)]];
    if (part.type !== undefined) members.push(["type", stringSource(part.type)]);
    return [name, objectSource(members, 3)] as const;
  });
  return objectSource(members, 2);
}

/** The body: JSON as a value if it is written to the same bytes, otherwise text or bytes. */
function bodyOf(
  { body, body_base64, headers }: FileStep,
  text: Writing["text"],
): [key: "json" | "body", source: string] | undefined {
  if (body_base64 !== undefined) {
    const bytes = Uint8Array.fromBase64(body_base64);
    const content = utf8Text(bytes);
    if (content === undefined) return ["body", `Uint8Array.fromBase64(${stringSource(body_base64)})`];
    return bodySource(content, headers, stringSource);
  }
  return body === undefined ? undefined : bodySource(body, headers, text);
}

function bodySource(
  content: string,
  headers: FileStep["headers"],
  text: Writing["text"],
): ["json" | "body", string] {
  const type = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  if (typeof type === "string" && /^application\/(?:[\w.+-]*\+)?json\b/i.test(type)) {
    const value = sameJson(content);
    if (value !== undefined && text(content) === stringSource(content)) {
      return ["json", valueSource(value, 2)];
    }
  }
  return ["body", text(content)];
}

/** The value of JSON that is written the same again; `undefined`: it is not. */
function sameJson(content: string): unknown {
  try {
    const value: unknown = JSON.parse(content);
    return JSON.stringify(value) === content ? value : undefined;
  } catch {
    return undefined; // no JSON, whatever its type says
  }
}
