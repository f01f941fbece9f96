/** A master and its workers as real processes. */
import { peerTest } from "../_support/peers.ts";
import { type Ended, startProgram } from "../_support/program.ts";
import { pause } from "../_support/wait.ts";

/** A server that remembers what it was asked for. */
export interface RememberingServer extends AsyncDisposable {
  readonly url: string;
  /** Method and path of each request since the last call, sorted. */
  take(): readonly string[];
  /** Requests since the last `take`. */
  readonly count: number;
  /** Requests with a trace context, from the start on. */
  readonly traced: number;
}

/** Starts it; `delayMs` holds up each answer. */
export function startRemembering(delayMs = 0): RememberingServer {
  let seen: string[] = [];
  let traced = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    seen.push(`${request.method} ${pathname}${search} ${await request.text()}`.trim());
    if (request.headers.has("traceparent")) traced++;
    if (delayMs > 0) await pause(delayMs);
    return new Response("ok", { headers: { "server-timing": "db;dur=12.5" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    take: () => {
      const taken = seen.sort();
      seen = [];
      return taken;
    },
    get count() {
      return seen.length;
    },
    get traced() {
      return traced;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A running process whose words can be waited for. */
export interface Watched {
  readonly child: Deno.ChildProcess;
  /** Resolves when the text has been written; rejects when the process ends without it. */
  says(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
  /** What it has written to standard error by now. */
  said(): string;
}

/** Running processes, and what each has said so far. */
const started = new Map<Deno.ChildProcess, () => string>();

/** A test that leaves no process behind, however it ends; skipped out loud where a program that it needs is missing. */
export function fleetTest(name: string, test: () => Promise<void>, programs: readonly string[] = []): void {
  peerTest(name, programs, async () => {
    try {
      await test();
    } catch (error) {
      const said = [...started.values()].map((text) => text()).join("---\n");
      throw new Error(`What the processes that are left said:\n${said}`, { cause: error });
    } finally {
      for (const child of started.keys()) child.kill("SIGKILL");
      for (const child of [...started.keys()]) await child.status;
    }
  });
}

/** Starts the program, behind the words of a `wrapper`, and watches what it says. */
export function watch(
  args: readonly string[],
  env: Record<string, string> = {},
  wrapper: readonly string[] = [],
): Watched {
  const child = startProgram(args, env, wrapper);
  void child.status.then(() => started.delete(child));
  const texts = { out: "", err: "" };
  let isOver = false;
  let wake = Promise.withResolvers<void>();
  const read = async (stream: ReadableStream<Uint8Array>, name: keyof typeof texts) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      texts[name] += text;
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
  };
  started.set(child, () => texts.err);
  const result = (async () => {
    await Promise.all([read(child.stdout, "out"), read(child.stderr, "err")]);
    const { code } = await child.status;
    isOver = true;
    wake.resolve();
    return { code, ...texts };
  })();
  return {
    child,
    ended: result,
    said: () => texts.err,
    says: async (text) => {
      while (!texts.err.includes(text) && !texts.out.includes(text)) {
        if (isOver) throw new Error(`It ended without saying "${text}":\n${texts.err}`);
        await wake.promise;
      }
    },
  };
}

/** The most memory that a process has had, in bytes; of Linux alone. */
export function peakBytes(pid: number): number {
  if (Deno.build.os !== "linux") return 0;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))!;
  return Number(kilobytes) * 1024;
}
