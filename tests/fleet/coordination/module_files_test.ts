/** Modules travel with what they import, are checked by hash, and stay in their folder. */
import { assertEquals, assertRejects } from "@std/assert";
import { packModule, unpackModule } from "../../../src/fleet/coordination/module_files.ts";
import { forbiddenIn } from "../../../src/fleet/coordination/allowed_targets.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { FULL_PLAN } from "../_full_plan.ts";

const FILES: Readonly<Record<string, string>> = {
  "/a/tests/shop.ts":
    'import x from "../lib/x.ts";\nimport type { Bench } from "@x/bench/script";\nexport default () => x;',
  "/a/lib/x.ts":
    'export * from "./y.ts";\nconst z = await import("./z.ts");\nimport "./y.ts";\nexport default z;',
  "/a/lib/y.ts": "export const y = 1;",
  "/a/lib/z.ts": 'import { shop } from "../tests/shop.ts";',
};

function pack() {
  return packModule(
    { url: "file:///a/tests/shop.ts", name: "shop.ts" },
    (path) => Promise.resolve(FILES[path]!),
  );
}

Deno.test("packModule() takes along what is imported by relative paths, the entry first", async () => {
  const { files = [] } = await pack();
  assertEquals(files.map(({ path }) => path), ["tests/shop.ts", "lib/x.ts", "lib/y.ts", "lib/z.ts"]);
  assertEquals(files.map(({ text }) => text), files.map(({ path }) => FILES[`/a/${path}`]!));
});

Deno.test("unpackModule() gives the files back, and takes them away again", async () => {
  const packed = await pack();
  let folder = "";
  {
    await using unpacked = await unpackModule(packed);
    assertEquals(unpacked.module.name, "shop.ts");
    const entry = new URL(unpacked.module.url);
    folder = new URL("..", entry).pathname;
    assertEquals(await Deno.readTextFile(entry), FILES["/a/tests/shop.ts"]);
    assertEquals(await Deno.readTextFile(`${folder}lib/y.ts`), FILES["/a/lib/y.ts"]);
  }
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
});

Deno.test("unpackModule() refuses what is not what its hash says, and paths that lead out", async () => {
  const { files: [first] = [], ...module } = await pack();
  const changed = { ...module, files: [{ ...first!, text: "export default evil;" }] };
  await assertRejects(() => unpackModule(changed), UsageError, "is not what its hash says");
  for (
    const path of [
      "../x.ts",
      "/etc/x.ts",
      "a/../../x.ts",
      "a\\..\\x.ts",
      "..",
      "",
      "./x.ts",
      "C:/x.ts",
      "a/./b.ts",
    ]
  ) {
    await assertRejects(
      () => unpackModule({ ...module, files: [{ ...first!, path }] }),
      UsageError,
      "outside",
    );
  }
});

Deno.test("a worker refuses modules unless its owner allows code, and always those that lie elsewhere", () => {
  const reasons = (module: NonNullable<typeof FULL_PLAN.module>, mayRunCode: boolean) =>
    forbiddenIn({ ...FULL_PLAN, module }, { targets: [], ...(mayRunCode && { mayRunCode: true as const }) })
      .filter((reason) => /code|module/.test(reason)).length;
  const { files: _files, ...elsewhere } = FULL_PLAN.module;
  assertEquals(reasons(FULL_PLAN.module, false), 1);
  assertEquals(reasons(FULL_PLAN.module, true), 0);
  assertEquals(reasons(elsewhere as typeof FULL_PLAN.module, true), 1);
});
