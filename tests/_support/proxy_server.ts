/**
 * Small real proxies on loopback: HTTP (absolute-form requests and CONNECT) and SOCKS5 (RFC 1928, 1929), with and without
 * passwords. They note what they were asked for. Any name leads to 127.0.0.1.
 */

/** How a proxy is to behave. */
export interface ProxyOptions {
  readonly kind: "http" | "socks5";
  /** `user:password` that it demands. */
  readonly credentials?: string;
  /** Answers every request to connect with this: an HTTP status, or a SOCKS5 reply. */
  readonly refuses?: number;
}

/** A running proxy; closes at the end of `await using`. */
export interface ProxyServer extends AsyncDisposable {
  readonly port: number;
  /** `HOST:PORT` of each target, with the type of a SOCKS5 address in front: `name far.test:80`. */
  readonly targets: readonly string[];
  /** Heads of the HTTP requests received. */
  readonly heads: readonly string[];
  /** Connections accepted so far. */
  readonly connections: number;
}

/** Starts a proxy on a free port. */
export function startProxy(options: ProxyOptions): ProxyServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const targets: string[] = [];
  const heads: string[] = [];
  const open = new Set<Deno.TcpConn>();
  const serving: Promise<void>[] = [];
  let connections = 0;
  const accepting = (async () => {
    for await (const conn of listener) {
      connections++;
      open.add(conn);
      const served = serve({ conn, options, targets, heads, open }).catch(() => {}).finally(() => {
        open.delete(conn);
        closeQuietly(conn);
      });
      serving.push(served);
    }
  })();
  return {
    port: listener.addr.port,
    targets,
    heads,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) closeQuietly(conn);
      await accepting;
      await Promise.all(serving);
    },
  };
}

interface Service {
  readonly conn: Deno.TcpConn;
  readonly options: ProxyOptions;
  readonly targets: string[];
  readonly heads: string[];
  readonly open: Set<Deno.TcpConn>;
}

function serve(service: Service): Promise<void> {
  return service.options.kind === "http" ? serveHttp(service) : serveSocks(service);
}

async function serveHttp(service: Service): Promise<void> {
  const { conn, options, heads, targets } = service;
  const reader = new Reader(conn);
  const head = await reader.head();
  heads.push(head);
  const [method, target = ""] = head.split(" ");
  const authorization = /^proxy-authorization: *Basic (\S+)/im.exec(head)?.[1];
  if (options.credentials !== undefined && authorization !== btoa(options.credentials)) {
    return await say(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  }
  if (options.refuses !== undefined) {
    return await say(conn, `HTTP/1.1 ${options.refuses} No\r\nContent-Length: 0\r\n\r\n`);
  }
  if (method === "CONNECT") {
    const port = Number(target.split(":").at(-1));
    targets.push(target);
    const onward = await reach(service, port);
    await say(conn, "HTTP/1.1 200 Connection established\r\n\r\n");
    return await splice(conn, onward);
  }
  const url = new URL(target);
  targets.push(url.host);
  const onward = await reach(service, Number(url.port || 80));
  const line = `${method} ${url.pathname}${url.search} HTTP/1.1`;
  await say(onward, head.replace(/^[^\r]*/, line).replace(/^proxy-authorization:.*\r\n/im, ""));
  await onward.write(reader.rest());
  await splice(conn, onward);
}

async function serveSocks(service: Service): Promise<void> {
  const { conn, options, targets } = service;
  const reader = new Reader(conn);
  const [, count] = await reader.take(2);
  const methods = await reader.take(count!);
  const wanted = options.credentials === undefined ? 0 : 2;
  if (!methods.includes(wanted)) return void await conn.write(Uint8Array.of(5, 255));
  await conn.write(Uint8Array.of(5, wanted));
  if (wanted === 2) {
    const user = await reader.text((await reader.take(2))[1]!);
    const password = await reader.text((await reader.take(1))[0]!);
    const fits = `${user}:${password}` === options.credentials;
    await conn.write(Uint8Array.of(1, fits ? 0 : 1));
    if (!fits) return;
  }
  const [, , , type] = await reader.take(4);
  const host = type === 1
    ? `ipv4 ${(await reader.take(4)).join(".")}`
    : type === 4
    ? `ipv6 ${(await reader.take(16)).toHex()}`
    : `name ${await reader.text((await reader.take(1))[0]!)}`;
  const [high, low] = await reader.take(2);
  const port = high! * 256 + low!;
  targets.push(`${host}:${port}`);
  if (options.refuses !== undefined) return void await conn.write(socksReply(options.refuses));
  const onward = await reach(service, port, type === 4 ? "::1" : "127.0.0.1");
  await conn.write(socksReply(0));
  await splice(conn, onward);
}

/** With a name as bound address, the form that is read least often. */
function socksReply(reply: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(5, reply, 0, 3, 4, 104, 101, 114, 101, 0, 80);
}

async function reach({ open }: Service, port: number, hostname = "127.0.0.1"): Promise<Deno.TcpConn> {
  const onward = await Deno.connect({ hostname, port });
  open.add(onward);
  return onward;
}

/** Carries bytes both ways until either end closes. */
async function splice(a: Deno.TcpConn, b: Deno.TcpConn): Promise<void> {
  const carry = async (from: Deno.TcpConn, to: Deno.TcpConn) => {
    const buffer = new Uint8Array(65_536);
    for (let got = await from.read(buffer); got !== null; got = await from.read(buffer)) {
      for (let at = 0; at < got;) at += await to.write(buffer.subarray(at, got));
    }
  };
  await Promise.race([carry(a, b), carry(b, a)].map((carrying) => carrying.catch(() => {})));
  closeQuietly(a);
  closeQuietly(b);
}

async function say(conn: Deno.TcpConn, text: string): Promise<void> {
  await conn.write(new TextEncoder().encode(text));
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}

/** Takes bytes off a connection, as many as are asked for. */
class Reader {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#bytes.length < count) await this.#more();
    const taken = this.#bytes.slice(0, count);
    this.#bytes = this.#bytes.slice(count);
    return taken;
  }

  async text(count: number): Promise<string> {
    return new TextDecoder().decode(await this.take(count));
  }

  /** Everything to the first empty line, which is included. */
  async head(): Promise<string> {
    while (true) {
      const end = new TextDecoder("latin1").decode(this.#bytes).indexOf("\r\n\r\n");
      if (end >= 0) return await this.text(end + 4);
      await this.#more();
    }
  }

  /** What has arrived beyond what was taken. */
  rest(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  async #more(): Promise<void> {
    const buffer = new Uint8Array(4096);
    const got = await this.#conn.read(buffer);
    if (got === null) throw new Error("The client has gone");
    const all = new Uint8Array(this.#bytes.length + got);
    all.set(this.#bytes);
    all.set(buffer.subarray(0, got), this.#bytes.length);
    this.#bytes = all;
  }
}
