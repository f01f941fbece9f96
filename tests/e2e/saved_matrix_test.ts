/** A saved run rendered again says what the run said, whatever its settings were: on the terminal and in every file. */
import { startTarget } from "../../src/target/serve.ts";
import { certificate, certificatePaths } from "../_support/certificates.ts";
import { type Command, manyPrograms } from "../_support/many_programs.ts";
import type { Ended } from "../_support/program.ts";
import { startProxy } from "../_support/proxy_server.ts";
import { type RawServer, response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { assertSame, outputs, reportAgain } from "./_saved_again.ts";

const SCENARIO = `
name: Shop
data: { people: { file: people.json, strategy: unique } }
steps:
  - { name: "find \${people.name}", path: "/echo?token=secret&name=\${people.name}", extract: { m: { json: method } } }
  - { name: broken, path: "/json?m=\${m}", assert_status: 201, think_time: 2ms }
  - { name: lost, path: /json, extract: { no: { json: nothing } }, think_time: 1ms }
  - { name: never, path: "/\${no}" }
`;

const FEW = `
data: { people: { file: few.json, strategy: unique } }
steps: [{ path: "/echo?name=\${people.name}" }]
`;

interface Servers {
  readonly plain: string;
  /** `HOST:PORT` of the plain one. */
  readonly address: string;
  readonly tls: string;
  /** Responds to ten requests, and is gone. */
  readonly leaving: string;
  /** `HOST:PORT` of a proxy that wants credentials. */
  readonly proxy: string;
  readonly folder: string;
}

/** Words for each setting; what stands in braces is filled in. */
const RUNS: Readonly<Record<string, string>> = {
  "a number of requests": "-n 200 -c 4 {plain}/",
  "a time, two threads, a warm-up": "-d 600ms -c 3 -t 2 --warmup 200ms {plain}/bytes/100",
  "users with pauses": "-u 5 -d 600ms --ramp-up 200ms --think-time 10ms --think-jitter 0.5 {plain}/",
  "a rate": "--rate 100 -d 600ms {plain}/json",
  "a rate that drops arrivals": "--rate 50 -d 600ms -c 1 --grace 50ms {plain}/delay/200",
  "a ramp": "-t 2 --rate 50 --rate-ramp 150 -d 600ms {plain}/",
  "a traffic profile": "--rate 100 --traffic-profile sine -d 600ms {plain}/",
  "a number at a rate": "--rate 200 -n 50 {plain}/",
  "a scenario with errors": "-t 2 --scenario {folder}/s.yaml --iterations 20 -c 3 --seed 7 {plain}",
  "a scenario with users": "--scenario {folder}/s.yaml -u 3 -d 500ms --think-time 5ms {plain}",
  "a scenario at a rate": "--scenario {folder}/s.yaml --rate 30 -d 500ms {plain}",
  "no cookies": "--scenario {folder}/s.yaml --iterations 4 --no-session-cookies {plain}",
  "a URL list": "--url-file {folder}/urls.txt -n 60 -c 3",
  "HTTP/2 with streams": "-t 2 --http2 --streams 10 -c 2 -n 300 {tls}/",
  "HTTP/2 with streams at a rate": "--http2 --streams 10 -c 20 --rate 100 -d 500ms {tls}/",
  "HTTP/2 that the server does not speak": "--http2 -c 2 -n 20 {plain}/",
  "HTTP/2 through a proxy": "--http2 --streams 5 -c 2 -n 60 --proxy http://u:secret@{proxy} {tls}/",
  "a proxy": "-c 3 -n 60 --proxy http://u:secret@{proxy} {plain}/",
  "TLS that is checked": "-n 40 --ca-bundle {folder}/ca.pem --ssl-verify {tls}/",
  "TLS that is not trusted": "-n 40 -c 2 {tls}/",
  "local addresses": "-n 40 -c 4 --local-address 127.0.0.1,127.0.0.2 {plain}/",
  "counts by address and phases": "-n 60 --per-address --latency-breakdown --verify-length {plain}/",
  "names that lead elsewhere": "-n 20 --connect-to far.test:80:{address} http://far.test/",
  "the fetch client": "-n 40 -c 2 --client fetch {plain}/",
  "no keep-alive": "-n 40 -c 2 --no-keepalive {plain}/",
  "redirects": "-n 40 -c 2 --follow-redirects {plain}/redirect/2",
  "redirects that are not followed": "-n 40 -c 2 {plain}/redirect/2",
  "errors": "-t 2 -n 100 -c 4 {plain}/flaky/30",
  "a target that goes away": "-d 600ms -c 2 {leaving}/",
  "requests that time out": "-n 12 -c 4 --timeout 200ms {plain}/hang/3",
  "unfinished requests": "-d 400ms -c 2 --grace 0 {plain}/delay/5000",
  "thresholds and tags": "-n 100 --tag a=b --tag c=d --th p95<1us --th p99<300 --th rps>1 {plain}/",
  "thresholds that end it": "-d 5 -c 2 --th error_rate<1% --abort-on-fail {plain}/status/500",
  "a baseline": "-n 100 --baseline {folder}/base.json --fail-on worse --fail-on rps<-99% {plain}/",
  "trust that is demanded": "-n 100 --strict-trust {plain}/",
  "a question before a body that nothing has": "-n 20 -c 2 --expect-continue {plain}/",
  "a question before bodies": "-n 20 -c 2 --expect-continue -m POST -b hello {plain}/echo",
  "no question before bodies": "-n 20 -c 2 --no-expect-continue -m POST -b hello {plain}/echo",
  "heads alone": "-n 20 -c 2 --no-read-body {plain}/bytes/1000",
  "bodies beyond the limit": "--scenario {folder}/s.yaml --iterations 4 --body-limit 2 {plain}",
  "rows that run out": "--scenario {folder}/few.yaml -d 20 -c 2 {plain}",
  "rows that run out at a rate": "--scenario {folder}/few.yaml -d 20 --rate 50 {plain}",
  "a wait for the target": "-n 20 --wait-ready {plain}/",
  "a TLS version that is asked for": "-n 20 --tls-min 1.3 {tls}/",
  "a window, a family, a refresh": "-n 20 --http2 --h2-window 1MiB --dns-refresh 1s -4 {tls}/",
  "credentials": "-n 20 -A user:secret -H Authorization:x {plain}/?api_key=secret",
};

function startTls() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate("server") },
    () => new Response("hello"),
  );
  return { url: `https://localhost:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function startLeaving(): Promise<RawServer> {
  const server = await startRawServer(async (connection, { number }) => {
    if (number > 10) return server.close();
    await connection.send(response("soon gone"));
  });
  return server;
}

async function withServers(test: (servers: Servers) => Promise<void>): Promise<void> {
  await using plain = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using tls = startTls();
  await using leaving = await startLeaving();
  await using proxy = startProxy({ kind: "http", credentials: "u:secret" });
  await using temp = await tempDir();
  const folder = temp.path;
  const people = Array.from({ length: 2000 }, (_, i) => ({ name: `p${i}` }));
  await Deno.writeTextFile(`${folder}/people.json`, JSON.stringify(people));
  await Deno.writeTextFile(`${folder}/s.yaml`, SCENARIO);
  await Deno.writeTextFile(`${folder}/few.json`, JSON.stringify(people.slice(0, 9)));
  await Deno.writeTextFile(`${folder}/few.yaml`, FEW);
  await Deno.writeTextFile(
    `${folder}/urls.txt`,
    `${plain.url}/\n${plain.url}/json\nPOST ${plain.url}/echo\n`,
  );
  await Deno.copyFile(certificatePaths("server").cert.replace("server.pem", "ca.pem"), `${folder}/ca.pem`);
  await test({
    plain: plain.url,
    address: new URL(plain.url).host,
    tls: tls.url,
    leaving: leaving.origin,
    proxy: `127.0.0.1:${proxy.port}`,
    folder,
  });
}

/** What the run and its repetition printed and wrote, by settings. */
async function runAll(servers: Servers): Promise<ReadonlyMap<string, readonly [ran: Ended, again: Ended]>> {
  const { folder } = servers;
  const base = ["-n", "100", "-t", "1", "--save-baseline", `${folder}/base.json`, `${servers.plain}/`];
  const commands = Object.values(RUNS).map((words, i): readonly Command[] => {
    const filled = words.replace(/\{(\w+)\}/g, (_, name: keyof Servers) => servers[name]).split(" ");
    const threads = filled.includes("-t") ? [] : ["-t", "1"];
    const length = i % 2 === 0 ? [] : ["--full"];
    return [
      ...(filled.includes("--baseline") ? [{ args: base }] : []),
      { args: [...outputs(folder, `${i}.1`), ...threads, ...length, ...filled] },
      { args: [...reportAgain(folder, `${i}.1`, `${i}.2`), ...length] },
    ];
  });
  // Two processes share the runs, which mostly wait.
  const processes = [0, 1].map((half) => commands.filter((_, i) => i % 2 === half));
  const ended = await Promise.all(processes.map(async (list) => {
    const all = (await manyPrograms(list.flat())).values();
    return list.map((of) => of.map(() => all.next().value!).slice(-2) as [Ended, Ended]);
  }));
  return new Map(Object.keys(RUNS).map((settings, i) => [settings, ended[i % 2]![i >> 1]!]));
}

Deno.test("a saved run says again what the run said", async (t) => {
  await withServers(async (servers) => {
    const all = await runAll(servers);
    for (const [i, settings] of Object.keys(RUNS).entries()) {
      await t.step(
        settings,
        () => assertSame(all.get(settings)!, { folder: servers.folder, rounds: [`${i}.1`, `${i}.2`] }),
      );
    }
  });
});
