/** Options of connections, and what they change on the way to a real server. */
import {
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  checkConnectionOptions,
  connectionOptions,
  connectRule,
  resolveRule,
} from "../../../src/client/options/connection_options.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { resolve } from "../../../src/options/resolve.ts";
import { startTarget } from "../../../src/target/serve.ts";
import { certificate, certificatePaths, ROOT } from "../../_support/certificates.ts";
import { program } from "../../_support/program.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { planOf, settingsOf } from "../../run/_settings.ts";
import { tempDir } from "../../_support/temp_dir.ts";

Deno.test("connectionOptions change nothing when none is given", () => {
  const values: Readonly<Record<string, unknown>> = resolve(connectionOptions, {}).values;
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  assertEquals(given, [["resolve", []], ["connectTo", []], ["tlsResumption", true]]);
});

Deno.test("resolveRule reads what curl reads, and writes it again", () => {
  const rows = [
    ["A.Test:80:127.0.0.1", { host: "a.test", port: 80, toHost: "127.0.0.1", toPort: 80 }],
    ["*:443:::1", { host: "", port: 443, toHost: "::1", toPort: 443 }],
    ["[::1]:80:[::2]", { host: "::1", port: 80, toHost: "::2", toPort: 80 }],
  ] as const;
  for (const [text, rule] of rows) {
    assertEquals(resolveRule.parse(text), rule);
    assertEquals(resolveRule.parse(resolveRule.format!(rule)), rule);
  }
  for (
    const text of ["", "a:80", "a:0:127.0.0.1", "a:65536:127.0.0.1", "a:80:b", ":80:127.0.0.1", "a b:80:::1"]
  ) {
    assertThrows(() => resolveRule.parse(text), UsageError, "expected");
  }
});

Deno.test("connectRule reads what curl reads, and writes it again", () => {
  const rows = [
    ["a.test:80:b.test:81", { host: "a.test", port: 80, toHost: "b.test", toPort: 81 }],
    ["::b.test:81", { host: "", port: 0, toHost: "b.test", toPort: 81 }],
    ["a.test:::81", { host: "a.test", port: 0, toHost: "", toPort: 81 }],
    ["[::1]:80:[::2]:", { host: "::1", port: 80, toHost: "::2", toPort: 0 }],
  ] as const;
  for (const [text, rule] of rows) {
    assertEquals(connectRule.parse(text), rule);
    assertEquals(connectRule.parse(connectRule.format!(rule)), rule);
  }
  for (const text of ["", "a:80", "a:80:b", "a:80:b:99999", "a:x:b:80", "a:80:::1:80", "a/:80:b:80"]) {
    assertThrows(() => connectRule.parse(text), UsageError, "expected");
  }
});

Deno.test("composePlan() puts connection options where the client finds them", async () => {
  const { cert, key } = certificate("client");
  const argv = "--latency-breakdown --per-address --cert c.pem --key c.key --sni other.test --tls-min 1.2 " +
    "--tls-max 1.3 -6 --dns-refresh 5s --resolve b:81:127.0.0.1 --connect-to ::b:81 https://x/";
  const { client } = await planOf(argv.split(" "), { files: { "c.pem": cert, "c.key": key } });
  assertEquals(client.tls, {
    verify: true,
    caCerts: [],
    cert,
    key,
    sni: "other.test",
    minVersion: "1.2",
    maxVersion: "1.3",
  });
  assertEquals([client.phases, client.perAddress, client.family, client.dnsRefreshMs], [true, true, 6, 5000]);
  assertEquals(client.resolve, [
    { host: "", port: 0, toHost: "127.0.0.1", toPort: 81 },
    { host: "b", port: 81, toHost: "127.0.0.1", toPort: 81 },
  ]);
  const unix = await planOf(["--unix-socket", "/run/s", "-4", "http://x/"]).catch((error) => error);
  assertMatch(String(unix.message), /--unix-socket cannot be given together with -4/);
  if (Deno.build.os === "windows") return;
  assertEquals((await planOf(["--unix-socket", "/run/s", "http://x/"])).client.unixSocket, "/run/s");
});

Deno.test("checkConnectionOptions() knows that Windows has no Unix sockets", async () => {
  const { values } = await settingsOf(["--unix-socket", "/run/s", "http://x/"]);
  assertEquals(checkConnectionOptions(values, "windows"), ["--unix-socket is not available on Windows"]);
  assertEquals(checkConnectionOptions(values, "linux"), []);
});

const REFUSED: readonly (readonly [argv: string, problem: string])[] = [
  ["--cert c.pem", "--cert needs --key"],
  ["--key c.key", "--key needs --cert"],
  ["-4 -6", "-4 cannot be given together with -6"],
  ["--tls-min 1.3 --tls-max 1.2", "leave no TLS version"],
  ["--tls-min 1.1", "expected 1.2 or 1.3"],
  ["--sni 127.0.0.1", "expected a host name, not an address"],
  ["--unix-socket /run/s", "--unix-socket cannot carry https: URLs"],
  ["--cert none --key c.key", 'Cannot read --cert "none": there is no such file'],
  ["--cert bad --key c.key", 'Cannot read --cert "bad": it holds no PEM certificate'],
  ["--cert c.pem --key none", 'Cannot read --key "none": there is no such file'],
  ["--cert c.pem --key bad", 'Cannot read --key "bad": it holds no PEM private key'],
  ["--cert c.pem --key locked", "it is encrypted"],
  ["--cert c.pem --key s.key", "it does not belong to the certificate"],
];

for (const [argv, problem] of REFUSED) {
  Deno.test(`composePlan() refuses ${argv}`, async () => {
    const files = {
      "c.pem": certificate("client").cert,
      "c.key": certificate("client").key,
      "s.key": certificate("server").key,
      bad: "nothing",
      locked: "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    };
    const error = await assertRejects(
      () => planOf([...argv.split(" "), "https://x/"], { files }),
      UsageError,
    );
    assertStringIncludes(error.message, problem);
  });
}

Deno.test("bench --latency-breakdown reports phases, those of connecting over new connections only", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const argv = ["--latency-breakdown", "--per-address", "-n", "40", "-c", "4", "-t", "1"];
  const { code, out } = await program([...argv, "--json", "-", `${server.url}/delay/20`]);
  const { latency_breakdown: phases, addresses } = JSON.parse(out);
  assertEquals([code, phases.new_connections, phases.reused_connections], [0, 4, 36]);
  assertEquals([phases.dns, phases.tls, phases.connect.count], [{ count: 0 }, { count: 0 }, 4]);
  assertEquals([phases.ttfb.count, phases.transfer.count, phases.total.count], [40, 40, 40]);
  assertGreaterOrEqual(phases.ttfb.min, 0.019, "the server waits 20 ms");
  const sum = phases.ttfb.avg + phases.transfer.avg;
  assertGreater(sum, 0.9 * phases.total.avg, `${sum}`);
  assertLess(sum, 1.01 * phases.total.avg, `${sum}`);
  assertEquals(addresses, { "127.0.0.1": 40 });
  const terminal = await program([...argv, `${server.url}/`]);
  assertMatch(terminal.out, /TCP Connect +\d\S+ +\d/);
  assertMatch(terminal.out, /TLS Handshake +–\n/);
  assertMatch(terminal.out, /Connections: 4 new, 36 reused\n/);
});

Deno.test("bench checks the certificate where --resolve leads, and shows its own", async () => {
  await using server = await startRawServer((connection) => connection.send(response("ok")), {
    tls: certificate("server"),
    clientRoot: ROOT,
  });
  await using temp = await tempDir();
  const directory = temp.path;
  await Deno.writeTextFile(`${directory}/ca.pem`, ROOT);
  const { cert, key } = certificatePaths("client");
  const { code, out, err } = await program([
    ...["--ca-bundle", `${directory}/ca.pem`, "--ssl-verify", "--cert", cert, "--key", key],
    ...["--resolve", `nowhere.test:${server.port}:127.0.0.1`, "--sni", "localhost", "--tls-max", "1.2"],
    ...["-n", "3", "-c", "1", "--latency-breakdown", "--json", "-"],
    `https://nowhere.test:${server.port}/`,
  ]);
  const result = JSON.parse(out || "{}");
  assertEquals([code, result.total_errors], [0, 0], err);
  assertMatch(err, /TLSv1\.2, .*certificate trusted/);
  assertEquals(result.latency_breakdown.tls.count, 1);
  assertMatch(server.requests[0]!.head, /^Host: nowhere\.test:\d+\r?$/m);
});
