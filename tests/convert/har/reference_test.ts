/**
 * The importer agrees with the tool that it is compatible with, on recordings of others and what that tool made of them:
 * `NAME.har` and `expected/SET/NAME.{json,txt,error}` in the folder that `HAR_REFERENCE` names. Each difference is
 * stated here by the improvement that brings it; any other fails.
 */
import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { convertHar, type HarOptions } from "../../../src/convert/har/convert_har.ts";
import { compilePatterns } from "../../../src/convert/url_patterns.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { HAR_OPTIONS } from "./_options.ts";

const FOLDER = Deno.env.get("HAR_REFERENCE");
const README_FLAGS = "--domain loadimpact.com --exclude '\\.png' --no-think-time";

const { thinkTimeMultiplier: _pauses, ...noPauses } = HAR_OPTIONS;
const SETS: Readonly<Record<string, HarOptions>> = {
  default: HAR_OPTIONS,
  static: { ...HAR_OPTIONS, includeStatic: true },
  headers: { ...HAR_OPTIONS, preserveHeaders: true, assertStatus: true },
  slow: { ...HAR_OPTIONS, thinkTimeMultiplier: 2 },
  urls: { ...HAR_OPTIONS, format: "url-file" },
  filtered: {
    ...noPauses,
    domains: ["loadimpact.com"],
    exclude: await compilePatterns("--exclude", ["\\.png"]),
  },
};

interface Step {
  readonly [key: string]: unknown;
}
interface Difference {
  readonly recording: string;
  readonly sets: readonly string[];
  readonly improvement: "several hosts" | "forms" | "text bodies" | "pseudo-headers";
  /** By step index: keys that differ; `undefined` for a key that is not there. */
  readonly steps: Readonly<Record<number, Step>>;
}

const ALL = ["default", "static", "slow", "headers"];
const WITHOUT_HEADERS = ["default", "static", "slow"];
const FORM = "application/x-www-form-urlencoded";
const LOGIN = '{"user":"admin","password":"123"}';
const USERNAME = '{"username":"admin","password":"123"}';
const BOUNDARY = "----form-part-boundary";
const LINK = "link=http%3A%2F%2Fexample.com%2Fimage";
const CUTE = "text=Check+out+these+cute+pictures";
const ids = (a: string, b: string) => `${CUTE}&${LINK}%2F%24%7B${a}%7D&${LINK}%2F%24%7B${b}%7D`;
const elsewhere = (method: string, origin: string, path: string): Step => ({
  name: `${method} ${new URL(origin).host}${path}`,
  path: `${origin}${path}`,
});

const DIFFERENCES: readonly Difference[] = [
  { recording: "api", sets: [...ALL, "filtered"], improvement: "text bodies", steps: { 0: { body: LOGIN } } },
  {
    recording: "api-check",
    sets: [...ALL, "filtered"],
    improvement: "text bodies",
    steps: { 0: { body: LOGIN } },
  },
  { recording: "options", sets: ALL, improvement: "text bodies", steps: { 0: { body: USERNAME } } },
  { recording: "stages", sets: ALL, improvement: "text bodies", steps: { 0: { body: USERNAME } } },
  { recording: "variable", sets: ALL, improvement: "text bodies", steps: { 0: { body: USERNAME } } },
  {
    recording: "pseudo-headers",
    sets: ["headers"],
    improvement: "pseudo-headers",
    steps: { 0: { headers: { "accept;charset=utf-8": "text/csv", authorization: "Bearer abc123" } } },
  },
  {
    recording: "url-constructed",
    sets: ALL,
    improvement: "several hosts",
    steps: { 1: elsewhere("GET", "http://test.loadimpact.com", "/path") },
  },
  {
    recording: "url-runtime",
    sets: ALL,
    improvement: "several hosts",
    steps: { 1: elsewhere("GET", "http://test.loadimpact.com", "/path") },
  },
  {
    recording: "url-full",
    sets: ALL,
    improvement: "several hosts",
    steps: {
      1: elsewhere("GET", "http://test.loadimpact.com", "/path"),
      2: elsewhere("POST", "https://httpbin.org", "/post"),
      3: elsewhere("POST", "https://httpbin.org", "/post"),
      4: elsewhere("GET", "http://test.loadimpact.com", "/path"),
    },
  },
  {
    recording: "url-full",
    sets: WITHOUT_HEADERS,
    improvement: "forms",
    steps: {
      2: { headers: { "Content-Type": FORM }, body: ids("foo", "bar") },
      3: { headers: { "Content-Type": FORM }, body: `${CUTE}&${LINK}&${LINK}` },
    },
  },
  {
    recording: "url-full",
    sets: ["headers"],
    improvement: "forms",
    steps: {
      2: { headers: { "content-type": FORM }, body: ids("foo", "bar") },
      3: { headers: { "content-type": FORM }, body: `${CUTE}&${LINK}&${LINK}` },
    },
  },
  {
    recording: "full",
    sets: ALL,
    improvement: "several hosts",
    steps: { 7: elsewhere("POST", "http://test.k6.io", "/login") },
  },
  {
    recording: "full",
    sets: ALL,
    improvement: "forms",
    steps: {
      6: { body: ids("first", "second") },
      7: {
        body: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="username"\r\n\r\nadmin\r\n` +
          `--${BOUNDARY}\r\nContent-Disposition: form-data; name="password"\r\n\r\n123\r\n--${BOUNDARY}--\r\n`,
      },
    },
  },
  {
    recording: "full",
    sets: WITHOUT_HEADERS,
    improvement: "forms",
    steps: {
      6: { headers: { "Content-Type": FORM } },
      7: { headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` } },
    },
  },
  {
    recording: "full",
    sets: ["headers"],
    improvement: "forms",
    steps: {
      6: { headers: { authorization: "Bearer ${token}", "content-type": FORM } },
      7: { headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` } },
    },
  },
  {
    recording: "params",
    sets: [...WITHOUT_HEADERS, "filtered"],
    improvement: "forms",
    steps: { 1: { headers: { "Content-Type": FORM } } },
  },
  {
    recording: "params",
    sets: ["headers"],
    improvement: "forms",
    steps: { 1: { headers: { "content-type": FORM } } },
  },
  {
    recording: "params",
    sets: [...ALL, "filtered"],
    improvement: "forms",
    steps: { 1: { body: "login=admin&password=&%24%7BuserName%7D=&id=%24%7BuserID%7D" } },
  },
  {
    recording: "inconsistent-content-type",
    sets: [...WITHOUT_HEADERS, "filtered"],
    improvement: "forms",
    steps: { 0: { headers: { "Content-Type": FORM } } },
  },
  {
    recording: "inconsistent-content-type",
    sets: [...ALL, "filtered"],
    improvement: "forms",
    steps: { 0: { body: "hello=world" } },
  },
];

/** A scenario with the names of its headers in lower case, as the reference writes recorded ones. */
function inLowerCase(scenario: { readonly steps: readonly Step[] }): unknown {
  const steps = scenario.steps.map((step) => {
    const fields = Object.entries(step["headers"] ?? {});
    const headers = Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
    return fields.length === 0 ? step : { ...step, headers };
  });
  return { ...scenario, steps };
}

/** An expected scenario with the differences of a recording and set put in; each must change something. */
function improved(expected: { steps: Step[] }, recording: string, set: string): unknown {
  const steps = expected.steps.map((step) => ({ ...step }));
  for (const row of DIFFERENCES.filter((row) => row.recording === recording && row.sets.includes(set))) {
    for (const [index, change] of Object.entries(row.steps)) {
      const before = steps[Number(index)];
      assertNotEquals(
        steps[Number(index)],
        { ...before, ...change },
        `${recording}: "${row.improvement}" is idle`,
      );
      steps[Number(index)] = { ...before, ...change };
    }
  }
  return { ...expected, steps };
}

const names = FOLDER === undefined ? [] : await recordings(FOLDER);

async function recordings(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((file) => file.name)
    .filter((name) => name.endsWith(".har")).map((name) => name.slice(0, -4)).toSorted();
}

async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(`${FOLDER}/${path}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

for (const [set, options] of Object.entries(SETS)) {
  Deno.test({
    name: `convertHar() agrees with the reference on every recording: ${set}`,
    ignore: FOLDER === undefined,
    async fn() {
      assertEquals(names.length, 25);
      for (const name of names) {
        const bytes = await Deno.readFile(`${FOLDER}/${name}.har`);
        const convert = () => convertHar(bytes, { ...options, name, label: `${name}.har` }).text;
        const refused = await textIfThere(`expected/${set}/${name}.error`);
        if (refused !== undefined) {
          const { message } = assertThrows(convert, UsageError);
          const count = /filtering (\d+) HAR entries/.exec(refused)?.[1];
          assertStringIncludes(
            message,
            count === undefined ? "entries" : `no request remained of ${count} `,
            name,
          );
        } else if (set === "urls") {
          assertEquals(convert(), await textIfThere(`expected/urls/${name}.txt`), name);
        } else {
          const expected = JSON.parse(await textIfThere(`expected/${set}/${name}.json`) ?? "");
          assertEquals<unknown>(
            set === "headers" ? inLowerCase(JSON.parse(convert())) : JSON.parse(convert()),
            improved(expected, name, set),
            `${name}, ${set}`,
          );
        }
      }
    },
  });
}

Deno.test({
  name: "convertHar() is tested with the README's flags, and all stated differences name recordings and sets",
  ignore: FOLDER === undefined,
  async fn() {
    assert((await textIfThere("README.md"))?.includes(README_FLAGS));
    for (const { recording, sets } of DIFFERENCES) {
      assert(names.includes(recording) && sets.every((set) => Object.hasOwn(SETS, set)), recording);
    }
  },
});
