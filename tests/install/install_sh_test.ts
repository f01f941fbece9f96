/** The install scripts, in the shells that they are for, with releases of a server here. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { peerTest, unixTest } from "../_support/peers.ts";
import { type Run, run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));
const SHELLS = ["dash", "bash"];
/** Stands in for the program: the script starts it once, to see that it runs. */
const PROGRAM = '#!/bin/sh\necho "bench 9.8.7"\n';

async function sumOf(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

/** A release on the loopback interface: files by path. Names that it was asked for are kept. */
function serveRelease(files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname;
    asked.push(path);
    const text = files[path];
    return text === undefined ? new Response("no", { status: 404 }) : new Response(text);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/releases`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function release(folder: string, change: Readonly<Record<string, string>> = {}) {
  return serveRelease({
    [`/releases/${folder}/bench-linux-x64`]: PROGRAM,
    [`/releases/${folder}/SHA256SUMS`]: `${"0".repeat(64)}  bench-linux-x64.old\n${await sumOf(
      PROGRAM,
    )}  bench-linux-x64\n`,
    ...change,
  });
}

/** A folder with programs that are put before those of the system. */
async function stubs(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries({ uname: UNAME_LINUX, ...programs })) {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return folder;
}

const UNAME_LINUX = 'if [ "$1" = -m ]; then echo x86_64; else echo Linux; fi';

interface Place extends AsyncDisposable {
  readonly folder: string;
  install(shell: string, env: Record<string, string>): Promise<Run>;
}

/** Somewhere to install to, with blanks in its name. */
async function place(programs: Readonly<Record<string, string>> = {}): Promise<Place> {
  const temp = await tempDir();
  const root = temp.path;
  const path = await stubs(programs);
  const folder = `${root}/my programs`;
  return {
    folder,
    install: (shell, env) =>
      run(shell, [SCRIPT], {
        clearEnv: true,
        env: { PATH: `${path}:${Deno.env.get("PATH")}`, BENCH_INSTALL_DIR: folder, ...env },
      }),
    [Symbol.asyncDispose]: async () => {
      await temp[Symbol.asyncDispose]();
      await Deno.remove(path, { recursive: true });
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

for (const shell of SHELLS) {
  unixTest(`install.sh installs the latest release (${shell})`, [shell], async () => {
    await using server = await release("latest/download");
    await using there = await place();
    const { code, out, err } = await there.install(shell, { BENCH_RELEASES: server.url });
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /^Installed bench 9\.8\.7 as .*my programs\/bench\nNot on your PATH yet: /);
    assertEquals(await namesIn(there.folder), ["bench"]);
    assertEquals((await run(`${there.folder}/bench`, [])).out, "bench 9.8.7\n");
  });

  unixTest(`install.sh installs a version, over an older one (${shell})`, [shell], async () => {
    await using server = await release("download/v9.8.7");
    await using there = await place();
    await Deno.mkdir(there.folder);
    await Deno.writeTextFile(`${there.folder}/bench`, "old");
    const { code, err } = await there.install(shell, { BENCH_RELEASES: server.url, BENCH_VERSION: "9.8.7" });
    assertEquals([code, err], [0, ""]);
    assertEquals(await Deno.readTextFile(`${there.folder}/bench`), PROGRAM);
  });

  unixTest(
    `install.sh refuses a program with another checksum, and keeps the old one (${shell})`,
    [shell],
    async () => {
      await using server = await release("latest/download", {
        "/releases/latest/download/bench-linux-x64": `${PROGRAM}# and more\n`,
      });
      await using there = await place();
      await Deno.mkdir(there.folder);
      await Deno.writeTextFile(`${there.folder}/bench`, "old");
      const { code, out, err } = await there.install(shell, { BENCH_RELEASES: server.url });
      assertEquals([code, out], [1, ""]);
      assertStringIncludes(err, "wrong checksum, nothing was installed");
      assertEquals([await namesIn(there.folder), await Deno.readTextFile(`${there.folder}/bench`)], [[
        "bench",
      ], "old"]);
    },
  );
}

/** What is different, and what the message must say. Nothing may be left behind. */
const FAILURES: readonly {
  readonly what: string;
  readonly says: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
  readonly env?: Record<string, string>;
}[] = [
  { what: "a release that is not there", env: { BENCH_VERSION: "0.0.1" }, says: "cannot download" },
  { what: "a version that is none", env: { BENCH_VERSION: "1/../2" }, says: "is no version" },
  {
    what: "sums without the program",
    files: { "/releases/latest/download/SHA256SUMS": `${"a".repeat(64)}  bench-macos-x64\n` },
    says: "has no sum of bench-linux-x64",
  },
  {
    what: "a system without a program",
    programs: { uname: "echo Plan9" },
    says: "there is no program for the system Plan9",
  },
  {
    what: "a processor without a program",
    programs: { uname: 'if [ "$1" = -m ]; then echo riscv64; else echo Linux; fi' },
    says: "there is no program for riscv64 processors",
  },
  {
    what: "a program that does not start",
    files: {
      "/releases/latest/download/bench-linux-x64": "#!/bin/sh\nexit 1\n",
      "/releases/latest/download/SHA256SUMS": `${await sumOf("#!/bin/sh\nexit 1\n")} *bench-linux-x64\n`,
    },
    says: "does not run on this system",
  },
  { what: "no repository", env: { BENCH_RELEASES: "" }, says: "name the repository" },
  { what: "nowhere to install to", env: { BENCH_INSTALL_DIR: "" }, says: "set BENCH_INSTALL_DIR" },
];

for (const { what, says, files, programs, env } of FAILURES) {
  unixTest(`install.sh fails on ${what}`, ["dash"], async () => {
    await using server = await release("latest/download", files);
    await using there = await place(programs);
    const { code, err } = await there.install("dash", { BENCH_RELEASES: server.url, ...env });
    assertEquals(code, 1);
    assertStringIncludes(err, says);
    const left = await namesIn(there.folder).catch(() => []);
    assertEquals(left, []);
  });
}

for (
  const [system, uname, file] of [
    ["macOS on ARM", 'if [ "$1" = -m ]; then echo arm64; else echo Darwin; fi', "bench-macos-arm64"],
    ["Windows", 'if [ "$1" = -m ]; then echo x86_64; else echo MINGW64_NT-10.0; fi', "bench-windows-x64.exe"],
  ] as const
) {
  unixTest(`install.sh asks for ${file} on ${system}`, ["dash"], async () => {
    const sums = `${await sumOf(PROGRAM)}  ${file}\n`;
    await using server = serveRelease({
      [`/releases/latest/download/${file}`]: PROGRAM,
      "/releases/latest/download/SHA256SUMS": sums,
    });
    await using there = await place({ uname });
    const { code, err } = await there.install("dash", { BENCH_RELEASES: server.url });
    assertEquals([code, err], [0, ""]);
    assertEquals(await namesIn(there.folder), [file.endsWith(".exe") ? "bench.exe" : "bench"]);
  });
}

unixTest("the shell scripts have no findings of shellcheck", ["shellcheck"], async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const scripts = [SCRIPT, `${root}.ci/run`];
  for (const folder of [".github", ".github/action"]) {
    for await (const { name } of Deno.readDir(`${root}${folder}`)) {
      if (name.endsWith(".sh")) scripts.push(`${root}${folder}/${name}`);
    }
  }
  assertEquals(await run("shellcheck", ["--external-sources", ...scripts]), { code: 0, out: "", err: "" });
});

/** PowerShell is not at hand everywhere: what can be said of the text alone. */
Deno.test("install.ps1 takes the same variables as install.sh, and its brackets close", async () => {
  const [shell, power] = await Promise.all([
    Deno.readTextFile(SCRIPT),
    Deno.readTextFile(new URL("../../install.ps1", import.meta.url)),
  ]);
  const variables = (text: string) => [...new Set(text.match(/BENCH_[A-Z_]+/g))].toSorted();
  assertEquals(variables(power), variables(shell));
  const code = power.replace(/^\s*#.*$/gm, "").replace(/'(?:[^']|'')*'|"[^"]*"/g, "");
  const pairs: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
  const open: string[] = [];
  for (const sign of code.match(/[()[\]{}]/g) ?? []) {
    if (Object.hasOwn(pairs, sign)) assertEquals(open.pop(), pairs[sign], `unbalanced ${sign}`);
    else open.push(sign);
  }
  assertEquals(open, []);
  assertStringIncludes(power, "Get-FileHash");
});

peerTest("install.ps1 is read by PowerShell", ["pwsh"], async () => {
  const file = fileURLToPath(new URL("../../install.ps1", import.meta.url));
  const { out } = await run("pwsh", [
    "-NoProfile",
    "-Command",
    `$e = $null; [void][System.Management.Automation.Language.Parser]::ParseFile('${file}', [ref]$null, [ref]$e); $e`,
  ]);
  assertEquals(out.trim(), "");
});

/** Runs where the program runs; a stand-in for it must be one of Windows, so it is the runtime of the tests. */
Deno.test("install.ps1 installs the latest release", { ignore: Deno.build.os !== "windows" }, async () => {
  const program = await Deno.readFile(Deno.execPath());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", program)).toHex();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      new Response(request.url.endsWith("/SHA256SUMS") ? `${digest}  bench-windows-x64.exe\n` : program),
  );
  await using temp = await tempDir();
  const folder = temp.path;
  try {
    const file = fileURLToPath(new URL("../../install.ps1", import.meta.url));
    const { code, err } = await run("pwsh", ["-NoProfile", "-File", file], {
      env: { BENCH_RELEASES: `http://127.0.0.1:${server.addr.port}`, BENCH_INSTALL_DIR: folder },
    });
    assertEquals([code, err], [0, ""]);
    assertEquals(await namesIn(folder), ["bench.exe"]);
  } finally {
    await server.shutdown();
  }
});
