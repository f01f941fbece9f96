/** Real gRPC servers: all kinds of calls, deadlines, every status, big messages, gzip, metadata, reflection. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { GRPC_STATUSES } from "../../src/client/grpc/status.ts";
import { PROBE_KINDS, PROBE_PATH, type ProbeKind } from "../_support/grpc/peers.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { startIfPossible } from "../_support/port_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

for (const kind of PROBE_KINDS) {
  const name = `${kind.name} gets calls of all kinds`;
  const missing = kind.missing();
  // deno-lint-ignore no-console -- a skipped test must be seen
  if (missing !== undefined) console.warn(`Skipped "${name}": ${missing}`);
  Deno.test({ name, ignore: missing !== undefined, fn: () => callAll(kind) });
}

async function callAll(kind: ProbeKind): Promise<void> {
  await using server = await startIfPossible(kind);
  if (server === undefined) return;
  await using temp = await tempDir();
  const { url } = server;
  await Deno.writeTextFile(`${temp.path}/codes.csv`, `code\n${GRPC_STATUSES.map((_, i) => i).join("\n")}\n`);
  const proto = kind.hasReflection ? [] : ["--proto", PROBE_PATH];
  const check = (method: string, message: string, ...more: readonly string[]) => [
    ...["--check", "-b", message, ...proto, ...more, `${url}/${method}`],
  ];
  const load = (method: string, message: string, ...more: readonly string[]) => [
    ...["--json", "-", "-c", "2", "-b", message, ...proto, ...more, `${url}/${method}`],
  ];
  const runs: readonly (readonly [words: readonly string[], code: number, judge: (out: string) => void])[] = [
    [check("Unary", '{"text":"hé","id":"9007199254740993"}', "-H", "x-echo: moin"), 0, (out) => {
      assertStringIncludes(out, '{"text":"hé","id":"9007199254740993","data":"","received":1');
      assertStringIncludes(out, '"metadata":{"x-echo":"moin"}');
    }],
    [check("Unary", '{"text":"zip","size":5000}', "--compressed", "-H", "x-gzip: 1"), 0, (out) => {
      if (kind.hasReflection) assertStringIncludes(out, "< grpc-encoding: gzip");
      assertStringIncludes(out, '< {"text":"zip","id":"0","data":"AAAA');
    }],
    [check("Upload", '[{"text":"a"},{"text":"b"},{"text":"c"}]'), 0, (out) => {
      assertStringIncludes(out, '< {"text":"c","id":"0","data":"","received":3');
    }],
    [check("Talk", '[{"text":"a"},{"text":"b"}]', "--compressed"), 0, (out) => {
      assertStringIncludes(out, '"text":"a"');
      assertStringIncludes(out, '"received":2');
    }],
    [load("Download", '{"count":20}', "-n", "10"), 0, (out) => {
      const { event_streams: streams, total_errors: errors } = JSON.parse(out);
      assertEquals([streams.count, streams.events, errors], [10, 200, 0]);
    }],
    [load("Download", '{"count":3,"status":10}', "-n", "4"), 1, (out) => {
      const { event_streams: streams, error_types: errors } = JSON.parse(out);
      assertEquals([streams.broken, streams.events, errors], [4, 12, { grpc_aborted: 4 }]);
    }],
    [load("Unary", '{"size":2000000}', "-n", "6", "--streams", "3"), 0, (out) => {
      const { total_errors: errors, total_bytes: bytes } = JSON.parse(out);
      assert(errors === 0 && bytes > 12_000_000, out);
    }],
    [load("Unary", `{"text":"${"x".repeat(300_000)}"}`, "-n", "6"), 0, (out) => {
      assertEquals(JSON.parse(out).total_errors, 0);
    }],
    [load("Unary", '{"delay_ms":60000}', "-n", "4", "--deadline", "100ms"), 1, (out) => {
      assertEquals(JSON.parse(out).error_types, { grpc_deadline_exceeded: 4 });
    }],
    [
      load("Unary", '{"status":"${codes.code}"}', "-n", "17", "--data", `codes=${temp.path}/codes.csv`),
      0,
      (out) => {
        const failures = GRPC_STATUSES.slice(1).map((status) => [`grpc_${status.toLowerCase()}`, 1]);
        assertEquals(JSON.parse(out).error_types, Object.fromEntries(failures));
      },
    ],
    [load("Unary", '{"text":"${counter()}"}', "-n", "500", "--streams", "10"), 0, (out) => {
      const { total_requests: requests, total_errors: errors } = JSON.parse(out);
      assertEquals([requests, errors], [500, 0]);
    }],
    ...kind.hasReflection
      ? [
        [["grpc-describe", url.replace(/\/probe.*$/, "")], 0, (out: string) =>
          assertEquals(out, "probe.Probe\n")] as const,
      ]
      : [],
  ];
  const ended = await manyPrograms(
    runs.map(([args]) => ({ args, env: { BENCH_THREADS: "1", NO_COLOR: "1" } })),
  );
  runs.forEach(([words, code, judge], i) => {
    const { code: found, out, err } = ended[i]!;
    assertEquals(found, code, `${words.join(" ").slice(0, 300)}\n${out}\n${err}`);
    judge(out);
  });
}
