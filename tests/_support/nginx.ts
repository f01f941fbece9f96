/** A real nginx with a server block of a test's own. Tests that use it are registered with `peerTest`. */
import { certificatePaths } from "./certificates.ts";
import { freePorts, startPeer } from "./peers.ts";
import { tempDir } from "./temp_dir.ts";

/** Where an nginx listens and has its files. */
export interface NginxPlace {
  readonly port: number;
  readonly tlsPort: number;
  /** A directory of its own, removed in the end. */
  readonly dir: string;
}

/** A running nginx; stops at the end of `await using`. */
export interface Nginx extends NginxPlace, AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** `https://localhost:PORT`, with the certificate `server`. */
  readonly tlsOrigin: string;
}

/** How it listens besides its two ports. */
export interface NginxListening {
  /** Words behind those of the TLS port, such as `http2`. */
  readonly tlsWords?: string;
  /** Further `listen` lines. */
  readonly listenLines?: string;
}

/**
 * Starts nginx with the given lines inside its server block and the given files in its directory, by path.
 * @throws {Error} when it is not installed or does not start.
 */
export async function startNginx(
  serverLines: string,
  files: Readonly<Record<string, string>> = {},
  listening: NginxListening = {},
): Promise<Nginx> {
  const temp = await tempDir();
  const dir = temp.path;
  // The worker is another user when root starts nginx.
  await Deno.chmod(dir, 0o755);
  const [port, tlsPort] = freePorts(2);
  const place = { dir, port: port!, tlsPort: tlsPort! };
  await Deno.writeTextFile(`${dir}/nginx.conf`, configuration(place, serverLines, listening));
  for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(`${dir}/${path}`, text);
  const peer = await startPeer("nginx", {
    args: ["-p", dir, "-c", `${dir}/nginx.conf`, "-e", `${dir}/error.log`],
    readyUrl: `http://127.0.0.1:${place.port}/`,
  });
  return {
    ...place,
    origin: `http://127.0.0.1:${place.port}`,
    tlsOrigin: `https://localhost:${place.tlsPort}`,
    async [Symbol.asyncDispose]() {
      await peer.stop();
      await temp[Symbol.asyncDispose]();
    },
  };
}

function configuration(
  { dir, port, tlsPort }: NginxPlace,
  serverLines: string,
  { tlsWords = "", listenLines = "" }: NginxListening,
): string {
  const { cert, key } = certificatePaths("server");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${dir}/${name};`).join("\n");
  return `daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
${temporary}
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tlsPort} ssl ${tlsWords};
    ${listenLines}
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    root ${dir};
    ${serverLines}
  }
}
`;
}
