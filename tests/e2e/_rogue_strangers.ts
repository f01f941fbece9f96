/** What connects to a master's port and does not know the secret: bytes, and how they are sent. */
import { PROTOCOL } from "../../src/fleet/transport/handshake.ts";
import { VERSION } from "../../src/lib/version.ts";

/** What is sent first, and then again and again until the connection breaks; `null`: nothing more is sent. */
export interface Stranger {
  readonly name: string;
  readonly first: Uint8Array;
  readonly again: Uint8Array | null;
}

const encoder = new TextEncoder();
const bytes = (text: string) => encoder.encode(text);

/** A frame of RFC 6455, masked with zeros unless told otherwise. */
export function frame(
  opcode: number,
  payload: Uint8Array | string,
  { isFinal = true, isMasked = true, bits = 0, length }: {
    readonly isFinal?: boolean;
    readonly isMasked?: boolean;
    readonly bits?: number;
    readonly length?: bigint;
  } = {},
): Uint8Array {
  const body = typeof payload === "string" ? bytes(payload) : payload;
  const long = length !== undefined || body.length > 65_535;
  const size = long ? 127 : body.length > 125 ? 126 : body.length;
  const head = [(isFinal ? 0x80 : 0) | bits | opcode, (isMasked ? 0x80 : 0) | size];
  if (size === 126) head.push(body.length >> 8, body.length & 255);
  const extra = new Uint8Array(long ? 8 : 0);
  if (long) new DataView(extra.buffer).setBigUint64(0, length ?? BigInt(body.length));
  return Uint8Array.from([...head, ...extra, ...(isMasked ? [0, 0, 0, 0] : []), ...body]);
}

const UPGRADE = "GET /fleet HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
/** A WebSocket call to a master. */
export const CALL = bytes(`${UPGRADE}\r\n`);
const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const HELLO = {
  kind: "hello",
  protocol: PROTOCOL,
  release: VERSION,
  name: "x",
  threads: 1,
  nonce: "0".repeat(64),
};
const hello = (changes: Readonly<Record<string, unknown>> = {}) =>
  frame(1, JSON.stringify({ ...HELLO, ...changes }));
const PROOF = frame(1, '{"kind":"proof","proof":"x"}');
const PIECE = "x".repeat(1000);

/** All of them. */
export const STRANGERS: readonly Stranger[] = [
  ["says nothing", "", null],
  ["sends a line without end", "GET /", PIECE],
  ["sends header fields without end", "GET / HTTP/1.1\r\n", "X-A: b\r\n".repeat(100)],
  ["sends a body without end", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n", PIECE],
  [
    "sends chunks without end",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "3e8\r\n" + PIECE + "\r\n",
  ],
  ["sends requests without end", "", "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(40)],
  ["sends a byte at a time", "", "G"],
  ["speaks HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\x04\0\0\0\0\0"],
  ["speaks TLS", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", PIECE],
  ["sends noise", "\0\xff\xfe\x80\r\n\r\n", "\xff\0\r\n"],
  ["calls elsewhere", UPGRADE.replace("/fleet", "/other") + "\r\n", null],
  ["is a page in a browser", UPGRADE + "Origin: http://evil.test\r\n\r\n", null],
  ["speaks another version", UPGRADE.replace("13", "7") + "\r\n", null],
  ["has no key", UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, "") + "\r\n", null],
  ["wants compression", UPGRADE + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", null],
  ["names subprotocols", UPGRADE + `Sec-WebSocket-Protocol: ${"a,".repeat(500)}a\r\n\r\n`, null],
  ["upgrades to something else", UPGRADE.replace("websocket", "h2c") + "\r\n", null],
  ["calls, then says nothing", CALL, null],
  ["calls, then sends HTTP", CALL, "GET / HTTP/1.1\r\n\r\n"],
  [
    "sends fragments without end",
    joined(CALL, frame(1, "x", { isFinal: false })),
    frame(0, PIECE, { isFinal: false }),
  ],
  [
    "sends empty fragments without end",
    joined(CALL, frame(1, "", { isFinal: false })),
    frame(0, "", { isFinal: false }),
  ],
  [
    "sends fragments of a byte without end",
    joined(CALL, frame(1, "x", { isFinal: false })),
    frame(0, "x", { isFinal: false }),
  ],
  ["sends pings between fragments", joined(CALL, frame(1, "x", { isFinal: false })), frame(9, "ping")],
  ["announces an exabyte", joined(CALL, frame(1, "x", { length: 2n ** 60n })), PIECE],
  ["announces more than there is", joined(CALL, frame(1, "x", { length: 2n ** 64n - 1n })), PIECE],
  ["announces a gigabyte", joined(CALL, frame(1, "x", { length: 2n ** 30n })), PIECE],
  ["sends pings without end", CALL, frame(9, "x".repeat(125))],
  ["sends pongs without end", CALL, frame(10, "x".repeat(125))],
  ["sends a long ping", joined(CALL, frame(9, PIECE)), null],
  ["sends a ping in fragments", joined(CALL, frame(9, "x", { isFinal: false })), null],
  ["sends a reserved opcode", joined(CALL, frame(3, "x")), null],
  ["sets reserved bits", joined(CALL, frame(1, "x", { bits: 0x40 })), null],
  ["does not mask", joined(CALL, frame(1, "x", { isMasked: false })), null],
  ["continues what never began", joined(CALL, frame(0, "x")), null],
  ["sends bytes", joined(CALL, frame(2, "x")), null],
  ["sends bad UTF-8", joined(CALL, frame(1, Uint8Array.of(0xff, 0xfe))), null],
  ["closes badly", joined(CALL, frame(8, Uint8Array.of(0))), null],
  ["closes with a code that there is not", joined(CALL, frame(8, Uint8Array.of(0, 1))), null],
  ["closes and goes on", joined(CALL, frame(8, Uint8Array.of(3, 232))), frame(1, PIECE)],
  ["sends no JSON", joined(CALL, frame(1, "hello")), null],
  ["sends brackets", joined(CALL, frame(1, "[".repeat(2000))), null],
  ["proves before a hello", joined(CALL, PROOF), null],
  ["says hello, then nothing", joined(CALL, hello()), null],
  ["says hello without end", CALL, hello()],
  ["says another hello", joined(CALL, hello(), hello({ nonce: "1".repeat(64) })), null],
  ["proves nothing", joined(CALL, hello(), PROOF), null],
  ["proves nothing without end", joined(CALL, hello()), PROOF],
  ["is another release", joined(CALL, hello({ release: "0.0.0" })), null],
  ["is another protocol", joined(CALL, hello({ protocol: 1e9 })), null],
  ["has a long name", joined(CALL, hello({ name: PIECE })), null],
  ["has a name that moves the cursor", joined(CALL, hello({ name: "\x1b[2J\n::error::" })), PROOF],
  ["has no threads", joined(CALL, hello({ threads: 0 })), null],
  ["has a million threads", joined(CALL, hello({ threads: 1e6 })), null],
  ["has half a thread", joined(CALL, hello({ threads: 0.5 })), null],
  ["has no nonce", joined(CALL, hello({ nonce: "" })), null],
  ["says more than it should", joined(CALL, hello({ more: 1 })), null],
  ["inherits", joined(CALL, frame(1, '{"__proto__":{"kind":"hello"},"kind":"proof"}')), null],
  ["welcomes itself", joined(CALL, frame(1, '{"kind":"welcome","proof":""}')), null],
  ["sends a link's frame", joined(CALL, frame(1, "sig\nD 1 0 0\n{}")), null],
  ["sends a beat", joined(CALL, frame(1, '\nB 1 0 \n{"t":1}')), frame(1, '\nB 2 0 \n{"t":1}')],
].map(([name, first, again]) => ({
  name: name as string,
  first: bytesOf(first as string | Uint8Array),
  again: again === null ? null : bytesOf(again as string | Uint8Array),
}));

/** Texts as bytes, one a character. */
function bytesOf(given: string | Uint8Array): Uint8Array {
  return typeof given === "string" ? Uint8Array.from(given, (character) => character.charCodeAt(0)) : given;
}
