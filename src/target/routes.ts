/**
 * What the built-in target serves: one table of path patterns, which help prints and the router reads. A part of a
 * pattern in upper case stands for a number.
 *
 * @module
 */
import { MAX_TARGET_BYTES } from "../lib/size_limits.ts";
import {
  respondBytes,
  respondCookies,
  respondEcho,
  respondGzip,
  respondLogin,
  respondOnStream,
  respondPrivate,
} from "./responses.ts";
import { MODEL_ROUTES } from "./model_routes.ts";
import { IMAGE, PAGE, STYLE } from "./page.ts";
import type { Route } from "./route.ts";
import { SHOP_ROUTES } from "./shop_routes.ts";
import { STREAM_ROUTES } from "./stream_routes.ts";
import type { TargetState } from "./target_state.ts";

const LONGEST_MS = 3_600_000;
const TIME = [0, LONGEST_MS] as const;

/** Every route, in the order of help. */
export const ROUTES: readonly Route[] = [
  { path: "/", help: "A line of text", answer: () => new Response("Hello from bench\n") },
  { path: "/json", help: "A small JSON document", answer: () => Response.json(SAMPLE) },
  {
    path: "/bytes/N",
    help: "N bytes with Content-Length",
    ranges: [[0, MAX_TARGET_BYTES]],
    answer: ({ numbers: [size] }) => respondBytes(size!),
  },
  {
    path: "/stream/N",
    help: "N chunks of 1 KiB, without Content-Length",
    ranges: [[0, 1_000_000]],
    answer: ({ numbers: [chunks] }) => respondOnStream(chunks!),
  },
  {
    path: "/gzip/N",
    help: "N bytes of text, compressed for clients that accept gzip",
    ranges: [[0, 10 * 1024 ** 2]],
    answer: ({ request, numbers: [size] }) => respondGzip(request, size!),
  },
  {
    path: "/status/CODE",
    help: "An empty response with that status",
    ranges: [[200, 599]],
    answer: ({ numbers: [status] }) => new Response(null, { status: status! }),
  },
  {
    path: "/redirect/N",
    help: "N redirects, then /",
    ranges: [[1, 1000]],
    answer: ({ numbers: [left] }) => redirectTo(left === 1 ? "/" : `/redirect/${left! - 1}`),
  },
  {
    path: "/echo",
    help: "Method, headers and body of the request as JSON",
    answer: ({ request }) => respondEcho(request),
  },
  {
    path: "/delay/MS",
    help: "Responds after that many milliseconds",
    ranges: [TIME],
    async answer({ numbers: [delayMs], state }) {
      await state.wait(delayMs!);
      return new Response(`Waited ${delayMs} ms\n`);
    },
  },
  {
    path: "/random/MS",
    help: "Responds after a random time, that many milliseconds on average (exponential)",
    ranges: [TIME],
    async answer({ numbers: [meanMs], state }) {
      return await respondAtRandom(state, meanMs!, 1);
    },
  },
  {
    path: "/random/MS/STAGES",
    help: "The same as the sum of so many random times: the more, the less they scatter",
    ranges: [TIME, [1, 100]],
    async answer({ numbers: [meanMs, stages], state }) {
      return await respondAtRandom(state, meanMs!, stages!);
    },
  },
  {
    path: "/warming/COLD/MS",
    help: "Responds after MS milliseconds, four times as late until COLD ms after the first request",
    ranges: [TIME, TIME],
    async answer({ numbers: [coldMs, serviceMs], state }) {
      await state.wait(state.warmingWait(coldMs!, serviceMs!, performance.now()));
      return new Response("Warming up\n");
    },
  },
  {
    path: "/stall/EVERY/MS",
    help: "Responds at once, but stalls for MS ms in the middle of every EVERY ms",
    ranges: [[1, LONGEST_MS], TIME],
    async answer({ numbers: [everyMs, stallMs], state }) {
      if (stallMs! > everyMs!) return badRequest("MS must not be longer than EVERY");
      await state.wait(state.stallWait(everyMs!, stallMs!, performance.now()));
      return new Response("Running\n");
    },
  },
  {
    path: "/capacity/SLOTS/MS",
    help: "Serves SLOTS requests at a time, MS ms each: 1000 * SLOTS / MS per second; the rest queue",
    ranges: [[1, 1000], [1, LONGEST_MS]],
    async answer({ numbers: [slots, serviceMs], state }) {
      await state.wait(state.serviceWait(slots!, serviceMs!, performance.now()));
      return new Response("Served\n");
    },
  },
  {
    path: "/flaky/PERCENT",
    help: "That share of the requests gets status 500, evenly spread",
    ranges: [[0, 100]],
    answer({ numbers: [percent], state }) {
      const isFailure = isAmong(percent!, state.next(`/flaky/${percent}`));
      return isFailure ? new Response("Failed on purpose\n", { status: 500 }) : new Response("Fine\n");
    },
  },
  {
    path: "/switch/N",
    help: "Responds with the status that /switch/N/CODE has set, until then with 200",
    ranges: [[0, 1000]],
    answer: ({ numbers: [number], state }) =>
      new Response(null, { status: state.switches.get(number!) ?? 200 }),
  },
  {
    path: "/switch/N/CODE",
    help: "From now on /switch/N responds with that status",
    ranges: [[0, 1000], [200, 599]],
    answer({ numbers: [number, status], state }) {
      state.switches.set(number!, status!);
      return new Response(`/switch/${number} responds with ${status}\n`);
    },
  },
  {
    path: "/hang/EVERY",
    help: "Every EVERYth request gets no response",
    ranges: [[1, 1_000_000_000]],
    async answer({ numbers: [every], state }) {
      // A wait that nothing but the target's end cuts short.
      if ((state.next(`/hang/${every}`) + 1) % every! === 0) await state.wait(Infinity);
      return new Response("Answered\n");
    },
  },
  {
    path: "/login",
    help: "POST: sets a session cookie and returns a token as JSON",
    methods: ["POST"],
    answer: ({ state }) => respondLogin(state),
  },
  {
    path: "/private",
    help: "Needs the cookie of /login and its token as Authorization: Bearer",
    answer: ({ request, state }) => respondPrivate(request, state),
  },
  {
    path: "/cookies",
    help: "The cookies received as JSON; counts visits in a cookie",
    answer: ({ request }) => respondCookies(request),
  },
  ...STREAM_ROUTES,
  ...MODEL_ROUTES,
  ...SHOP_ROUTES,
  {
    path: "/page",
    help: "A page to record in a browser: style, image, scripted requests, login, forms",
    answer: () => typed("text/html; charset=utf-8", PAGE),
  },
  { path: "/style.css", help: "The page's style sheet", answer: () => typed("text/css", STYLE) },
  { path: "/image.svg", help: "The page's image", answer: () => typed("image/svg+xml", IMAGE) },
  {
    path: "/requests",
    help: "With --keep: the last requests with headers and bodies, as JSON; DELETE forgets them",
    methods: ["GET", "DELETE"],
    answer({ request, state }) {
      if (request.method === "DELETE") state.journal.clear();
      return Response.json(state.journal.requests);
    },
  },
  {
    path: "/counter",
    help: "Requests received so far, by path, as JSON; does not count itself",
    answer: ({ state }) => Response.json(Object.fromEntries(state.counts)),
  },
];

/** Answers a request by the route of its path; other paths get the list of routes. */
export function answer(request: Request, state: TargetState): Response | Promise<Response> {
  const path = pathOf(request.url);
  if (path !== "/counter" && path !== "/requests") {
    state.count(path);
    if (state.journal.isOn) return state.journal.add(request).then((unread) => route(path, unread, state));
  }
  return route(path, request, state);
}

function route(path: string, request: Request, state: TargetState): Response | Promise<Response> {
  const found = findRoute(path);
  if (found === undefined) return new Response(`Nothing here. There is:\n${routeList()}`, { status: 404 });
  if ("problem" in found) return badRequest(found.problem);
  const { route: { methods, answer }, numbers } = found;
  if (methods && !methods.includes(request.method)) {
    const allow = methods.join(", ");
    return new Response(`Only ${allow}\n`, { status: 405, headers: { allow } });
  }
  return answer({ request, numbers, state });
}

/** The table as text: a line a route, patterns aligned. */
export function routeList(): string {
  const width = Math.max(...ROUTES.map(({ path }) => path.length));
  return ROUTES.map(({ path, help }) => `  ${path.padEnd(width)}  ${help}\n`).join("");
}

/**
 * Whether number `k`, from 0, is among those `percent` of all numbers that are spread as evenly as can be.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([0, 1, 2, 3, 4, 5].map((k) => isAmong(50, k)), [false, true, false, true, false, true]);
 * ```
 */
export function isAmong(percent: number, k: number): boolean {
  return Math.floor((k + 1) * percent / 100) > Math.floor(k * percent / 100);
}

/** What a path leads to: a route and its numbers, or what is wrong with them. */
type Found = { readonly route: Route; readonly numbers: readonly number[] } | {
  readonly problem: string;
};

function findRoute(path: string): Found | undefined {
  const parts = path.split("/");
  for (const [route, pattern] of PATTERNS) {
    if (pattern.length !== parts.length || pattern[1] !== parts[1]) continue;
    if (pattern.some((part, at) => at > 1 && !isNumber(part) && part !== parts[at])) continue;
    const numbers: number[] = [];
    for (let at = 2; at < pattern.length; at++) {
      if (!isNumber(pattern[at]!)) continue;
      const [min, max] = route.ranges![numbers.length]!;
      const text = parts[at]!;
      const value = (pattern[at] === "PERCENT" ? /^\d+(?:\.\d+)?$/ : /^\d+$/).test(text) ? Number(text) : NaN;
      if (!(value >= min && value <= max)) {
        return { problem: `${pattern[at]} of ${route.path} must be a number from ${min} to ${max}` };
      }
      numbers.push(value);
    }
    return { route, numbers };
  }
  return undefined;
}

/** A part in upper case stands for one. */
function isNumber(part: string): boolean {
  return /^[A-Z]+$/.test(part);
}

/** The path of an absolute URL; quicker than parsing it all. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", start);
  return query < 0 ? url.slice(start) : url.slice(start, query);
}

function badRequest(problem: string): Response {
  return new Response(`${problem}\n`, { status: 400 });
}

const PATTERNS = ROUTES.map((route) => [route, route.path.split("/")] as const);

const SAMPLE = {
  id: 7,
  name: "bench",
  price: 9.5,
  isActive: true,
  tags: ["load", "test"],
  items: [{ id: "a1", count: 3 }, { id: "b2", count: 5 }],
  nothing: null,
};

function typed(type: string, text: string): Response {
  return new Response(text, { headers: { "content-type": type } });
}

async function respondAtRandom(state: TargetState, meanMs: number, stages: number): Promise<Response> {
  let delayMs = 0;
  for (let i = 0; i < stages; i++) delayMs -= Math.log(1 - Math.random()) * meanMs / stages;
  // Timers count whole milliseconds: the fraction is the chance of one more.
  await state.wait(Math.floor(delayMs + Math.random()));
  return new Response("Waited at random\n");
}

function redirectTo(location: string): Response {
  return new Response("Moved\n", { status: 302, headers: { location } });
}
