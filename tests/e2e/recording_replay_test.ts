/** What a run of an imported recording sends, byte for byte, where writers of recordings differ. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("a recording's forms, header lines and odd values arrive as they were sent", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  await using server = await startRawServer((connection) => connection.send(response("")));
  const type = "application/x-www-form-urlencoded";
  const entry = (path: string, request: Record<string, unknown>) => ({
    startedDateTime: "",
    time: 1,
    request: { method: "POST", url: `${server.origin}${path}`, ...request },
  });
  const recording = {
    log: {
      creator: { name: "WebInspector" },
      entries: [
        entry("/form", {
          headers: [{ name: "Content-Type", value: type }],
          postData: {
            mimeType: type,
            params: [{ name: "item%5B0%5D", value: "two%20words" }, { name: "plain", value: "a+b" }],
          },
        }),
        entry("/lines?a=%5B1%5D", {
          method: "GET",
          headers: [
            { name: "X-Dup", value: { type: "string", value: "1" } },
            { name: "X-Dup", value: { type: "base64", value: "Mg==" } },
            { name: "X-MixedCase", value: "c" },
            { name: "X-Lost", value: { type: "unheard-of" } },
          ],
        }),
      ],
    },
  };
  await Deno.writeTextFile(`${dir}/a.har`, JSON.stringify(recording));
  const words = ["har-import", `${dir}/a.har`, "--preserve-headers", "-o", `${dir}/a.json`];
  const imported = await program(words);
  assertEquals(imported.code, 0, imported.err);
  assertStringIncludes(
    imported.err,
    "1 header with control characters, or without a readable name and value",
  );
  assertStringIncludes(imported.err, "1 request without a readable start time");
  const ran = await program(["--scenario", `${dir}/a.json`, "--iterations", "1", "-c", "1"]);
  assertEquals(ran.code, 0, ran.err);
  const [form, lines] = server.requests;
  assertEquals(new TextDecoder().decode(form!.body), "item%5B0%5D=two%20words&plain=a+b");
  const [target, ...fields] = lines!.head.split("\r\n");
  assertEquals(target, "GET /lines?a=%5B1%5D HTTP/1.1");
  assertEquals(fields.filter((field) => field.startsWith("X-")), [
    "X-Dup: 1",
    "X-Dup: 2",
    "X-MixedCase: c",
  ]);
});

Deno.test("a recorded WebSocket has its talk again, within a scenario", async () => {
  await using temp = await tempDir();
  const heard: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (request.headers.get("upgrade") !== "websocket") return new Response("hello");
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      heard.push(data);
      socket.send(`echo ${data}`);
    };
    return response;
  });
  const origin = `127.0.0.1:${server.addr.port}`;
  const said = (type: string, data: string, time: number) => ({ type, data, time, opcode: 1 });
  const messages = ["one", "two ${x}"].flatMap((text, i) => [said("send", text, i), said("receive", "", i)]);
  const entries = [
    { request: { method: "GET", url: `http://${origin}/` } },
    { request: { method: "GET", url: `ws://${origin}/feed` }, _webSocketMessages: messages },
  ];
  await Deno.writeTextFile(`${temp.path}/a.har`, JSON.stringify({ log: { entries } }));
  const imported = await program(["har-import", `${temp.path}/a.har`, "-o", `${temp.path}/a.json`]);
  assertEquals(imported.code, 0, imported.err);
  assertStringIncludes(imported.err, "1 WebSocket connection: each is a step");
  const ran = await program(["--scenario", `${temp.path}/a.json`, "--iterations", "2", "-c", "1"]);
  await server.shutdown();
  assertEquals(ran.code, 0, ran.err + ran.out);
  assertEquals(heard, ["one", "two ${x}", "one", "two ${x}"]);
  assertStringIncludes(ran.out, "WS /feed");
});
