/** `bench k8s`: manifests that say what the words say, and refusals of all that would fail later. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse as parseYaml } from "yaml";
import { DOOR } from "../../../src/cli/commands.ts";
import { mainOptions } from "../../../src/run/settings/settings.ts";
import { parseCommandLine } from "../../../src/options/command_line.ts";
import { resolve } from "../../../src/options/resolve.ts";
import { program } from "../../_support/program.ts";

const WORDS = [
  ...["-c", "200", "-d", "5m", "-H", "Authorization: Bearer hidden", "-H", "X-A: b", "-A", "me:hidden"],
  ...["--no-keepalive", "--latency-breakdown", "--th", "p95 < 300ms", "--tag", "env=x", "http://a.test/?q=1"],
];

/** The documents of a YAML stream. */
function documentsOf(text: string): readonly Record<string, unknown>[] {
  return text.split(/^---\n/m).filter((part) => part !== "").map((part) =>
    parseYaml(part) as Record<string, unknown>
  );
}

Deno.test("bench k8s prints four objects whose configuration says what the words say", async () => {
  const { code, out, err } = await program(["k8s", "--nodes", "5", "--image", "i:1", "--", ...WORDS]);
  assertEquals([code, err], [0, ""]);
  const documents = documentsOf(out);
  assertEquals(documents.map(({ kind }) => kind), ["Secret", "Service", "Job", "Job"]);
  const { "bench.yaml": config, secret } = documents[0]!.stringData as Record<string, string>;
  assert(/^[0-9a-f]{64}$/.test(secret!));
  const { url, ...values } = parseYaml(config!) as Record<string, unknown>;
  assertEquals(url, "http://a.test/?q=1");
  const parsed = parseCommandLine(DOOR.bench, WORDS);
  assert(parsed.kind === "options");
  const fromFile = resolve(mainOptions, { config: { name: "bench.yaml", values } });
  assertEquals(fromFile.problems, []);
  assertEquals(fromFile.values, resolve(mainOptions, { given: parsed.given }).values);
  assert(!JSON.stringify(documents.slice(1)).includes("hidden"));
});

Deno.test("bench k8s makes another secret each time", async () => {
  const words = ["k8s", "--image", "i", "--", "http://a.test/"];
  const [first, second] = await Promise.all([program(words), program(words)]);
  assertEquals(first.out === second.out, false);
});

Deno.test("bench k8s says all that is wrong, and prints nothing", async () => {
  const { code, out, err } = await program([
    "k8s",
    "--nodes",
    "0",
    "--name",
    "A b",
    "--",
    "-c",
    "x",
    "--master",
    "http://a/",
  ]);
  assertEquals([code, out], [1, ""]);
  for (const part of ["--nodes", "--name", "--image", "-c", "--master is set"]) {
    assertStringIncludes(err, part);
  }
  assertStringIncludes((await program(["k8s", "--image", "i", "http://a/"])).err, "behind --");
});

Deno.test("bench k8s refuses options that the master would refuse", async () => {
  const rows: [words: string[], problem: string][] = [
    [["--live", "-v", "2"], "--live cannot be given together with -v"],
    [["--fail-on", "worse"], "--fail-on needs --baseline"],
    [["--stay"], "--stay is set by the manifests"],
  ];
  for (const [words, problem] of rows) {
    const { code, out, err } = await program(["k8s", "--image", "i", "--", ...words, "http://a.test/"]);
    assertEquals([code, out, err], [1, "", `bench: ${problem}\nTry: bench help k8s\n`]);
  }
  const tolerant = await program(["k8s", "--image", "i", "--", "--tolerate-lost", "1", "http://a.test/"]);
  assertEquals([tolerant.code, tolerant.err], [0, ""]);
});

Deno.test("bench k8s names every file that the image must contain", async () => {
  const { code, err } = await program([
    ...["k8s", "--image", "i", "--", "--proto", "shop.proto", "--data", "people=people.csv"],
    ...[
      "--ca-bundle",
      "roots.pem",
      "--baseline",
      "main.json",
      "--json",
      "out.json",
      "grpc://a.test/Shop/Get",
    ],
  ]);
  const named = [...err.matchAll(/"(.*)" is a path inside the master's container/g)].map(([, path]) => path);
  assertEquals([code, named], [0, ["shop.proto", "people.csv", "roots.pem", "main.json"]]);
});

Deno.test("bench k8s keeps texts that YAML 1.1 takes for something else", async () => {
  const words = ["--tag", "a=yes", "-A", "12:30", "--tag", "b=0123", "http://a.test/"];
  const { out } = await program(["k8s", "--image", "i", "--namespace", "on", "--cpu", "1", "--", ...words]);
  const documents = out.split(/^---\n/m).slice(1).map((part) => parseYaml(part, { version: "1.1" }));
  const [secret, , , workers] = documents;
  assertEquals([secret.metadata.namespace, workers.spec.template.spec.containers[0].resources.requests.cpu], [
    "on",
    "1",
  ]);
  assertEquals(parseYaml(secret.stringData["bench.yaml"], { version: "1.1" }), {
    tag: ["a=yes", "b=0123"],
    "basic-auth": "12:30",
    url: "http://a.test/",
  });
});
