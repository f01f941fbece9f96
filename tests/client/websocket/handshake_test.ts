/** The opening handshake: what is asked for, which responses are refused and why, and frames that come with the response. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { acceptFor, shakeHands } from "../../../src/client/websocket/handshake.ts";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { bytesOf, frameBytes, joined } from "./_peer.ts";

const decoder = new TextDecoder();

interface Talk {
  readonly status?: string;
  /** Fields besides the usual ones; a value of "" leaves a usual one out. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly behind?: Uint8Array;
  readonly compressed?: boolean;
  readonly end?: boolean;
}

async function talk(
  { status = "101 Switching Protocols", fields = {}, behind, compressed = false, end }: Talk,
) {
  const socket = new MemorySocket();
  const out = new Exchange();
  const shaking = shakeHands(socket, {
    url: new URL("http://localhost:8080/chat?room=1"),
    headers: [["Host", "localhost:8080"], ["Origin", "http://localhost"]],
    subprotocols: ["chat", "superchat"],
    compressed,
    maxHeaderBytes: 4096,
  }, out);
  while (socket.writes.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  const request = decoder.decode(socket.writes[0]);
  const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)![1]!;
  const all: Record<string, string> = {
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Accept": await acceptFor(key),
    ...fields,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  if (!end) {
    socket.give(
      joined([bytesOf(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`), behind ?? new Uint8Array(0)]),
    );
  }
  socket.give(null);
  return {
    request,
    handshake: await shaking,
    failure: FAILURE_KINDS[out.failure]!.name,
    detail: out.failureDetail,
  };
}

Deno.test("the accept value is that of RFC 6455, 1.3", async () => {
  assertEquals(await acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

Deno.test("a handshake asks with the user's fields and those of the protocol", async () => {
  const { request, handshake } = await talk({
    fields: { "Sec-WebSocket-Protocol": "superchat" },
    compressed: true,
  });
  assertMatch(
    request,
    /^GET \/chat\?room=1 HTTP\/1\.1\r\nHost: localhost:8080\r\nOrigin: http:\/\/localhost\r\n/,
  );
  for (
    const line of [
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: chat, superchat",
      "Sec-WebSocket-Extensions: permessage-deflate",
    ]
  ) assertStringIncludes(request, line);
  assertEquals([handshake?.subprotocol, handshake?.deflate], ["superchat", null]);
});

Deno.test("frames that come along with the response are not lost", async () => {
  const behind = frameBytes({ opcode: 1, payload: "at once" });
  assertEquals([...(await talk({ behind })).handshake!.rest], [...behind]);
});

Deno.test("responses that agree on something else are refused", async () => {
  const rows: readonly (readonly [Talk, failure: string, detail: RegExp])[] = [
    [{ status: "200 OK" }, "ws_handshake", /status 200/],
    [{ status: "403 Forbidden" }, "http_status", /status 403/],
    [{ fields: { Upgrade: "" } }, "ws_handshake", /Upgrade/],
    [{ fields: { Connection: "keep-alive" } }, "ws_handshake", /Connection/],
    [{ fields: { "Sec-WebSocket-Accept": "wrong" } }, "ws_handshake", /Accept/],
    [{ fields: { "Sec-WebSocket-Protocol": "other" } }, "ws_handshake", /subprotocol "other"/],
    [{ fields: { "Sec-WebSocket-Extensions": "permessage-deflate" } }, "ws_handshake", /extension/],
    [{ fields: { "Sec-WebSocket-Extensions": "x-other" }, compressed: true }, "ws_handshake", /extension/],
    [
      {
        fields: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits=10" },
        compressed: true,
      },
      "ws_handshake",
      /extension/,
    ],
    [{ end: true }, "no_response", /^$/],
  ];
  for (const [given, failure, detail] of rows) {
    const came = await talk(given);
    assertEquals([came.handshake, came.failure], [null, failure], JSON.stringify(given));
    assertMatch(came.detail, detail);
  }
});

Deno.test("compression that was offered is agreed on", async () => {
  const field = "permessage-deflate; server_no_context_takeover; server_max_window_bits=12";
  const { handshake } = await talk({ fields: { "Sec-WebSocket-Extensions": field }, compressed: true });
  assertEquals(handshake!.deflate, { serverForgets: true });
});
