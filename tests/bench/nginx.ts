/**
 * The server under measurement: nginx with one worker, two bodies, plain and TLS.
 *
 * @module
 */
import { freePort, programPath, startPeer } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** The bodies that the server has, in bytes. */
export const BODIES = { small: 34, large: 100 * 1024 } as const;

/** A body's name. */
export type BodyName = keyof typeof BODIES;

/** No server is left behind when a measurement is broken off. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** A running nginx. */
export interface BenchServer {
  /** PEM of its self-signed certificate. */
  readonly certificatePath: string;
  url(body: BodyName, isTls: boolean): string;
  /** Ends it and starts it again on the same ports. */
  restart(): Promise<void>;
  /** Where HTTP/2 is spoken without TLS. */
  plainHttp2Url(body: BodyName): string;
  stop(): Promise<void>;
}

/**
 * Starts nginx on free loopback ports; its files are in a temporary directory until `stop`.
 * @throws {Error} when nginx or openssl is missing or fails.
 */
export async function startNginx(): Promise<BenchServer> {
  const temp = await tempDir();
  const dir = temp.path;
  await Deno.chmod(dir, 0o755); // The worker is another user when root starts nginx.
  for (const [name, bytes] of Object.entries(BODIES)) {
    await Deno.writeTextFile(`${dir}/${name}`, "x".repeat(bytes));
  }
  await makeCertificate(dir);
  const port = freePort();
  const tlsPort = freePort();
  const http2Port = freePort();
  await Deno.writeTextFile(`${dir}/nginx.conf`, configuration({ dir, port, tlsPort, http2Port }));
  const start = () =>
    startPeer("nginx", {
      args: ["-p", dir, "-c", `${dir}/nginx.conf`, "-e", `${dir}/error.log`],
      readyUrl: `http://127.0.0.1:${port}/small`,
    });
  let peer = await start();
  const stop = async () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
    await peer.stop();
    await temp[Symbol.asyncDispose]();
  };
  const onSignal = () => stop().finally(() => Deno.exit(130));
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  return {
    certificatePath: `${dir}/cert.pem`,
    url: (body, isTls) => isTls ? `https://127.0.0.1:${tlsPort}/${body}` : `http://127.0.0.1:${port}/${body}`,
    async restart() {
      await peer.stop();
      peer = await start();
    },
    plainHttp2Url: (body) => `http://127.0.0.1:${http2Port}/${body}`,
    stop,
  };
}

async function makeCertificate(dir: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(programPath("openssl") ?? "openssl", {
    args: ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
      .concat("-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
      // Strict verifiers refuse the certificate of an authority as that of a server.
      .concat("-addext", "basicConstraints=critical,CA:FALSE")
      .concat("-keyout", `${dir}/key.pem`, "-out", `${dir}/cert.pem`),
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl failed: ${new TextDecoder().decode(stderr)}`);
}

/** Nothing that would bound the client first: no log, no limit on requests a connection, files kept open. */
function configuration(
  { dir, port, tlsPort, http2Port }: { dir: string; port: number; tlsPort: number; http2Port: number },
): string {
  return `daemon off;
worker_processes 1;
worker_rlimit_nofile 40000;
pid ${dir}/nginx.pid;
events { worker_connections 16384; }
http {
  access_log off;
  sendfile on;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max=10;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    listen 127.0.0.1:${tlsPort} ssl http2 backlog=4096;
    listen 127.0.0.1:${http2Port} http2 backlog=4096;
    ssl_certificate ${dir}/cert.pem;
    ssl_certificate_key ${dir}/key.pem;
    ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
    root ${dir};
    location ~ \\.(pem|conf|log)$ { return 404; }
  }
}
`;
}
