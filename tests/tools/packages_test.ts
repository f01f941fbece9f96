/** Licences and the list of everything: all packages of a compiled program, and none without a licence. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ENTRIES } from "../../tools/bundle.ts";
import { embeddedFrom } from "../../tools/module_graph.ts";
import { licenseTexts, packagesOf } from "../../tools/packages.ts";
import { sbomOf } from "../../tools/sbom.ts";
import { PROGRAM, program } from "../_support/program.ts";

const ROOT = new URL("../../", import.meta.url).href;

/** Licences that a program may contain without a word to anybody. */
const FREE =
  /^\(?(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|Unlicense|CC0-1\.0|BlueOak-1\.0\.0)(?: (?:OR|AND) .*)?\)?$/;

const packages = await packagesOf(ROOT, ENTRIES);

Deno.test("every package in a compiled program has a licence that lets it be there", async () => {
  const { packages: embedded } = await embeddedFrom(ROOT, ENTRIES);
  assertEquals(packages.map(({ name, version }) => `${name}@${version}`), [...embedded].sort());
  for (const { name, license } of packages) assertMatch(license, FREE, name);
});

Deno.test("the list of everything has each package once, by an address of its own", () => {
  const { components } = sbomOf(packages, "2.0.0") as { components: { name: string; purl: string }[] };
  assertEquals(components.map(({ name }) => name), ["deno", ...packages.map(({ name }) => name)]);
  assertEquals(new Set(components.map(({ purl }) => purl)).size, components.length);
  const scoped = components.find(({ name }) => name === "@opentelemetry/api")!;
  assertMatch(scoped.purl, /^pkg:npm\/%40opentelemetry\/api@\d/);
});

Deno.test("bench --licenses prints the program's own licence, and all others where they are part of it", async () => {
  const { code, out, err } = await program(["--licenses"]);
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, await Deno.readTextFile(new URL("LICENSE", ROOT)));
  if (PROGRAM.at(-1)!.endsWith(".ts")) return;
  assert(out.endsWith(licenseTexts(packages)), "some are missing");
});
