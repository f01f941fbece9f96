/** No secret of any command appears in any of its outputs, nor in what its results are turned into later. */
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { certificate } from "../_support/certificates.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { type Command, manyPrograms } from "../_support/many_programs.ts";
import type { Ended } from "../_support/program.ts";
import { CANARY, canaryCommands } from "./_canary_commands.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** As it may be written: plain, and in basic credentials. */
const FORMS = [
  CANARY,
  ...["user", "u", "me"].map((name) => btoa(`${name}:${CANARY}`)),
  btoa(CANARY),
];
/** Runs whose saved results are made into other things; both lists of commands have them done before. */
const LATER = [17, 26, 37, 46];
const OUTPUTS = ["json", "csv", "html-report", "hgrm", "junit", "log", "save-baseline"];

Deno.test("no secret of any command appears in any output", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const received: string[] = [];
  await using receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      received.push(await request.text());
      return new Response(null, { status: 204 });
    },
  );
  await using temp = await tempDir();
  const folder = temp.path;
  const { valid, refused } = await canaryCommands({
    url: target.url,
    receiver: `http://127.0.0.1:${receiver.addr.port}`,
    file: async (name, text) => {
      await Deno.mkdir(`${folder}/in`, { recursive: true });
      await Deno.writeTextFile(`${folder}/in/${name}`, text);
      return `${folder}/in/${name}`;
    },
  });
  const commands = [...valid, ...refused];
  assertGreaterOrEqual(commands.length, 84);
  await Deno.mkdir(`${folder}/out`);
  const full = [
    ...commands.map((command, i) => withOutputs(command, `${folder}/out/${i}`)),
    ...LATER.flatMap((number) => laterCommands(`${folder}/out/${number}`)),
  ];
  const first = await inTwoProcesses(full.slice(0, commands.length));
  const ended = [...first, ...await inTwoProcesses(full.slice(commands.length))]
    .map((one, number) => ({ ...one, number }));
  for (const { number, code, out, err } of ended) {
    const isRefused = code !== 0 && out === "";
    const words = full[number]?.args.join(" ");
    assertEquals([code === 70, isRefused], [
      false,
      number < commands.length ? refused.includes(commands[number]!) : isRefused,
    ], `${words}\n${err}`);
  }
  const texts = new Map<string, string>(
    ended.flatMap(({ number, out, err }) => [[`${number} stdout`, out], [`${number} stderr`, err]]),
  );
  for await (const { name } of Deno.readDir(`${folder}/out`)) {
    texts.set(name.replace(".", " "), await Deno.readTextFile(`${folder}/out/${name}`));
  }
  received.forEach((text, i) => texts.set(`export ${i}`, text));
  const leaks = [...texts].filter(([, text]) => FORMS.some((form) => text.includes(form))).map(
    ([name, text]) => {
      const at = Math.min(...FORMS.map((form) => text.indexOf(form)).filter((index) => index >= 0));
      const words = full[parseInt(name)]?.args.join(" ").slice(-150);
      return `${name}: …${text.slice(Math.max(0, at - 60), at + 20)}… of ${words}`;
    },
  );
  assertEquals(leaks, []);
  assertGreater(texts.size, 84 * 4, `only ${texts.size} texts`);
});

Deno.test("no secret of any command reaches a server whose certificate is not trusted", async () => {
  const received: string[] = [];
  await using server = await startRawServer((connection, { head, body }) => {
    received.push(`${head}\n${new TextDecoder().decode(body)}`);
    return connection.send(response("hi"));
  }, { tls: certificate("self_signed") });
  await using temp = await tempDir();
  const folder = temp.path;
  const { valid } = await canaryCommands({
    url: server.origin,
    receiver: "http://127.0.0.1:1",
    file: async (name, text) => {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      return `${folder}/${name}`;
    },
  });
  // What a text without names means, nobody can know.
  const commands = valid.filter(({ args }) => args[args.indexOf("-b") + 1] !== CANARY);
  const ended = await inTwoProcesses([...commands, { args: ["-n", "1", `${server.origin}/harmless`] }]);
  assertEquals(ended.filter(({ code }) => code === 70).map(({ err }) => err), []);
  assertEquals(received.filter((text) => FORMS.some((form) => text.includes(form))), []);
  assert(received.some((text) => text.includes("/harmless")));
  const refusals = ended.filter(({ err }) => err.includes("so no credentials are sent to it (found "));
  assertGreaterOrEqual(refusals.length, 60);
});

/** A run writes every kind of report, and its result is reported, summed up and compared anew. */
function withOutputs(command: Command, path: string): Command {
  const { args } = command;
  if (args[0] !== "-n") return command;
  const outputs = OUTPUTS.filter((name) => !(args.includes("sequential") && name === "save-baseline"));
  return {
    ...command,
    args: ["-w", ...outputs.flatMap((name) => [`--${name}`, `${path}.${name}`]), ...args],
  };
}

/** What a saved result is made into. */
function laterCommands(path: string): readonly Command[] {
  const json = `${path}.json`;
  return [
    { args: ["report", json, "-w", "--json", `${path}.again`, "--html-report", `${path}.page`] },
    { args: ["summary", json, "-o", `${path}.md`, "--github-output", `${path}.github`, "--baseline", json] },
    { args: ["compare", json, json] },
  ];
}

/** Runs commands in two processes; the results are in the order of the commands. */
async function inTwoProcesses(commands: readonly Command[]): Promise<readonly Ended[]> {
  const halves = await Promise.all(
    [0, 1].map((half) => manyPrograms(commands.filter((_, i) => i % 2 === half))),
  );
  return commands.map((_, i) => halves[i % 2]![i >> 1]!);
}
