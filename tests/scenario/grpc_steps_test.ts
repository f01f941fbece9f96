/** gRPC steps of scenario files: what becomes of their keys, and what is said of mistakes, with file and line. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { readProtos } from "../../src/protobuf/read_protos.ts";
import { loadScenario } from "../../src/scenario/load_scenario.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";
import { PROBE_PATH } from "../_support/grpc/peers.ts";

const schema = await readProtos({
  files: [PROBE_PATH],
  folders: [],
  readText: (path) => Deno.readTextFile(path),
});

/** Loads a file; `asked`: servers and services that a schema was wanted for. */
async function load(text: string, asked: string[] = []) {
  const files: unknown[] = [];
  const loaded = await loadScenario(text, {
    path: "dir/calls.yaml",
    readFile: () => Promise.reject(new Error("no file")),
    env: () => undefined,
    callsOf: (given) => {
      files.push(given);
      return {
        readSchema: (server, service) => {
          asked.push(`${server.host} ${service}`);
          return Promise.resolve(schema);
        },
        maxMessageBytes: 1000,
        compressed: false,
        deadlineMs: 5000,
      };
    },
  });
  return { steps: loaded.scenario.flows[0]!.steps as readonly HttpStep[], files: files[0] };
}

Deno.test("a gRPC step becomes a call of its server, with its rules and its deadline", async () => {
  const asked: string[] = [];
  const { steps, files } = await load(
    `name: calls
base_url: grpc://localhost:50051
proto: [a.proto, /b.proto]
proto_path: protos
headers: { x-all: "1" }
steps:
  - grpc: probe.Probe/Unary
    message: { text: "\${uuid()}", id: 5 }
    extract: { id: { json: $.id } }
  - name: talk
    grpc: grpcs://other.test/probe.Probe/Talk
    messages: [{ text: a }, { text: "\${id}" }]
    headers: { x-own: "2" }
    deadline: 250ms
    on_fail: stop
    think_time: 0
`,
    asked,
  );
  assertEquals(asked, ["localhost:50051 probe.Probe", "other.test probe.Probe"]);
  assertEquals(files, { protos: ["dir/a.proto", "/b.proto"], folders: ["dir/protos"], sets: [] });
  const [unary, talk] = steps;
  assertEquals([unary!.name, unary!.method, unary!.url, unary!.timeoutMs], [
    ...["Step 1: probe.Probe/Unary", "POST", "http://localhost:50051/probe.Probe/Unary", 5000],
  ]);
  assertEquals(unary!.body, { kind: "text", text: '{"text":"${uuid()}","id":5}', isJson: true });
  assertEquals([unary!.isTemplate, unary!.extract.length, unary!.grpc!.streamsRequests], [
    true,
    1,
    undefined,
  ]);
  assertEquals(Object.fromEntries(talk!.headers), {
    ...{ "x-all": "1", "x-own": "2", Host: "other.test", te: "trailers" },
    ...{ "content-type": "application/grpc", "grpc-timeout": "250m" },
  });
  assertEquals([talk!.url, talk!.timeoutMs, talk!.stopsOnFailure, talk!.thinkMs], [
    ...["https://other.test/probe.Probe/Talk", 250, true, 0],
  ]);
  assertEquals([talk!.grpc!.streamsRequests, talk!.grpc!.streamsResponses, talk!.grpc!.maxMessageBytes], [
    true,
    true,
    1000,
  ]);
  // Only what the messages are made of travels.
  assertEquals(talk!.grpc!.types.messages.map(({ name }) => name).toSorted(), ["probe.Ask", "probe.Reply"]);
});

Deno.test("mistakes in gRPC steps are told with file and line, all at once", async () => {
  const { message } = await assertRejects(
    () =>
      load(`base_url: grpc://localhost:50051
steps:
  - grpc: probe.Probe/Unray
  - grpc: probe.Probe/Unary
    message: { txt: a }
  - grpc: probe.Probe/Unary
    message: { id: x }
  - grpc: nonsense
  - grpc: probe.Probe/Unary
    message: { id: "\${nothing}" }
  - grpc: probe.Probe/Unary
    message: {}
    messages: []
`),
    UsageError,
  );
  for (
    const says of [
      'dir/calls.yaml:3: Step 1: Service probe.Probe has no method "Unray": did you mean Unary?',
      'dir/calls.yaml:4: Step 2: The message does not fit probe.Ask: probe.Ask has no field "txt": did you mean text?',
      'dir/calls.yaml:6: Step 3: The message does not fit probe.Ask: $.id: expected a whole number of 64 bits (int64), found "x"',
      'dir/calls.yaml:8: Step 4: Cannot call "nonsense": expected package.Service/Method, such as shop.Shop/GetItem',
      'Step 5: Cannot fill in "${nothing}": no earlier step extracts it',
      'Step 6: Cannot use both "message" and "messages": expected one of them',
    ]
  ) assertStringIncludes(message, says);
});

Deno.test("a gRPC step without a server, or where none can be called, says so", async () => {
  const says = async (run: () => Promise<unknown>) => (await assertRejects(run, UsageError)).message;
  assertStringIncludes(
    await says(() => load("steps:\n  - grpc: probe.Probe/Unary\n")),
    "There is no base_url and no URL on the command line",
  );
});
