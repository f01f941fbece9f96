/**
 * `install.ps1`, by its text: that nothing is run or kept before its sum was compared. It runs on Windows, in the release
 * workflow.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { fileNameOf, TARGETS } from "../../tools/targets.ts";

const script = await Deno.readTextFile(new URL("../../install.ps1", import.meta.url));
/** Statements without comments. */
const code = script.split("\n").filter((line) => !line.trimStart().startsWith("#")).join("\n");

/** Where each text stands; all must be there, once. */
function placesOf(texts: readonly string[]): readonly number[] {
  return texts.map((text) => {
    assertEquals(code.split(text).length, 2, text);
    return code.indexOf(text);
  });
}

Deno.test("install.ps1 compares the sum before it runs or keeps what it downloaded", () => {
  const places = placesOf([
    "-OutFile $sums",
    "-OutFile $file",
    "Get-FileHash -LiteralPath $file -Algorithm SHA256",
    "if ($found -ne $expected) {",
    "has the wrong checksum, nothing was installed",
    "& $file --version",
    "if ($LASTEXITCODE -ne 0) { throw",
    "Move-Item -Force -LiteralPath $file -Destination $program",
    "} finally {",
  ]);
  assertEquals(places, places.toSorted((a, b) => a - b));
});

Deno.test("install.ps1 stops at the first error, and does nothing when it is cut short", () => {
  assertMatch(code, /^function Install-Bench \{\n {2}\$ErrorActionPreference = 'Stop'\n/m);
  assertEquals(script.trimEnd().split("\n").at(-1), "Install-Bench");
});

Deno.test("install.ps1 takes exactly the line of the program's own name, which the release has", () => {
  const pattern = /-match \('(\^[^']*)' \+ \[regex\]::Escape\(\$name\) \+ '(\$)'\)/.exec(code)!;
  const name = /\$name = '([^']+)'/.exec(code)![1]!;
  assertEquals(TARGETS.some((target) => fileNameOf(target) === name), true, name);
  const line = new RegExp(`${pattern[1]}${name.replaceAll(".", "\\.")}${pattern[2]}`);
  const sum = "0".repeat(64);
  assertEquals(
    [`${sum}  ${name}`, `${sum} *${name}`, `${sum}  ${name}.sig`, `${sum}  x${name}`, `0  ${name}`].map((
      text,
    ) => line.test(text)),
    [true, true, false, false, false],
  );
});
