/** Real HTTP/2 servers: each has `/small.txt` (6 bytes) and `/large.bin`, over TLS and without. */
import type { ServerHttp2Stream } from "node:http2";
import { certificate, certificatePaths } from "./certificates.ts";
import { startNginx } from "./nginx.ts";
import { freePort, startPeer } from "./peers.ts";

/** The content of `/small.txt`. */
export const SMALL = "hello\n";
/** The content of `/large.bin`: 3.2 MB. */
export const LARGE = "0123456789abcdef".repeat(200_000);

/** A running server. */
export interface Http2Peer extends AsyncDisposable {
  readonly tlsOrigin: string;
  /** HTTP/2 with prior knowledge. */
  readonly plainOrigin: string;
}

/** A kind of server. */
export interface Http2PeerKind {
  readonly name: string;
  /** Programs that must be installed. */
  readonly programs: readonly string[];
  start(): Promise<Http2Peer>;
  /** Answers `POST /count` with the number of bytes that it got. */
  readonly countsBodies: boolean;
}

/** All of them. */
export const HTTP2_PEERS: readonly Http2PeerKind[] = [
  { name: "nginx", programs: ["nginx"], start: nginx, countsBodies: false },
  { name: "haproxy", programs: ["haproxy"], start: haproxy, countsBodies: false },
  { name: "h2o", programs: ["h2o"], start: h2o, countsBodies: false },
  { name: "Node's server under Deno", programs: [], start: nodeUnderDeno, countsBodies: true },
  { name: "Node", programs: ["node"], start: node, countsBodies: true },
  { name: "Deno", programs: [], start: deno, countsBodies: true },
];

async function nginx(): Promise<Http2Peer> {
  const plainPort = freePort();
  const server = await startNginx("keepalive_requests 1000000;", { "small.txt": SMALL, "large.bin": LARGE }, {
    tlsWords: "http2",
    listenLines: `listen 127.0.0.1:${plainPort} http2;`,
  });
  return {
    tlsOrigin: server.tlsOrigin,
    plainOrigin: `http://127.0.0.1:${plainPort}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A directory with the files and a configuration. */
async function placeOf(
  program: string,
): Promise<{ readonly dir: string; readonly ports: readonly number[] }> {
  const dir = await Deno.makeTempDir({ prefix: `bench_${program}_` });
  await Deno.chmod(dir, 0o755);
  await Deno.writeTextFile(`${dir}/small.txt`, SMALL);
  await Deno.writeTextFile(`${dir}/large.bin`, LARGE);
  return { dir, ports: [freePort(), freePort(), freePort()] };
}

async function haproxy(): Promise<Http2Peer> {
  const { dir, ports: [tls, plain, ready] } = await placeOf("haproxy");
  const { cert, key } = certificate("server");
  await Deno.writeTextFile(`${dir}/both.pem`, cert + key);
  await Deno.writeTextFile(
    `${dir}/haproxy.cfg`,
    `global
  maxconn 200
  tune.bufsize 8000000
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend all
  bind 127.0.0.1:${tls} ssl crt ${dir}/both.pem alpn h2,http/1.1
  bind 127.0.0.1:${plain} proto h2
  bind 127.0.0.1:${ready}
  http-request return status 200 content-type text/plain file ${dir}/small.txt if { path /small.txt }
  http-request return status 200 content-type text/plain file ${dir}/large.bin if { path /large.bin }
  http-request return status 404 content-type text/plain string "no"
`,
  );
  return await started("haproxy", {
    dir,
    args: ["-db", "-f", `${dir}/haproxy.cfg`],
    ports: [tls!, plain!, ready!],
  });
}

async function h2o(): Promise<Http2Peer> {
  const { dir, ports: [tls, plain] } = await placeOf("h2o");
  const { cert, key } = certificatePaths("server");
  await Deno.writeTextFile(
    `${dir}/h2o.conf`,
    `num-threads: 1
listen:
  host: 127.0.0.1
  port: ${plain}
listen:
  host: 127.0.0.1
  port: ${tls}
  ssl:
    certificate-file: ${cert}
    key-file: ${key}
hosts:
  default:
    paths:
      /:
        file.dir: ${dir}
`,
  );
  return await started("h2o", {
    dir,
    args: ["-m", "worker", "-c", `${dir}/h2o.conf`],
    ports: [tls!, plain!, plain!],
  });
}

async function started(
  program: string,
  { dir, args, ports: [tls, plain, ready] }: {
    readonly dir: string;
    readonly args: readonly string[];
    readonly ports: readonly [number, number, number];
  },
): Promise<Http2Peer> {
  const peer = await startPeer(program, { args, readyUrl: `http://127.0.0.1:${ready}/small.txt`, cwd: dir });
  return {
    tlsOrigin: `https://localhost:${tls}`,
    plainOrigin: `http://127.0.0.1:${plain}`,
    async [Symbol.asyncDispose]() {
      await peer.stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** What Node's servers do, as source, so that Node itself can run it too. */
function respondOnStream(
  stream: ServerHttp2Stream,
  headers: Record<string, string>,
  files: Record<string, string>,
): void {
  const path = headers[":path"]!.split("?")[0]!;
  if (path === "/count") {
    let bytes = 0;
    stream.on("data", (data: Uint8Array) => bytes += data.length);
    stream.on("end", () => {
      stream.respond({ ":status": 200 });
      stream.end(String(bytes));
    });
    return;
  }
  const body = files[path];
  stream.on("error", () => {});
  stream.respond({ ":status": body === undefined ? 404 : 200, "content-length": (body ?? "no").length });
  if (headers[":method"] === "HEAD") stream.end();
  else stream.end(body ?? "no");
}

/** A process of its own: when the platform's server crashes, the tests do not crash with it. */
function nodeUnderDeno(): Promise<Http2Peer> {
  return nodeServers(Deno.execPath(), ["run", "-A"]);
}

function node(): Promise<Http2Peer> {
  return nodeServers("node", []);
}

async function nodeServers(program: string, words: readonly string[]): Promise<Http2Peer> {
  const { dir, ports: [tls, plain, ready] } = await placeOf("node");
  const { cert, key } = certificatePaths("server");
  await Deno.writeTextFile(
    `${dir}/server.mjs`,
    `import { createSecureServer, createServer } from "node:http2";
import { createServer as createReady } from "node:http";
import { readFileSync } from "node:fs";
const files = { "/small.txt": readFileSync("small.txt", "utf8"), "/large.bin": readFileSync("large.bin", "utf8") };
const answerStream = ${respondOnStream.toString()};
const secure = createSecureServer({ cert: readFileSync(${JSON.stringify(cert)}), key: readFileSync(${
      JSON.stringify(key)
    }) });
for (const [server, port] of [[secure, ${tls}], [createServer(), ${plain}]]) {
  server.on("stream", (stream, headers) => answerStream(stream, headers, files));
  server.listen(port, "127.0.0.1");
}
createReady((_, response) => response.end()).listen(${ready}, "127.0.0.1");
`,
  );
  return await started(program, {
    dir,
    args: [...words, `${dir}/server.mjs`],
    ports: [tls!, plain!, ready!],
  });
}

function deno(): Promise<Http2Peer> {
  const handler = async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/count") return new Response(String((await request.arrayBuffer()).byteLength));
    const body = pathname === "/small.txt" ? SMALL : pathname === "/large.bin" ? LARGE : undefined;
    // Deno's server sends a body that it is given, HEAD or not.
    if (request.method === "HEAD") return new Response();
    return new Response(body ?? "no", { status: body === undefined ? 404 : 200 });
  };
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const servers = [
    Deno.serve({ ...options, ...certificate("server") }, handler),
    Deno.serve(options, handler),
  ];
  return Promise.resolve({
    tlsOrigin: `https://localhost:${servers[0]!.addr.port}`,
    plainOrigin: `http://127.0.0.1:${servers[1]!.addr.port}`,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  });
}
