/** The workflows of this repository, and the scripts that they run. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import manifest from "../../deno.json" with { type: "json" };
import { fileNameOf, TARGETS } from "../../tools/targets.ts";
import { peerTest, unixTest } from "../_support/peers.ts";
import { programScript } from "../_support/program.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Job {
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: {
      readonly os?: readonly string[];
      readonly include?: readonly Record<string, string>[];
    };
  };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

async function workflow(name: string): Promise<Workflow> {
  return parse(await Deno.readTextFile(`${ROOT}.github/workflows/${name}.yml`), { strict: true });
}

const WORKFLOWS = { ci: await workflow("ci"), release: await workflow("release") };

for (const [name, { permissions, jobs, env }] of Object.entries(WORKFLOWS)) {
  Deno.test(`workflow ${name} uses only GitHub's own actions, each by its commit, and may only read unless a job says more`, () => {
    assertEquals(permissions, { contents: "read" });
    for (const { steps } of Object.values(jobs)) {
      for (const { uses } of steps) {
        if (uses !== undefined) assertMatch(uses, /^actions\/[\w-]+@[0-9a-f]{40}$/);
      }
    }
  });

  Deno.test(`workflow ${name} hands nothing into a script but through the environment`, () => {
    for (const { steps } of Object.values(jobs)) {
      for (const { run = "" } of steps) {
        const inserted = [...run.matchAll(/\$\{\{ *([^ }]+) *\}\}/g)].map(([, what]) => what);
        assertEquals(inserted.filter((what) => what !== "env.DENO_VERSION"), []);
      }
    }
  });

  Deno.test(`workflow ${name} has the Deno of .ci/run`, async () => {
    const [, version] = /^DENO_VERSION=(.*)$/m.exec(await Deno.readTextFile(`${ROOT}.ci/run`))!;
    assertEquals(env.DENO_VERSION, version);
  });

  Deno.test(`workflow ${name} runs scripts and tasks that exist`, async () => {
    for (const { steps } of Object.values(jobs)) {
      for (const { run = "" } of steps) {
        for (const [, file] of run.matchAll(/bash (\.[\w./-]+)/g)) {
          assert((await Deno.stat(ROOT + file)).isFile);
        }
        for (const [, task] of run.matchAll(/ task ([\w:]+)/g)) {
          assert(Object.hasOwn(manifest.tasks, task!), task);
        }
      }
    }
  });
}

Deno.test("a release is tested on three systems, compiled, tried on each target, and only then published", () => {
  const { jobs } = WORKFLOWS.release;
  assertEquals(jobs.test!.strategy!.matrix.os, ["ubuntu-latest", "macos-latest", "windows-latest"]);
  assertEquals(jobs.compile!.needs, "test");
  assertEquals(jobs.try!.needs, "compile");
  for (const name of ["publish", "package", "image"]) assertEquals(jobs[name]!.needs, "try");
  assertEquals(jobs["major-tag"]!.needs, "publish");
  assertEquals(jobs.try!.strategy!.matrix.include!.map(({ file }) => file), TARGETS.map(fileNameOf));
  const writes = Object.entries(jobs).filter(([, { permissions }]) => permissions !== undefined).map((
    [name],
  ) => name);
  assertEquals(writes, ["publish", "package", "image", "major-tag"]);
});

peerTest("actionlint has no findings", ["actionlint"], async () => {
  const end = await run("actionlint", ["-no-color"], { cwd: ROOT });
  assertEquals(end, { code: 0, out: "", err: "" });
});

Deno.test("the changelog has notes on this version, newest first, and no version twice", async () => {
  const text = await Deno.readTextFile(`${ROOT}CHANGELOG.md`);
  const versions = [...text.matchAll(/^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$/gm)];
  assertEquals(versions[0]![1], "Unreleased");
  assertEquals([versions[1]![1], versions[1]![2] !== undefined], [manifest.version, true]);
  assertEquals(new Set(versions.map(([, name]) => name)).size, versions.length);
});

unixTest("the release notes are the changelog's on a version", ["bash", "awk"], async () => {
  const script = `${ROOT}.github/release_notes.sh`;
  const { code, out } = await run("bash", [script, manifest.version]);
  assertEquals(code, 0);
  assertStringIncludes(out, "### Added\n");
  assert(!/^## /m.test(out));
  assertEquals((await run("bash", [script, "0.0.0"])).code, 1);
});

Deno.test("the container image is the program alone, without root", async () => {
  const text = await Deno.readTextFile(`${ROOT}Dockerfile`);
  assertMatch(text, /^FROM gcr\.io\/distroless\/cc-debian\d+:nonroot$/m);
  assertEquals(text.match(/^(?:RUN|ADD|USER)\b/gm), null);
  assertMatch(text, /^ENTRYPOINT \["\/usr\/local\/bin\/bench"\]$/m);
});

unixTest("the script that tries a released program passes with this one", ["bash"], async () => {
  await using temp = await tempDir();
  const folder = temp.path;
  const program = `${folder}/bench`;
  await Deno.writeTextFile(
    program,
    await programScript(),
    { mode: 0o755 },
  );
  const script = `${ROOT}.github/try_program.sh`;
  const { code, out, err } = await run("bash", [script, program, manifest.version], {
    env: { NO_COLOR: "1" },
  });
  assertEquals(code, 0, out + err);
  assertEquals((await run("bash", [script, program, "9.9.9"])).code, 1);
});
