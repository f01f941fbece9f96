/** Commands with a secret in every place that can hold one. */
import type { Command } from "../_support/many_programs.ts";

/** The secret. */
export const CANARY = "canary8472";

/** What commands need to know. */
export interface Context {
  /** The target's URL. */
  readonly url: string;
  /** A receiver of metrics. */
  readonly receiver: string;
  /** Writes a file for the commands; returns its path. */
  file(name: string, text: string): Promise<string>;
}

const HEADERS = [
  ...["Authorization", "Proxy-Authorization", "Cookie", "X-Session-Id", "X-Functions-Key", "X-Access-Key"],
  ...["Ocp-Apim-Subscription-Key", "X-JWT", "X-Auth", "X-Passwd", "X-Signature", "X-Credential", "X-Api-Key"],
];

const URLS = [
  ...[
    "api_key",
    "session",
    "sid",
    "jwt",
    "PHPSESSID",
    "otp",
    "access_token",
    "client_secret",
    "X-Amz-Signature",
  ]
    .map((name) => `/echo?page=1&${name}=${CANARY}`),
  `/echo;jsessionid=${CANARY}?page=1`,
  `/echo?next=${encodeURIComponent(`/a?token=${CANARY}`)}`,
  `/echo?next=http://me:${CANARY}@a.test/`,
  `/echo?%74oken=${CANARY}`,
  `/echo#access_token=${CANARY}`,
];

const BODIES = [
  `{"user": "ann", "password": "${CANARY}"}`,
  `user=ann&client_secret=${CANARY}`,
  CANARY,
];

/** Steps of scenarios that a load and a dry run are made of. */
const STEPS = [
  { path: `/echo?api_key=${CANARY}` },
  { path: "/echo?page=${env(CANARY)}" },
  { path: "/${env(CANARY)}/${counter()}" },
  { path: "/echo", headers: { "X-Tenant": "${env(CANARY)}", "X-Access-Key": CANARY } },
  { path: "/echo", method: "POST", body: { password: CANARY, other: "${env(CANARY)}" } },
  { path: "/echo", method: "POST", body: `user=ann&client_secret=${CANARY}` },
  { path: "/${users.password}/x", headers: { "X-Row": "${users.password}" } },
  { path: "/echo", method: "POST", body: { o: "${users.password}" }, extract: { token: { json: "$.body" } } },
  { name: `GET /missing?token=${CANARY}`, path: `/status/404?token=${CANARY}`, assert_status: 200 },
  {
    path: "/login",
    method: "POST",
    assert_json: { "$.token": CANARY },
    assert_header: { "set-cookie": CANARY },
    assert_body_contains: `"password":"${CANARY}"`,
  },
  { path: "/echo", headers: { "X-Password": CANARY }, assert_header: { "x-none": CANARY } },
];

/** Commands that do what they are told, and commands that are refused; in both each has its secret elsewhere. */
export async function canaryCommands(
  { url, receiver, file }: Context,
): Promise<{ readonly valid: readonly Command[]; readonly refused: readonly Command[] }> {
  const withUser = (text: string) => text.replace("://", `://user:${CANARY}@`);
  const run = (...args: string[]): Command => ({
    args: ["-n", "4", "-c", "2", "-t", "1", "-v", "4", ...args],
  });
  const echo = `${url}/echo`;
  const data = await file("users.csv", `name,password\nann,${CANARY}\n`);
  const scenarios = await Promise.all(
    STEPS.map((step, i) =>
      file(
        `step${i}.json`,
        JSON.stringify({ name: "s", base_url: url, data: { users: { file: data } }, steps: [step] }),
      )
    ),
  );
  const body = await file("body.json", BODIES[0]!);
  const config = await file(
    "bench.yaml",
    `header: ["X-Api-Key: ${CANARY}"]\nbasic-auth: "u:${CANARY}"\nbody: ${CANARY}\n`,
  );
  const badConfig = await file("bad.yaml", `basic-auth: ${CANARY}\nheader: ["Authorization ${CANARY}"]\n`);
  const urls = await file("urls.txt", URLS.map((path) => `${url}${path}\n`).join(""));
  const badUrls = await file("bad_urls.txt", `POST me:${CANARY}@host/ x\nhttp://me:${CANARY}@h:99999/\n`);
  const bad = async (name: string, text: string) => await file(name, text);
  const env = { CANARY };
  const valid = [
    run("-A", `user:${CANARY}`, echo),
    ...HEADERS.map((name) => run("-H", `${name}: ${CANARY}`, echo)),
    run("-H", `X-Other: Bearer ${CANARY}`, echo),
    run("-C", `session=${CANARY}`, echo),
    run(withUser(echo)),
    ...URLS.map((path) => run(`${url}${path}`)),
    ...BODIES.map((text) => run("-m", "POST", "-b", text, echo)),
    run("-m", "POST", "-p", body, echo),
    {
      ...run(echo),
      env: { BENCH_HEADER: `X-Api-Key: ${CANARY}`, BENCH_BODY: CANARY, BENCH_BASIC_AUTH: `u:${CANARY}` },
    },
    run("--config", config, echo),
    run("--proxy", withUser(url), echo),
    { ...run("--proxy", "env", echo), env: { HTTP_PROXY: withUser(url) } },
    run("--client", "fetch", `${echo}?sid=${CANARY}`),
    run("--http2", "-H", `X-JWT: ${CANARY}`, `${echo}?sid=${CANARY}`),
    run("--follow-redirects", "-H", `X-JWT: ${CANARY}`, `${url}/redirect/2?sid=${CANARY}`),
    run("--url-file", urls),
    run("--url-file", urls, "--url-mode", "sequential"),
    run("--threshold", `step:GET ${echo}?sid=*** p95 < 10s`, `${echo}?sid=${CANARY}`),
    run(
      "--otel-endpoint",
      withUser(receiver),
      "--export-header",
      `Authorization: ${CANARY}`,
      `${echo}?sid=${CANARY}`,
    ),
    run(
      "--pushgateway",
      withUser(receiver),
      "--influx",
      `${receiver}/write?token=${CANARY}`,
      `${echo}?sid=${CANARY}`,
    ),
    run("--remote-write", withUser("http://127.0.0.1:1/"), `${echo}?sid=${CANARY}`),
    {
      args: [
        "--autofind",
        "--max-users",
        "11",
        "--step-duration",
        "0.2",
        "--think-time",
        "0.1",
        `${echo}?sid=${CANARY}`,
      ],
    },
    ...scenarios.map((path) => ({ ...run("--scenario", path), env })),
    ...scenarios.map((path) => ({ args: ["--check", "--scenario", path], env })),
    ...scenarios.slice(0, 8).map((path) => ({ args: ["--check", "--json", "-", "--scenario", path], env })),
    run("-H", `Referer: http://h/?sid=${CANARY}`, echo),
    run("-m", "POST", "-b", JSON.stringify({ query: `mutation{login(pw:"${CANARY}")}` }), echo),
    {
      args: [
        "curl-import",
        "--",
        "curl",
        "-u",
        `me:${CANARY}`,
        "-H",
        `X-Api-Key: ${CANARY}`,
        "-b",
        `a=${CANARY}`,
        echo,
      ],
    },
  ];
  const refused = [
    run(`http://user:${CANARY}@127.0.0.1:1/?sid=${CANARY}`),
    run(`user:${CANARY}@host/x`),
    run(`http://user:${CANARY}/x@host/`),
    run(`http://user:${CANARY}@host:99999/`),
    run(`http://h/?token=${CANARY} x`),
    run("-H", `Authorization ${CANARY}`, echo),
    run("-H", `X: Bearer ${CANARY}\u0001`, echo),
    run("-A", CANARY, echo),
    run("-C", CANARY, echo),
    run("--proxy", `ftp://user:${CANARY}@h`, echo),
    run("--config", badConfig, echo),
    run("--url-file", badUrls),
    run("--otel-endpoint", `user:${CANARY}@h`, echo),
    run(
      "--scenario",
      await bad("base.yaml", `base_url: "http://me:${CANARY}@h/?token=${CANARY}"\nsteps: [{path: /}]\n`),
    ),
    run(
      "--scenario",
      await bad("path.yaml", `base_url: http://h\nsteps: [{path: "http://me:${CANARY}@h/"}]\n`),
    ),
    run(
      "--scenario",
      await bad(
        "header.yaml",
        `base_url: http://h\nsteps: [{path: /, headers: {X-Api-Key: {a: ${CANARY}}}}]\n`,
      ),
    ),
    run(
      "--scenario",
      await bad("alias.yaml", `base_url: http://h\nsteps: [{path: /, body: {password: *${CANARY}}}]\n`),
    ),
    run(
      "--scenario",
      await bad("tag.yaml", `base_url: http://h\nsteps: [{path: /, body: {password: !${CANARY} }}]\n`),
    ),
    run("--scenario", await bad("cut.json", `{"steps":[{"path":"/","headers":{"X-Api-Key":${CANARY}}}]}`)),
    run(
      "--scenario",
      await bad(
        "line.yaml",
        `base_url: http://h\nsteps: [{path: /, headers: {X-Api-Key: "${CANARY}\\n"}}]\n`,
      ),
    ),
    {
      ...run("--scenario", await bad("env.yaml", "base_url: 'ftp://${env(CANARY)}'\nsteps: [{path: /}]\n")),
      env,
    },
    {
      ...run(
        "--scenario",
        await bad("env2.yaml", "base_url: 'http://h:${env(CANARY)}/'\nsteps: [{path: /}]\n"),
      ),
      env,
    },
    run(
      "--nats",
      `nats://user:${CANARY}@127.0.0.1:1`,
      "--master",
      "--run-id",
      "a",
      "--expect-workers",
      "1",
      "--join-timeout",
      "0.1",
      echo,
    ),
    { args: ["--worker", "127.0.0.1:1", "--secret", CANARY, "--join-timeout", "0.1"] },
    { args: ["openapi-import", withUser("http://127.0.0.1:1/api.yaml") + `?token=${CANARY}`] },
    {
      args: [
        "curl-import",
        "--",
        "curl",
        "-x",
        `http://me:${CANARY}@h`,
        "--bogus",
        `http://me:${CANARY}@h:x/`,
      ],
    },
  ];
  return { valid, refused };
}
