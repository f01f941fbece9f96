/**
 * Serves the page of a run while it goes on: the page, its data as server-sent events, and a small API to change the run.
 * Ends with the finished report, which the page then holds itself.
 *
 * ```text
 * GET  /         the page
 * GET  /events   `data` (all), then `delta` a second, at last `over` (all, and the report as a file)
 * GET  /run      what goes on, as JSON
 * PATCH /run     {"rate": 300} {"users": 20} {"scenario": "buy", "rate": 30} {"paused": true} {"stop": true} {"note": "deploy"}
 * ```
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { messageOf, RunError, UsageError } from "../lib/errors.ts";
import { GuardedListener, type StrangerLimits } from "../lib/net/guarded_listener.ts";
import { MAX_PATCH_BYTES } from "../lib/size_limits.ts";
import { renderLivePage } from "../report/html.ts";
import type { ReportData } from "../report/html_report/report_data.ts";
import { accessOf } from "./access.ts";
import { deltaOf } from "./delta.ts";

/** How long the last event may take to reach the pages that are open. */
const MAX_CLOSING_MS = 3000;
/** What a page may leave unread before it has to come again. */
const MAX_UNREAD_BYTES = 16 * 1024 ** 2;

/** Browsers keep connections; the oldest quiet one makes room. */
const VISITORS: StrangerLimits = {
  max: 64,
  slowMs: 5000,
  oldMs: Infinity,
  maxAgeMs: Infinity,
  maxBytes: Infinity,
};

const HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** What is served, and where. */
export interface PageServerOptions {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
  readonly token: string;
  /** What the page shows. */
  data(): ReportData;
  /** What goes on, for programs. */
  state(): unknown;
  /**
   * Does what a program or a page asks for, and tells what that was.
   * @throws {UsageError} when it cannot be done
   */
  change(request: unknown): unknown;
}

/** A page that is served. */
export interface PageServer {
  /** With the token. */
  readonly url: string;
  /** Tells the open pages what is new. */
  update(): void;
  /** Shows the finished report on them, which they can save as `html`; resolves when they have it, or will not. */
  finish(data: ReportData, html: string): Promise<void>;
  /** Stops serving at once. */
  close(): Promise<void>;
}

/**
 * Starts serving.
 * @throws {RunError} when the address cannot be listened on
 */
export function servePage(options: PageServerOptions): PageServer {
  const { host, port, isLoopback, token } = options;
  const readers = new Set<ServerResponse>();
  /** What the readers have. */
  let shown: unknown;

  function handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const url = new URL(request.url ?? "/", "http://page");
    const { mayLook, mayChange } = accessOf({
      host: request.headers.host,
      authorization: request.headers.authorization,
      token: url.searchParams.get("token"),
    }, { isLoopback, token });
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!mayLook) return sendJson(response, 403, { error: "the URL needs the token that bench has printed" });
    if (url.pathname === "/run" && request.method === "PATCH") {
      if (mayChange) return patch(request, response);
      return sendJson(response, 401, { error: "changes need the token: Authorization: Bearer TOKEN" });
    }
    if (!isRead) {
      return sendJson(response, 405, { error: "GET /, GET /events, GET /run and PATCH /run are served" });
    }
    switch (url.pathname) {
      case "/": {
        const { html, policy } = renderLivePage(options.data());
        return send(response, 200, { type: "text/html; charset=utf-8", text: html, policy });
      }
      case "/events":
        return follow(response);
      case "/run":
        return sendJson(response, 200, options.state());
      default:
        return sendJson(response, 404, { error: "GET /, GET /events, GET /run and PATCH /run are served" });
    }
  }

  async function patch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const text = await readText(request);
      sendJson(response, 200, options.change(JSON.parse(text)));
      update();
    } catch (error) {
      const isTheirs = error instanceof UsageError || error instanceof SyntaxError;
      sendJson(response, isTheirs ? 400 : 500, {
        error: error instanceof UsageError ? error.problems.join("; ") : messageOf(error),
      });
    }
  }

  function follow(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    // Readers that are there already are behind the newest data by a delta, which this one must not get.
    update();
    const data = shown ??= plain(options.data());
    response.write(eventText("data", data));
    readers.add(response);
    response.once("close", () => readers.delete(response));
  }

  function update(): void {
    if (readers.size === 0) {
      shown = undefined;
      return;
    }
    const next = plain(options.data());
    const delta = deltaOf(shown, next);
    shown = next;
    if (delta !== undefined) tell(eventText("delta", delta));
  }

  function tell(text: string): void {
    for (const reader of readers) {
      // A page that does not read comes again, and then gets everything at once.
      if (reader.writableLength > MAX_UNREAD_BYTES) reader.destroy();
      else reader.write(text);
    }
  }

  const server = createServer((request, response) => {
    void Promise.try(() => handle(request, response)).catch((error) => {
      if (!response.headersSent) sendJson(response, 500, { error: messageOf(error) });
      else response.destroy();
    });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  const guarded = listen({ hostname: host, port }, (connection) => server.emit("connection", connection));
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${guarded.port}/?token=${
      encodeURIComponent(token)
    }`,
    update,
    async finish(data, html) {
      tell(eventText("over", { data, html }));
      const ends = [...readers].map((reader) =>
        new Promise<void>((resolve) => {
          reader.once("close", resolve);
          reader.end(resolve);
        })
      );
      if (ends.length > 0) await Promise.race([Promise.all(ends), waitFor(MAX_CLOSING_MS)]);
      await guarded.close();
    },
    close: () => guarded.close(),
  };
}

/** As the page will have it: without what JSON cannot say. */
function plain(data: ReportData): unknown {
  return JSON.parse(JSON.stringify(data));
}

function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, { type: "application/json", text: `${JSON.stringify(value)}\n` });
}

function send(
  response: ServerResponse,
  status: number,
  { type, text, policy = "default-src 'none'" }: {
    readonly type: string;
    readonly text: string;
    readonly policy?: string;
  },
): void {
  response.writeHead(status, {
    ...HEADERS,
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "content-type": type,
    "content-length": Buffer.byteLength(text),
  });
  response.end(response.req.method === "HEAD" ? undefined : text);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_PATCH_BYTES) throw new UsageError(`expected at most ${MAX_PATCH_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    Deno.unrefTimer(timer);
  });
}

function listen(
  address: { readonly hostname: string; readonly port: number },
  onConnection: (connection: unknown) => void,
): { readonly port: number; close(): Promise<void> } {
  try {
    const listener = Deno.listen(address);
    const guarded = new GuardedListener(listener, VISITORS, ({ connection }) => onConnection(connection));
    return { port: listener.addr.port, close: () => guarded.close() };
  } catch (error) {
    throw new RunError(`Cannot serve the page on ${address.hostname}:${address.port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
