/** Plans of a rogue master for a worker that may load one address and port alone. */
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";
import type { DataSet } from "../../src/plan/scenario.ts";
import { planFor } from "../_support/plan.ts";

/** What is out there. Only `allowed` is allowed. */
export interface Context {
  readonly allowed: number;
  readonly forbidden: number;
  /** A file that must not be opened, and a Unix socket that must not be connected to. */
  readonly file: string;
  readonly socket: string;
}

/** An order in JSON, and the words of which one must be heard at the master. */
export type RoguePlan = readonly [name: string, order: string, expected: RegExp];

interface Changes {
  readonly client?: Partial<ClientSpec>;
  readonly step?: Partial<HttpStep>;
  readonly env?: Readonly<Record<string, string>>;
  readonly rows?: readonly (readonly string[])[];
  readonly plan?: Readonly<Record<string, unknown>>;
  readonly shares?: unknown;
}

const NOT_ALLOWED = /not among the targets allowed here|target_not_allowed/;
const NOT_HTTP = /Expected an http or https URL/;
const ONE_REQUEST = { kind: "requests", unit: "requests", amount: 1, connections: 1 } as const;

/** All of them. */
export function roguePlans({ allowed, forbidden, file, socket }: Context): readonly RoguePlan[] {
  const home = `http://127.0.0.1:${allowed}/`;
  const evil = `127.0.0.1:${forbidden}`;
  const order = (url: string, changes: Changes = {}): string => {
    const plan = planFor(url, ONE_REQUEST, {
      ...(changes.client && { client: changes.client }),
      ...(changes.step && { step: changes.step }),
    });
    const data: readonly DataSet[] = changes.rows === undefined
      ? []
      : [{ name: "rows", strategy: "loop", fields: ["x"], rows: changes.rows }];
    const scenario = { ...plan.scenario, data, ...(changes.env && { env: changes.env }) };
    return JSON.stringify({
      kind: "plan",
      plan: { ...plan, scenario, ...changes.plan },
      shares: changes.shares ?? [{ index: 0, of: 1 }],
    });
  };
  const template = (url: string, changes: Changes = {}) =>
    order(home, { ...changes, step: { url, base: home, isTemplate: true, ...changes.step } });
  const rule = (toHost: string, toPort: number, host = "127.0.0.1") =>
    order(home, { client: { resolve: [{ host, port: 0, toHost, toPort }] } });
  const viaFetch = { client: { kind: "fetch" } } as const;

  const urls: readonly string[] = [
    `http://${evil}/`,
    `http://localhost:${allowed}/`,
    `http://[::1]:${allowed}/`,
    `http://127.0.0.2:${allowed}/`,
    `http://0.0.0.0:${forbidden}/`,
    `http://2130706433:${forbidden}/`,
    `http://0x7f000001:${forbidden}/`,
    `http://0177.0.0.1:${forbidden}/`,
    `http://127.1:${forbidden}/`,
    `http://[::ffff:127.0.0.1]:${forbidden}/`,
    `http://127.0.0.1:${allowed}@${evil}/`,
    `http://127.0.0.1:${allowed}\\@${evil}/`.replace("\\@", "%2F@"),
    `ht\ttp://127.0.0.1:\n${forbidden}/`,
    `  http://${evil}/`,
    `http://１２７.0.0.1:${forbidden}/`,
    `http://%31%32%37.0.0.1:${forbidden}/`,
    `http://127.0.0.1.:${forbidden}/`,
    `HTTP:${evil}/`,
    `http:\\\\${evil}`,
    `https://127.0.0.1:${forbidden}/`,
  ];
  const templates: readonly (readonly [url: string, value?: string])[] = [
    [`/\t/${evil}/x`],
    [`/\n/${evil}/x`],
    [`/\\${evil}/`],
    [`//${evil}/`],
    [`\t//${evil}/`],
    ["${env(H)}", `http://${evil}/`],
    [`http://127.0.0.1:${allowed}\${env(H)}/`, `@${evil}`],
    ["http://${env(H)}/", evil],
    ["http://127.0.0.1:${env(H)}/", String(forbidden)],
    ["${env(H)}", `\thttp:/\t/${evil}/`],
  ];
  return [
    ["what is allowed", order(home), /^done .*\{\}$/],
    [
      "a value in a path, which stays in the path",
      template("/${env(H)}", { env: { H: `/${evil}/` } }),
      /^done .*\{\}$/,
    ],
    ...urls.map((url): RoguePlan => [JSON.stringify(url), order(url), NOT_ALLOWED]),
    ...templates.map(([url, H = ""]): RoguePlan => [
      `${JSON.stringify(url)} with ${JSON.stringify(H)}`,
      template(url, { env: { H } }),
      NOT_ALLOWED,
    ]),
    ["a host from a data row", template("http://${rows.x}/", { rows: [[evil]] }), NOT_ALLOWED],
    ["fetch: another port", order(`http://${evil}/`, viaFetch), NOT_ALLOWED],
    [
      "fetch: a host from a data row",
      template("http://${rows.x}/", { ...viaFetch, rows: [[evil]] }),
      NOT_ALLOWED,
    ],
    ["a redirect", order(`${home}to/http://${evil}/`, { client: { maxRedirects: 3 } }), NOT_ALLOWED],
    [
      "a redirect without a scheme",
      order(`${home}to/${evil}/`, { client: { maxRedirects: 3 } }),
      NOT_ALLOWED,
    ],
    [
      "fetch: a redirect",
      order(`${home}to/http://${evil}/`, { client: { kind: "fetch", maxRedirects: 3 } }),
      NOT_ALLOWED,
    ],
    [
      "a redirect to a file",
      order(`${home}to/file://${file}`, { client: { kind: "fetch", maxRedirects: 3 } }),
      /bad_redirect/,
    ],
    ["--resolve to another port", rule("127.0.0.1", forbidden), NOT_ALLOWED],
    ["--connect-to without a host", rule("", forbidden), NOT_ALLOWED],
    ["--connect-to for any host", rule("", forbidden, ""), NOT_ALLOWED],
    ["--connect-to by name", rule("localhost", forbidden), NOT_ALLOWED],
    ["--connect-to in hexadecimal", rule("0x7f.1", forbidden), NOT_ALLOWED],
    ["--connect-to with a NUL", rule(`127.0.0.1\0`, allowed), NOT_ALLOWED],
    ["--connect-to with a zone", rule("::1%lo", forbidden), NOT_ALLOWED],
    ["a port beyond all ports", rule("127.0.0.1", 65_536 + forbidden), /Expected <=65535|could not use/],
    ["a proxy", order(home, { client: { proxy: { http: `http://${evil}`, bypass: [] } } }), NOT_ALLOWED],
    [
      "a SOCKS proxy",
      order(home, { client: { proxy: { http: `socks5://${evil}`, bypass: [] } } }),
      NOT_ALLOWED,
    ],
    [
      "a target behind an allowed proxy",
      template("http://${env(H)}/", {
        env: { H: evil },
        client: { proxy: { http: home.slice(0, -1), bypass: [] } },
      }),
      NOT_ALLOWED,
    ],
    [
      "a tunnel through an allowed proxy",
      template("https://${env(H)}/", {
        env: { H: evil },
        client: { proxy: { https: home.slice(0, -1), bypass: [] } },
      }),
      NOT_ALLOWED,
    ],
    [
      "fetch: a proxy",
      order(home, { client: { kind: "fetch", proxy: { http: `http://${evil}`, bypass: [] } } }),
      NOT_ALLOWED,
    ],
    ["HTTP/2", order(`https://${evil}/`, { client: { http2: true } }), NOT_ALLOWED],
    [
      "HTTP/2: a host from a data row",
      template("https://${rows.x}/", { rows: [[evil]], client: { http2: true } }),
      NOT_ALLOWED,
    ],
    ["a Unix socket", order(home, { client: { unixSocket: socket } }), /opens no local socket/],
    [
      "fetch: a Unix socket",
      order(home, { client: { kind: "fetch", unixSocket: socket } }),
      /opens no local socket/,
    ],
    ["a file", order(`file://${file}`, viaFetch), NOT_HTTP],
    ["a data: URL", order("data:text/plain,x", viaFetch), NOT_HTTP],
    ["ftp", order(`ftp://${evil}/`), NOT_HTTP],
    [
      "a file by a template",
      template("${env(H)}", { ...viaFetch, env: { H: `file://${file}` } }),
      /is not an http or https URL/,
    ],
    ["a file as a base", template("${env(H)}", { ...viaFetch, step: { base: `file://${file}` } }), NOT_HTTP],
    [
      "a file as a body",
      order(home, { step: { body: { kind: "file", path: file, bytes: 9 } } }),
      /could not use/,
    ],
    [
      "1024 shares",
      order(home, { shares: Array.from({ length: 1024 }, (_, index) => ({ index, of: 1024 })) }),
      /1024 threads are more/,
    ],
    [
      "1025 shares",
      order(home, { shares: Array.from({ length: 1025 }, (_, index) => ({ index, of: 1025 })) }),
      /could not use/,
    ],
    ["a share of none", order(home, { shares: [{ index: 0, of: 0 }] }), /could not use/],
    ["no shares", order(home, { shares: [] }), /could not use/],
    [
      "a million connections",
      order(home, { plan: { load: { ...ONE_REQUEST, connections: 1e6 } } }),
      /1,000,000 connections are more/,
    ],
    ["streams of none", order(home, { client: { streams: 0 } }), /could not use/],
    [
      "a year",
      order(home, { plan: { load: { kind: "duration", connections: 1, durationMs: 3.2e10 } } }),
      /--max-duration/,
    ],
    ["a year of grace", order(home, { plan: { gracefulStopMs: 3.2e10 } }), /--max-duration/],
    [
      "a body of 40 MB",
      order(home, { step: { body: { kind: "text", text: "x".repeat(4e7) } } }),
      /--max-data/,
    ],
    ["two million rows", template("/${rows.x}", { rows: new Array(2e6).fill([""]) }), /--max-data/],
    [
      "no flows",
      order(home, { plan: { scenario: { ...planFor(home, ONE_REQUEST).scenario, flows: [] } } }),
      /could not use/,
    ],
    ["a text of a gigabyte", template("/${randstr(1000000000)}"), /template|randstr/],
    ["another version", order(home, { plan: { version: 2 } }), /could not use/],
    ["brackets without end", "[".repeat(1e6), /could not use/],
    ["what is allowed, still", order(home), /^done .*\{\}$/],
  ];
}
