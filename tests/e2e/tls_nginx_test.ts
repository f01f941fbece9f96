/**
 * What becomes of servers with certificates of all kinds, a real nginx each, by the flags that were given and by
 * whether there are credentials to lose. The real command runs; nginx's own log says what reached it.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type CertificateName, certificatePaths, ROOT_PATH } from "../_support/certificates.ts";
import { freePorts, peerTest, startPeer } from "../_support/peers.ts";
import { type Command, manyPrograms } from "../_support/many_programs.ts";
import { type Ended, program } from "../_support/program.ts";
import { SOCKETS } from "../_support/sockets.ts";
import { until } from "../_support/wait.ts";

/** A root that signed none of them. */
const OTHER_ROOT = certificatePaths("self_signed").cert;

/** One server. */
interface Kind {
  readonly name: string;
  readonly certificate: CertificateName;
  /** What `--ca-bundle` gives. */
  readonly bundle: string;
  /** With that root the server is trusted. */
  readonly isTrusted?: true;
  /** Why it is not, in the message, with the root and without. */
  readonly why: readonly [withRoot: RegExp | null, without: RegExp];
  /** It wants a certificate of the client's. */
  readonly asksClient?: true;
}

const KINDS: readonly Kind[] = [
  {
    name: "trusted",
    certificate: "server",
    bundle: ROOT_PATH,
    isTrusted: true,
    why: [null, /its issuer is not known here/],
  },
  {
    name: "self-signed",
    certificate: "self_signed",
    bundle: ROOT_PATH,
    why: [/it is self-signed/, /it is self-signed/],
  },
  {
    name: "expired",
    certificate: "expired",
    bundle: ROOT_PATH,
    why: [/it has expired/, /it has expired/],
  },
  {
    name: "wrong name",
    certificate: "wrong_name",
    bundle: ROOT_PATH,
    why: [/it is for a different name/, /another name|issuer is not known/],
  },
  {
    name: "unknown root",
    certificate: "server",
    bundle: OTHER_ROOT,
    why: [/its issuer is not known here/, /its issuer is not known here/],
  },
  {
    name: "client certificate required",
    certificate: "server",
    bundle: ROOT_PATH,
    isTrusted: true,
    why: [null, /its issuer is not known here/],
    asksClient: true,
  },
];

/** Flags by name; `BUNDLE` stands for the kind's root. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "no flag": [],
  "--ssl-verify": ["--ssl-verify"],
  "--ca-bundle": ["--ca-bundle", "BUNDLE"],
  "--ca-bundle --ssl-verify": ["--ca-bundle", "BUNDLE", "--ssl-verify"],
  "--insecure": ["--insecure"],
};

const CREDENTIALS = ["-A", "user:opensesame"];
const SENT = `Basic ${btoa("user:opensesame")}`;

interface Server {
  readonly port: number;
  /**
   * Lines of its log that are about a path: protocol, authorization, state of the client's certificate. nginx writes
   * them when it has answered, so that as many as are expected are waited for.
   */
  logOf(path: string, expected: number): Promise<readonly string[]>;
}

/** Starts one nginx with a server for each kind. */
async function startServers(): Promise<{ readonly servers: readonly Server[]; stop(): Promise<void> }> {
  const dir = await Deno.makeTempDir({ prefix: "bench_tls_" });
  await Deno.chmod(dir, 0o755);
  const [ready, ...ports] = freePorts(KINDS.length + 1);
  const blocks = KINDS.map((kind, i) => {
    const { cert, key } = certificatePaths(kind.certificate);
    const client = kind.asksClient ? `ssl_verify_client on; ssl_client_certificate ${ROOT_PATH};` : "";
    return `server { listen 127.0.0.1:${ports[i]} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key};
      ${client} access_log ${dir}/${i}.log seen; location / { return 200 "ok"; } }`;
  });
  await Deno.writeTextFile(
    `${dir}/nginx.conf`,
    `daemon off; worker_processes 1; pid ${dir}/nginx.pid; events {}
http {
  log_format seen '$request_uri $ssl_protocol "$http_authorization" $ssl_client_verify $status';
  access_log off; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f;
  uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  server { listen 127.0.0.1:${ready}; location / { return 200; } }
  ${blocks.join("\n")}
}`,
  );
  const peer = await startPeer("nginx", {
    args: ["-p", dir, "-c", `${dir}/nginx.conf`, "-e", `${dir}/error.log`],
    readyUrl: `http://127.0.0.1:${ready}/`,
  });
  return {
    servers: ports.map((port, i) => ({
      port,
      async logOf(path, expected) {
        let lines: readonly string[] = [];
        await until(async () => {
          lines = (await Deno.readTextFile(`${dir}/${i}.log`)).split("\n")
            .filter((line) => line.startsWith(`${path} `)).map((line) => line.slice(path.length + 1));
          return lines.length >= expected;
        });
        return lines;
      },
    })),
    async stop() {
      await peer.stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

interface Case {
  readonly kind: Kind;
  readonly server: Server;
  readonly flag: string;
  readonly hasCredentials: boolean;
  readonly sockets: string;
  readonly number: number;
}

function commandOf({ kind, server, flag, hasCredentials, sockets, number }: Case): Command {
  const flags = FLAGS[flag]!.map((word) => word === "BUNDLE" ? kind.bundle : word);
  const client = certificatePaths("client");
  return {
    args: [
      ...["-n", "2", "-c", "1", "-t", "1", "--json", "-", "--sockets", sockets, ...flags],
      ...(hasCredentials ? CREDENTIALS : []),
      ...(kind.asksClient ? ["--cert", client.cert, "--key", client.key] : []),
      `https://localhost:${server.port}/case-${number}`,
    ],
  };
}

async function check(
  { kind, server, flag, hasCredentials, number }: Case,
  { code, out, err }: Ended,
): Promise<void> {
  const hasRoot = flag.includes("--ca-bundle");
  const isTrusted = hasRoot && kind.isTrusted === true;
  const isRefused = !isTrusted && flag !== "--insecure" && (flag.includes("--ssl-verify") || hasCredentials);
  const seen = await server.logOf(`/case-${number}`, isRefused ? 0 : 2);
  const why = hasRoot ? kind.why[0] : kind.why[1];
  const said = `${out}\n${err}`;
  assert(!said.includes("opensesame") && !said.includes(SENT), "the password is shown");
  if (isRefused) {
    assertEquals([code, seen.length], [1, 0], said);
    assertMatch(err, /The certificate of localhost is not trusted: /);
    assertMatch(err, why!);
    assertMatch(err, /add (?:its root|it as its own root) with --ca-bundle|renew it|with --sni/);
    if (!flag.includes("--ssl-verify")) assertStringIncludes(err, "no credentials are sent");
    assert(!err.includes("    at "), "a stack is shown");
    return;
  }
  assertEquals(code, 0, said);
  const verify = kind.asksClient ? "SUCCESS" : "NONE";
  const authorization = hasCredentials ? SENT : "-";
  assertEquals(seen.map((line) => line.replace(/^TLSv1\.[23] /, "")), [
    `"${authorization}" ${verify} 200`,
    `"${authorization}" ${verify} 200`,
  ]);
  const json = JSON.parse(out);
  assertCertificate(json.certificate, { kind, isTrusted, why });
  const warnings = JSON.stringify(json.notes ?? json.warnings ?? []);
  assertEquals(warnings.includes("went on without verification"), !isTrusted, warnings);
}

/** The peer's name, issuer, expiry, protocol and cipher, and whether it is trusted and why not. */
function assertCertificate(
  certificate: Readonly<Record<string, unknown>>,
  { kind, isTrusted, why }: { readonly kind: Kind; readonly isTrusted: boolean; readonly why: RegExp | null },
): void {
  const names = { wrong_name: "other.example" } as const;
  const { subject, issuer, protocol, cipher, trusted, reason } = certificate;
  assertEquals(subject, names[kind.certificate as keyof typeof names] ?? "localhost");
  assertEquals(issuer, kind.certificate === "self_signed" ? "localhost" : "Bench test root");
  assert(JSON.stringify(certificate).includes(kind.certificate === "expired" ? "2001" : "2120"));
  assertMatch(`${protocol}`, /^TLSv1\.[23]$/);
  assertMatch(`${cipher}`, /^[A-Z0-9_-]{8,}$/);
  assertEquals(trusted, isTrusted);
  if (isTrusted) assertEquals(reason, undefined);
  else assertMatch(`${reason}`, why!);
}

peerTest("certificates of all kinds, by flags and credentials, with nginx", ["nginx"], async () => {
  const { servers, stop } = await startServers();
  try {
    const cases = KINDS.flatMap((kind, i) =>
      Object.keys(FLAGS).flatMap((flag) =>
        [true, false].flatMap((hasCredentials) =>
          SOCKETS.map((sockets) => ({ kind, server: servers[i]!, flag, hasCredentials, sockets }))
        )
      )
    ).map((row, number) => ({ ...row, number }));
    const ended = await manyPrograms(cases.map(commandOf));
    const problems: string[] = [];
    for (const [i, row] of cases.entries()) {
      try {
        await check(row, ended[i]!);
      } catch (error) {
        problems.push(
          `${row.kind.name}, ${row.sockets} sockets, ${row.flag}, credentials ${row.hasCredentials}: ${error}`,
        );
      }
    }
    assertEquals(problems, []);
  } finally {
    await stop();
  }
});

peerTest(
  "a client certificate that is required and missing is the server's refusal, not a crash",
  ["nginx"],
  async () => {
    const { servers, stop } = await startServers();
    try {
      const server = servers[KINDS.findIndex((kind) => kind.asksClient)]!;
      for (const sockets of SOCKETS) {
        const { code, out } = await program([
          ...["-n", "2", "-c", "1", "-t", "1", "--json", "-", "--ca-bundle", ROOT_PATH, "--sockets", sockets],
          `https://localhost:${server.port}/without-${sockets}`,
        ]);
        assertEquals(code, 1);
        assertEquals(JSON.parse(out).error_types, { "HTTP 400": 2 });
        const seen = await server.logOf(`/without-${sockets}`, 2);
        assertEquals(seen.map((line) => line.split(" ").slice(-2).join(" ")), ["NONE 400", "NONE 400"]);
      }
    } finally {
      await stop();
    }
  },
);
