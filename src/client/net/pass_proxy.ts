/**
 * Gets through a proxy to a target: CONNECT (RFC 9110, 9.3.6) or SOCKS5 (RFC 1928, with passwords by RFC 1929). Afterwards
 * the wire leads to the target.
 *
 * @module
 */
import { MAX_CONNECT_HEAD_BYTES } from "../../lib/size_limits.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { type Proxy, proxyAuthorization } from "./proxy.ts";
import type { Route } from "../../plan/route.ts";
import { type Socket, writeAll } from "./socket.ts";

/** A proxy did not let a connection through. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  /** Number of a kind in `FAILURE_KINDS`. */
  readonly failure: number;

  constructor(failure: number, message: string) {
    super(message);
    this.failure = failure;
  }
}

const latin1 = new TextDecoder("latin1");
const encoder = new TextEncoder();

/**
 * Makes a wire to a proxy one to the target; a target's name is looked up by the proxy.
 *
 * @throws {ProxyError} when the proxy refuses, or is none.
 */
export async function passProxy(socket: Socket, proxy: Proxy, target: Route): Promise<void> {
  await (proxy.kind === "http" ? connectTunnel : negotiateSocks)(socket, proxy, target);
}

async function connectTunnel(socket: Socket, proxy: Proxy, target: Route): Promise<void> {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  const authorization = proxyAuthorization(proxy);
  const lines = [
    `CONNECT ${host}:${target.port} HTTP/1.1`,
    `Host: ${host}:${target.port}`,
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ];
  await writeAll(socket, encoder.encode(`${lines.join("\r\n")}\r\n\r\n`));
  let text = "";
  const buffer = new Uint8Array(MAX_CONNECT_HEAD_BYTES);
  while (!/\r?\n\r?\n/.test(text)) {
    if (text.length > MAX_CONNECT_HEAD_BYTES) throw refused("its response to CONNECT does not end");
    const got = await socket.read(buffer);
    if (got === null) throw refused("it closed the connection without a response to CONNECT");
    text += latin1.decode(buffer.subarray(0, got));
  }
  const status = /^HTTP\/1\.\d (\d{3})[ \r\n]/.exec(text)?.[1];
  if (status === undefined) throw refused("its response to CONNECT is not HTTP");
  // Some proxies say 401 to a wrong password.
  const isAuth = status === "407" || status === "401";
  if (isAuth) throw new ProxyError(FAILURE.proxy_auth, `CONNECT got status ${status}`);
  if (!status.startsWith("2")) throw refused(`CONNECT got status ${status}`);
  if (!/\r?\n\r?\n$/.test(text)) throw refused("bytes follow its response to CONNECT");
}

const VERSION = 5, PASSWORD_VERSION = 1;
const METHOD = { none: 0, password: 2, nothingFits: 255 };
const COMMAND_CONNECT = 1;
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 };

/** What replies other than 0 mean (RFC 1928, 6). */
const REPLIES = [
  "",
  "general failure",
  "not allowed by its rules",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "time to live expired",
  "command not supported",
  "address type not supported",
];

async function negotiateSocks(socket: Socket, proxy: Proxy, target: Route): Promise<void> {
  const { credentials } = proxy;
  const methods = credentials === undefined ? [METHOD.none] : [METHOD.none, METHOD.password];
  await writeAll(socket, Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await readExactly(socket, 2);
  if (version !== VERSION) throw refused("it does not speak SOCKS5");
  if (method === METHOD.nothingFits || (method === METHOD.password && credentials === undefined)) {
    throw new ProxyError(FAILURE.proxy_auth, "no login method works for both sides");
  }
  if (method === METHOD.password) await logIn(socket, credentials!);
  else if (method !== METHOD.none) throw refused(`it requires login method ${method}`);
  const port = [target.port >> 8, target.port & 255];
  await writeAll(socket, Uint8Array.of(VERSION, COMMAND_CONNECT, 0, ...socksAddress(target.host), ...port));
  const [, reply, , type] = await readExactly(socket, 4);
  if (reply !== 0) throw refused(REPLIES[reply!] ?? `reply ${reply}`);
  const length = type === ADDRESS.ipv4 ? 4 : type === ADDRESS.ipv6 ? 16 : (await readExactly(socket, 1))[0]!;
  await readExactly(socket, length + 2);
}

async function logIn(socket: Socket, { user, password }: NonNullable<Proxy["credentials"]>): Promise<void> {
  const [name, secret] = [encoder.encode(user), encoder.encode(password)];
  if (name.length > 255 || secret.length > 255) {
    throw refused("user and password can have at most 255 bytes each");
  }
  await writeAll(socket, Uint8Array.of(PASSWORD_VERSION, name.length, ...name, secret.length, ...secret));
  const [, status] = await readExactly(socket, 2);
  if (status !== 0) throw new ProxyError(FAILURE.proxy_auth, "user or password is wrong");
}

/** Type and bytes of an address, or a name with its length. */
function socksAddress(host: string): readonly number[] {
  if (/^\d+(?:\.\d+){3}$/.test(host)) return [ADDRESS.ipv4, ...host.split(".").map(Number)];
  if (host.includes(":")) return [ADDRESS.ipv6, ...ipv6Bytes(host)];
  const name = encoder.encode(host);
  if (name.length > 255) throw refused("the target's name is longer than 255 bytes");
  return [ADDRESS.name, name.length, ...name];
}

/** The 16 bytes of an address. URLs normalise it to hexadecimal groups and at most one `::`. */
function ipv6Bytes(address: string): readonly number[] {
  const { hostname } = new URL(`http://[${address}]/`);
  const [before = "", after] = hostname.slice(1, -1).split("::");
  const groupsOf = (text: string) => text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 255]);
}

/** So many bytes and not one more: the next ones may be the target's. */
async function readExactly(socket: Socket, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await socket.read(bytes.subarray(at));
    if (got === null) throw refused("it closed the connection during the SOCKS5 negotiation");
    at += got;
  }
  return bytes;
}

function refused(reason: string): ProxyError {
  return new ProxyError(FAILURE.proxy, reason);
}
