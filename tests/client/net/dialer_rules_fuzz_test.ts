/** Random plans: a worker's dialer reaches no target that its owner did not allow. */
import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { Dialer } from "../../../src/client/net/dialer.ts";
import { FAILURE } from "../../../src/metrics/failure.ts";
import type { ProxySpec, ResolveRule } from "../../../src/plan/client_spec.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

const RULES = { targets: ["api.test:80", "10.0.0.7", "*.wild.test", "[::1]:8080"] };

/** Where names lead, for this test; only the first is allowed. */
const FOUND = "192.0.2.1";

/** A name that may be looked up. */
const NAME = /^(?:api\.test|.+\.wild\.test)$/;

/** What may be reached: an address and port, or where the name led that was looked up last. */
function isFine(name: string | undefined, address: string, port: number): boolean {
  if (address === FOUND) return name === "api.test" ? port === 80 : NAME.test(name ?? "");
  return address === "10.0.0.7" || (address === "::1" && port === 8080);
}

const hosts = fc.constantFrom(
  ...["api.test", "API.test", "api.test.", "evil.test", "a.wild.test", "wild.test", "xwild.test", "10.0.0.7"],
  ...["10.0.0.8", "10.7", "0xa.0.0.7", "012.0.0.7", "167772167", "127.0.0.1", "127.1", "[::1]", "[::2]"],
  ...[
    "[::ffff:10.0.0.7]",
    "[0:0::1]",
    "api.test%00",
    "api%2etest",
    "１0.0.0.7",
    "a.wild.test\0",
    "::1%lo.wild.test",
  ],
  ...["127.0.0.1%0a.wild.test", "localhost", "", " ", "xn--a", "a_b.wild.test", "127.0.0.1.wild.test"],
);
const noise = fc.constantFrom(
  "",
  "",
  "",
  "",
  "\t",
  "\n",
  "\\",
  "/",
  "//",
  "@",
  "#",
  "?",
  ":",
  "..",
  " ",
  "user:p@",
  "%09",
);
const ports = fc.constantFrom(
  "",
  "",
  ":80",
  ":8080",
  ":443",
  ":0",
  ":65616",
  ":080",
  ": 80",
  ":80@evil.test:81",
);
const schemes = fc.constantFrom(
  "http://",
  "http://",
  "https://",
  "HTTP:",
  "ht\ttp://",
  "//",
  "\\\\",
  "/\t/",
  "http:/",
  "",
);
const urls = fc.tuple(noise, schemes, noise, hosts, ports, noise, fc.string({ maxLength: 3 })).map((parts) =>
  parts.join("")
);
const rules: fc.Arbitrary<ResolveRule> = fc.record({
  host: fc.constantFrom("", "api.test", "10.0.0.7", "::1"),
  port: fc.constantFrom(0, 80, 8080),
  toHost: hosts,
  toPort: fc.constantFrom(0, 80, 81, 8080),
});
const proxyUrls = fc.tuple(
  fc.constantFrom("http://", "socks5://", "socks5h://"),
  hosts,
  fc.constantFrom(":80", ":8080", ":3128"),
)
  .map((parts) => parts.join(""));
const proxies: fc.Arbitrary<ProxySpec> = fc.record({
  http: proxyUrls,
  https: proxyUrls,
  bypass: fc.constant(["10.0.0.7"]),
});

Deno.test("whatever a plan says, a dialer with rules looks up and connects to nothing else", async () => {
  let connects = 0;
  let lookUps = 0;
  const connect = Object.getOwnPropertyDescriptor(Deno, "connect")!;
  const asked: { name?: string } = {};
  const wrong: string[] = [];
  const fake = ({ hostname, port }: { hostname: string; port: number }) => {
    connects++;
    if (!isFine(asked.name, hostname, port)) wrong.push(`${asked.name ?? ""} ${hostname} ${port}`);
    return Promise.reject(new Deno.errors.ConnectionRefused("refused"));
  };
  Object.defineProperty(Deno, "connect", { ...connect, value: fake });
  try {
    await fc.assert(
      fc.asyncProperty(
        urls,
        fc.array(rules, { maxLength: 2 }),
        fc.option(proxies, { nil: undefined, freq: 3 }),
        async (text, resolve, proxy) => {
          const url = URL.parse(text, "http://api.test/");
          if (url === null) return;
          delete asked.name;
          const dialer = new Dialer({ ...PLAIN_CLIENT, resolve, ...(proxy && { proxy }) }, {
            lookUp: (name) => {
              lookUps++;
              asked.name = name;
              if (!NAME.test(name)) wrong.push(name);
              return Promise.resolve([FOUND]);
            },
          }, RULES);
          const out = new Exchange();
          const before = connects;
          await dialer.dial(url, out, new AbortController().signal);
          assertEquals(wrong, []);
          assertEquals(out.failure === FAILURE.target_not_allowed && connects > before, false);
        },
      ),
      { numRuns: fuzzRuns(20_000), seed: 1 },
    );
  } finally {
    Object.defineProperty(Deno, "connect", connect);
  }
  // A test that lets nothing through would find nothing.
  assertGreater(Math.min(connects, lookUps), fuzzRuns(1000));
});
