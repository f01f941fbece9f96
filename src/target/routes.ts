/**
 * What the built-in target answers: one table of paths, which is also its help.
 *
 * @module
 */
import { Counters, Semaphore, Stall } from "./behaviour.ts";

/** What handlers share while a target runs. */
export interface TargetState {
  readonly counters: Counters;
  /** By path: semaphores of `/capacity`, stalls of `/stall`. */
  readonly semaphores: Map<string, Semaphore>;
  readonly stalls: Map<string, Stall>;
}

/** One kind of answer. */
export interface Route {
  /** As shown: `/delay/MS`. Words in capitals are whole numbers. */
  readonly path: string;
  readonly help: string;
  /** `numbers`: the path's numbers in order. */
  answer(request: Request, numbers: readonly number[], state: TargetState): Response | Promise<Response>;
}

const MOST_BYTES = 1_000_000_000;
const MOST_DELAY_MS = 600_000;
const filler = new Uint8Array(65_536).fill(0x78);

/** All routes, in the order that help shows them. */
export const ROUTES: readonly Route[] = [
  { path: "/", help: "A short text", answer: () => text("Hello from bench serve\n") },
  {
    path: "/delay/MS",
    help: "Answers after MS milliseconds",
    answer: async (_request, [ms]) => {
      await delay(ms!);
      return text("ok\n");
    },
  },
  { path: "/bytes/N", help: "A body of N bytes", answer: (_request, [count]) => bytes(count!) },
  { path: "/stream/N", help: "N chunks of 1 KB, chunked", answer: (_request, [count]) => chunks(count!) },
  {
    path: "/status/CODE",
    help: "That status",
    answer: (_request, [status]) =>
      status! >= 200 && status! <= 599
        ? new Response([204, 205, 304].includes(status!) ? null : `${status}\n`, { status: status! })
        : text("Statuses go from 200 to 599\n", 400),
  },
  { path: "/echo", help: "The request back as JSON", answer: echo },
  {
    path: "/json",
    help: "A small JSON document",
    answer: () => Response.json({ ok: true, items: [1, 2, 3] }),
  },
  {
    path: "/flaky/PERCENT",
    help: "That share of the requests gets a 500, evenly spread",
    answer: (_request, [percent], { counters }) => {
      const number = counters.next(`/flaky/${percent}`);
      const fails = Math.floor(number * percent! / 100) > Math.floor((number - 1) * percent! / 100);
      return fails ? text("failed\n", 500) : text("ok\n");
    },
  },
  {
    path: "/stall/AFTER/MS",
    help: "Once, AFTER milliseconds after the first request, holds all answers for MS milliseconds",
    answer: async (request, [after, ms], { stalls }) => {
      await keyed(stalls, new URL(request.url).pathname, () => new Stall(after!, ms!)).pass();
      return text("ok\n");
    },
  },
  {
    path: "/hang/EVERY",
    help: "Every EVERYth request is never answered",
    answer: (_request, [every], { counters }) => {
      const isLost = every! > 0 && counters.next(`/hang/${every}`) % every! === 0;
      return isLost ? never() : text("ok\n");
    },
  },
  {
    path: "/capacity/SLOTS/MS",
    help: "SLOTS requests at a time, MS milliseconds each: a known capacity",
    answer: async (request, [slots, ms], { semaphores }) => {
      const path = new URL(request.url).pathname;
      await keyed(semaphores, path, () => new Semaphore(Math.max(1, slots!))).hold(() => delay(ms!));
      return text("ok\n");
    },
  },
  {
    path: "/login",
    help: "POST: sets a session cookie and returns a token",
    answer: (request, _numbers, { counters }) => {
      if (request.method !== "POST") return text("POST here\n", 405);
      const number = counters.next("/login");
      return Response.json({ token: `token-${number}` }, {
        headers: { "set-cookie": `session=s${number}; Path=/; HttpOnly` },
      });
    },
  },
  {
    path: "/private",
    help: "Wants the cookie and, as a bearer token, the token of /login",
    answer: (request) => {
      const session = /(?:^|;\s*)session=s(\d+)/.exec(request.headers.get("cookie") ?? "")?.[1];
      const token = /^Bearer token-(\d+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
      return session !== undefined && session === token ? text("welcome\n") : text("log in first\n", 401);
    },
  },
  {
    path: "/redirect/N",
    help: "N redirects, then /",
    answer: (_request, [count]) =>
      new Response(null, {
        status: 302,
        headers: { location: count! > 1 ? `/redirect/${count! - 1}` : "/" },
      }),
  },
  {
    path: "/gzip/N",
    help: "A body of N bytes, compressed",
    answer: (_request, [count]) =>
      new Response(bytes(count!).body!.pipeThrough(new CompressionStream("gzip")), {
        headers: { "content-encoding": "gzip", "content-type": "text/plain" },
      }),
  },
  {
    path: "/counter",
    help: "How often each path was requested, as JSON",
    answer: (_request, _numbers, { counters }) => Response.json(counters.requests()),
  },
];

/** Answers a request by the first route that matches; other paths get the list of routes. */
export async function answer(request: Request, state: TargetState): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname !== "/counter") state.counters.countRequest(pathname);
  for (const { route, pattern } of PATTERNS) {
    const match = pattern.exec(pathname);
    if (match) return await route.answer(request, match.slice(1).map(Number), state);
  }
  return text(`Nothing here. There is:\n${routeList()}`, 404);
}

/** The routes and what they do, a line each. */
export function routeList(): string {
  return ROUTES.map(({ path, help }) => `  ${path.padEnd(20)}${help}\n`).join("");
}

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/[A-Z]+/g, "(\\d{1,12})")}$`),
}));

function text(body: string, status = 200): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain" } });
}

function bytes(count: number): Response {
  if (count > MOST_BYTES) return text(`At most ${MOST_BYTES} bytes\n`, 400);
  if (count <= filler.length) return new Response(filler.slice(0, count));
  let left = count;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = Math.min(left, filler.length);
      controller.enqueue(filler.slice(0, size));
      left -= size;
      if (left === 0) controller.close();
    },
  });
  return new Response(body, { headers: { "content-length": String(count) } });
}

function chunks(count: number): Response {
  let left = Math.min(count, 1_000_000);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(filler.slice(0, 1024));
      else controller.close();
    },
  });
  return new Response(body);
}

async function echo(request: Request): Promise<Response> {
  const url = new URL(request.url);
  return Response.json({
    method: request.method,
    path: url.pathname + url.search,
    headers: [...request.headers],
    body: await request.text(),
  });
}

/** Never resolves: the connection ends when the client or the target gives up. */
function never(): Promise<Response> {
  return new Promise(() => {});
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(ms, MOST_DELAY_MS)));
}

function keyed<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
