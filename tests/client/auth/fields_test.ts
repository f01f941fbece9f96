/** Fields of logins are those of the published examples: RFC 7616 and AWS's test suite for signatures. */
import { assertEquals, assertMatch } from "@std/assert";
import { BearerAuthority } from "../../../src/client/auth/bearer_authority.ts";
import { challengeIn, DigestAuthority, digestField } from "../../../src/client/auth/digest_authority.ts";
import { signedFields } from "../../../src/client/auth/sigv4_authority.ts";
import type { PreparedRequest } from "../../../src/client/exchange/http_client.ts";
import { until } from "../../_support/wait.ts";

const RFC7616 = {
  realm: "http-auth@example.org",
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  opaque: "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
  qop: true,
} as const;
const MUFASA = { user: "Mufasa", password: "Circle of Life" };
const ASKED = {
  method: "GET",
  uri: "/dir/index.html",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  count: 1,
};

Deno.test("digestField() gives the responses of RFC 7616, 3.9.1", () => {
  const md5 = digestField(MUFASA, { ...RFC7616, algorithm: "MD5" }, ASKED);
  assertMatch(md5, /response="8ca523f5e9506fed4657c9700eebdbec"/);
  const sha = digestField(MUFASA, { ...RFC7616, algorithm: "SHA-256" }, ASKED);
  assertMatch(sha, /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/);
  assertMatch(sha, /^Digest username="Mufasa", realm="http-auth@example.org", .*qop=auth, nc=00000001, /);
});

Deno.test("digestField() without qop is RFC 2069's, and gives the response of its errata", () => {
  const challenge = {
    realm: "testrealm@host.com",
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    algorithm: "MD5",
    qop: false,
  } as const;
  const field = digestField(
    { user: "Mufasa", password: "CircleOfLife" },
    challenge,
    { method: "GET", uri: "/dir/index.html", cnonce: "", count: 1 },
  );
  assertMatch(field, /response="1949323746fe6a43ef61f9606e7febea"/);
  assertEquals(/qop|nc=/.test(field), false);
});

Deno.test("challengeIn() takes the strongest challenge that can be met", () => {
  const head = [
    "HTTP/1.1 401 Unauthorized",
    'WWW-Authenticate: Basic realm="b"',
    'WWW-Authenticate: Digest realm="a \\"b\\", c", qop="auth, auth-int", algorithm=MD5, nonce="n1", opaque="o"',
    'www-authenticate: Digest realm="a", qop="auth", algorithm=SHA-256, nonce="n2"',
    'WWW-Authenticate: Digest realm="a", qop="auth-int", algorithm=SHA-256, nonce="n3"',
  ];
  assertEquals(challengeIn(head.join("\r\n")), { realm: "a", nonce: "n2", algorithm: "SHA-256", qop: true });
  assertEquals(challengeIn(head.slice(0, 3).join("\r\n")), {
    realm: 'a "b", c',
    nonce: "n1",
    algorithm: "MD5",
    qop: true,
    opaque: "o",
  });
  assertEquals(challengeIn(head.slice(0, 2).join("\r\n")), undefined);
});

Deno.test("a nonce is counted up, and a new one begins anew; the same one again means a wrong password", () => {
  const authority = new DigestAuthority({ kind: "digest", origins: [], user: "u", password: "p" });
  const request = { method: "GET", url: new URL("http://a.test/x?y=1") } as PreparedRequest;
  const learn = (nonce: string) =>
    authority.learn(
      new TextEncoder().encode(
        `HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r", qop="auth", nonce="${nonce}"\r\n`,
      ),
    );
  assertEquals(authority.fieldsFor(request), []);
  assertEquals([learn("a"), learn("a")], [true, false]);
  const count = () => /uri="\/x\?y=1".*nc=(\d+)/.exec(authority.fieldsFor(request)[0]![1])?.[1];
  assertEquals([count(), count()], ["00000001", "00000002"]);
  assertEquals([learn("b"), count()], [true, "00000001"]);
});

const SUITE = {
  region: "us-east-1",
  service: "service",
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

/** AWS's published test suite: name, request, signature. */
const SIGNED: readonly (readonly [name: string, method: string, path: string, signature: string])[] = [
  ["get-vanilla", "GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "/?Param2=value2&Param1=value1",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  [
    "get-vanilla-query-unreserved",
    "GET",
    "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
  ],
];

for (const [name, method, path, signature] of SIGNED) {
  Deno.test(`signedFields() gives the signature of ${name}`, () => {
    const fields = signedFields(
      { method, url: new URL(path, "http://example.amazonaws.com"), headers: [], body: null },
      SUITE,
      "20150830T123600Z",
    );
    const authorization = fields.find(([field]) => field === "Authorization")![1];
    assertEquals(/Signature=(\w+)/.exec(authorization)?.[1], signature);
    assertMatch(authorization, /Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request/);
  });
}

Deno.test("a token is renewed before it ends, once at a time, and its fields change then", async () => {
  let renewals = 0;
  const spec = {
    kind: "oauth2",
    origins: [],
    tokenUrl: "http://a.test",
    clientId: "c",
    clientSecret: "s",
    token: "first",
    endsAtMs: Date.now() + 5001,
  } as const;
  const realNow = Date.now;
  try {
    const authority = new BearerAuthority(spec, [], () => {
      renewals++;
      return Promise.resolve({ token: "second" });
    });
    assertEquals([authority.version(), authority.fieldsFor()], [0, [["Authorization", "Bearer first"]]]);
    Date.now = () => realNow() + 6000;
    authority.version();
    authority.version();
    await until(() => authority.version() === 1);
    assertEquals([renewals, authority.fieldsFor()], [1, [["Authorization", "Bearer second"]]]);
  } finally {
    Date.now = realNow;
  }
});
