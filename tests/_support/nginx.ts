/** Debian's nginx, for tests against a real server. They are skipped, and say so, where it is not installed. */
import { unusedPort } from "./raw_server.ts";

/** Where an nginx puts its things. */
export interface NginxPlace {
  readonly port: number;
  /** A directory of its own, removed in the end. */
  readonly dir: string;
}

/** A running nginx; stops at the end of `await using`. */
export interface Nginx extends NginxPlace, AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Process id of the server. */
  readonly pid: number;
  close(): Promise<void>;
}

const PROGRAM = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].find(exists);

/** Whether nginx is installed; tests that need it put `ignore: !HAS_NGINX`. */
export const HAS_NGINX = PROGRAM !== undefined;
if (!HAS_NGINX) {
  Deno.stderr.writeSync(new TextEncoder().encode("Tests with nginx are skipped: it is not installed\n"));
}

const START_TIMEOUT_MS = 10_000;

/**
 * Starts nginx, in the foreground and in one process, with the given lines inside its `server` block. Without lines it
 * answers everything with a small text. Resolves to `undefined` when nginx is not installed.
 */
export async function startNginx(
  serverLines: (place: NginxPlace) => string = () =>
    `location / { return 200 "hello from nginx, hello\\n"; }`,
): Promise<Nginx | undefined> {
  if (PROGRAM === undefined) return undefined;
  const dir = await Deno.makeTempDir({ prefix: "bench_nginx_" });
  const port = unusedPort();
  await Deno.writeTextFile(`${dir}/nginx.conf`, configuration({ port, dir }, serverLines({ port, dir })));
  const child = new Deno.Command(PROGRAM, {
    args: ["-p", dir, "-c", `${dir}/nginx.conf`, "-e", `${dir}/error.log`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  const ended = child.status.then(() => isOver = true);

  async function close(): Promise<void> {
    if (!isOver) child.kill("SIGTERM");
    await ended;
    await Deno.remove(dir, { recursive: true });
  }

  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (isOver || performance.now() > deadlineMs) {
      const log = await Deno.readTextFile(`${dir}/error.log`).catch(() => "no log");
      await close();
      throw new Error(`nginx does not answer on port ${port}: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const origin = `http://127.0.0.1:${port}`;
  return { origin, port, dir, pid: child.pid, close, [Symbol.asyncDispose]: close };
}

function configuration(place: NginxPlace, serverLines: string): string {
  const { dir, port } = place;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${dir}/${name};`).join("\n");
  return `daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
${temporary}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    ${serverLines}
  }
}
`;
}

async function accepts(port: number): Promise<boolean> {
  try {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    // Not listening yet.
    return false;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
