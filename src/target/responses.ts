/**
 * The built-in target's longer answers.
 *
 * @module
 */
import { MAX_ECHO_BYTES } from "../lib/size_limits.ts";
import type { TargetState } from "./target_state.ts";

const PIECE = new Uint8Array(65_536).fill("x".charCodeAt(0));
const CHUNK = PIECE.subarray(0, 1024);
const TEXT = { "content-type": "text/plain; charset=utf-8" };

/** A body of `size` bytes, its length declared. */
export function respondBytes(size: number): Response {
  const headers = { "content-type": "application/octet-stream", "content-length": String(size) };
  if (size <= PIECE.length) return new Response(PIECE.subarray(0, size), { headers });
  return new Response(pieces(size, PIECE), { headers });
}

/** A chunked body. */
export function respondOnStream(chunks: number): Response {
  return new Response(pieces(chunks * CHUNK.length, CHUNK), { headers: TEXT });
}

/** `size` bytes of text; gzip-coded when the client accepts that. */
export async function respondGzip(request: Request, size: number): Promise<Response> {
  const text = "The quick brown fox jumps over the lazy dog. ".repeat(Math.ceil(size / 45)).slice(0, size);
  const headers = new Headers({ ...TEXT, vary: "accept-encoding" });
  if (!acceptsGzip(request.headers.get("accept-encoding") ?? "")) return new Response(text, { headers });
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  headers.set("content-encoding", "gzip");
  return new Response(await new Response(stream).arrayBuffer(), { headers });
}

/** The request as JSON: method, path with query, header fields in lower case and alphabetical, body as text. */
export async function respondEcho(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_ECHO_BYTES) {
      return new Response("The body is too long to be sent back\n", { status: 413 });
    }
    chunks.push(chunk);
  }
  const body = new TextDecoder().decode(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  return Response.json({
    method: request.method,
    path: url.pathname + url.search,
    headers: [...request.headers],
    body,
  });
}

/** Opens a session: its id as a cookie, its token as JSON. */
export function respondLogin(state: TargetState): Response {
  const { session, token } = state.logIn();
  return Response.json({ token }, { headers: { "set-cookie": `session=${session}; Path=/; HttpOnly` } });
}

/** Lets in who shows the cookie and the token of one session; says to others what is missing. */
export function respondPrivate(request: Request, state: TargetState): Response {
  const session = cookiesOf(request).get("session");
  const token = session === undefined ? undefined : state.tokenOf(session);
  if (token === undefined) return unauthorized("No valid session cookie");
  if (request.headers.get("authorization") !== `Bearer ${token}`) {
    return unauthorized("Not the session's token");
  }
  return Response.json({ isLoggedIn: true });
}

/** The cookies received, and one that counts how often its owner was here. */
export function respondCookies(request: Request): Response {
  const cookies = cookiesOf(request);
  const visits = Number(cookies.get("visits") ?? 0) + 1;
  return Response.json(Object.fromEntries(cookies), {
    headers: { "set-cookie": `visits=${Number.isSafeInteger(visits) ? visits : 1}; Path=/` },
  });
}

function unauthorized(error: string): Response {
  return Response.json({ error }, { status: 401, headers: { "www-authenticate": "Bearer" } });
}

/** The cookies that a request shows, by name. */
export function cookiesOf(request: Request): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.get("cookie") ?? "").split(/[;,]/)) {
    const equals = pair.indexOf("=");
    if (equals > 0) cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  return cookies;
}

/** Whether gzip, or anything, is accepted with a weight above 0 (RFC 9110, 12.5.3). */
function acceptsGzip(acceptEncoding: string): boolean {
  return acceptEncoding.split(",").some((coding) =>
    /^\s*(?:gzip|x-gzip|\*)\s*(?:;|$)/i.test(coding) && !/;\s*q=0(?:\.0*)?\s*$/i.test(coding)
  );
}

/** `size` bytes in copies of a piece. */
function pieces(size: number, piece: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = size;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      const count = Math.min(left, piece.length);
      left -= count;
      controller.enqueue(piece.slice(0, count) as Uint8Array<ArrayBuffer>);
    },
  });
}
