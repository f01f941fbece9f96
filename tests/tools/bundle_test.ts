/** What is written anew in a bundled file: paths of its own, and what packages in CommonJS get as `require()`. */
import { assertEquals, assertThrows } from "@std/assert";
import { withLateModules, withOwnPaths, withOwnRequire } from "../../tools/bundle.ts";

Deno.test("withOwnPaths() leads from wherever a source has landed to the bundled entry point", () => {
  const bundled = (text: string, file = "chunk-A.js") => withOwnPaths(text, file);
  for (const written of ["../thread_entry.ts", "./thread_entry.ts", "../../fleet/thread_entry.ts"]) {
    assertEquals(
      bundled(`new Worker(new URL("${written}", import.meta.url),{type:"module"})`),
      `new Worker(new URL("./src/fleet/thread_entry.js",import.meta.url),{type:"module"})`,
    );
  }
  assertEquals(
    bundled(`new URL("../thread_entry.ts",import.meta.url)`, "src/fleet/x.js"),
    `new URL("../../src/fleet/thread_entry.js",import.meta.url)`,
  );
  assertEquals(bundled(`new URL("/x", base)`), `new URL("/x", base)`);
  assertThrows(() => bundled(`new URL("../page.html", import.meta.url)`), Error, "no entry point");
});

Deno.test("withOwnRequire() gives packages modules of the platform, and nothing from a disk", () => {
  assertEquals(withOwnRequire("const a=1;"), "const a=1;");
  const shim = `const load=typeof require<"u"?require:()=>{throw Error("Dynamic require of")};`;
  const load = new Function(`${withOwnRequire(shim)} return load;`)();
  assertEquals(typeof load("node:tls").connect, "function");
  assertEquals(typeof load("events").EventEmitter, "function");
  assertThrows(() => load("bufferutil"), Error, "No module bufferutil in this program");
  assertThrows(() => load("./x.js"), Error, "No module ./x.js in this program");
});

Deno.test("withLateModules() loads modules of the platform when they are used", () => {
  const bundled = `import os from"node:os";import{inspect as show}from"node:util";` +
    `import{join}from"node:path";import{EventEmitter as E}from"node:events";let a=1;`;
  const late = withLateModules(bundled);
  assertEquals(late.match(/import\{[^}]*\}from"[^"]*"/g), [
    `import{join}from"node:path"`,
    `import{EventEmitter as E}from"node:events"`,
  ]);
  const code = late.replaceAll(/import\{[^;]*;/g, "");
  const [eol, shown, constants] = new Function(
    `${code} return [os.EOL, show({a}), Object.keys(os.constants.signals).length > 10];`,
  )();
  assertEquals([typeof eol, shown, constants], ["string", "{ a: 1 }", true]);
  assertEquals(withLateModules("const a=1;"), "const a=1;");
});
