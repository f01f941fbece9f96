/** Secrets in random places of random URLs, heads and bodies: none stays; what holds none is left alone. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { shownHead } from "../../src/steps/http/shown_head.ts";
import { maskFields } from "../../src/lib/mask_text.ts";
import { maskUrl, maskUrlsIn, secretsInUrl } from "../../src/lib/mask_url.ts";
import { fuzzRuns } from "../_support/fuzz.ts";

const RUNS = { numRuns: fuzzRuns(20_000) };
const SECRET = "Zq7wXk";

const secretName = fc.constantFrom(
  ...[
    "token",
    "api_key",
    "API-KEY",
    "sid",
    "PHPSESSID",
    "password",
    "user[pwd]",
    "clientSecret",
    "jwt",
    "otp",
  ],
  ...["session", "X-Amz-Signature", "access.token", "auth", "csrf"],
);
const plainName = fc.constantFrom(
  "q",
  "page",
  "author",
  "sort_key",
  "session_timeout",
  "id",
  "tokenizer",
  "x",
);
/** What may stand around a secret in a value of a URL. */
const around = fc.stringMatching(/^[\w.~:@/?!$'()*+,%-]{0,8}$/);
const plainValue = fc.stringMatching(/^[\w.~-]{0,8}$/);

/** Some characters of a name written as escapes. */
function escapedAt(name: string, places: readonly number[]): string {
  return [...name].map((character, i) =>
    places.includes(i) ? `%${character.charCodeAt(0).toString(16).padStart(2, "0")}` : character
  ).join("");
}

const name = fc.tuple(secretName, fc.array(fc.nat(10), { maxLength: 3 })).map(([text, places]) =>
  escapedAt(text, places)
);
const value = fc.tuple(around, around).map(([before, after]) => `${before}${SECRET}${after}`);
const plainPair = fc.tuple(plainName, plainValue).map((pair) => pair.join("="));
const secretPair = fc.tuple(name, value).map((pair) => pair.join("="));

const origin = fc.constantFrom(
  "http://h",
  "https://h:8443",
  "//h",
  "HTTP://[::1]:80",
  "",
  "http://${env(H)}:80",
);

/** A URL with one secret somewhere. */
const secretUrl = fc.oneof(
  fc.tuple(origin, fc.array(plainPair), secretPair, fc.array(plainPair), fc.constantFrom("?", "#", "?a#"))
    .map(([start, before, pair, after, mark]) => `${start}/p${mark}${[...before, pair, ...after].join("&")}`),
  fc.tuple(origin, name, plainValue).map(([start, key, rest]) => `${start}/p;${key}=${SECRET}/${rest}?q=1`),
  fc.tuple(fc.constantFrom("http://", "https://", "ftp://", "//", "http:\\\\"), around, around)
    .map(([scheme, before, after]) => `${scheme}me:x${before.replaceAll("@", "")}${SECRET}${after}@h/p?q=1`),
  fc.tuple(origin, secretPair, fc.nat(2)).map(([start, pair, times]) => {
    let inner = `http://i/?${pair}`;
    for (let i = 0; i <= times; i++) inner = encodeURIComponent(inner);
    return `${start}/p?next=${inner}&q=1`;
  }),
);

Deno.test("maskUrl() leaves no secret in any URL", () => {
  fc.assert(
    fc.property(secretUrl, (url) => {
      const masked = maskUrl(url);
      assert(!masked.includes(SECRET), `${url} became ${masked}`);
      assertEquals(maskUrl(masked), masked);
      assertGreater(secretsInUrl(url).length, 0, url);
    }),
    RUNS,
  );
});

Deno.test("maskUrl() and maskUrlsIn() leave URLs alone that hold no secret", () => {
  const plainUrl = fc.tuple(origin, plainValue, fc.array(plainPair), fc.array(plainPair)).map((
    [start, path, query, fragment],
  ) => `${start}/${path}?${query.join("&")}#${fragment.join("&")}`);
  fc.assert(
    fc.property(plainUrl, (url) => {
      assertEquals([maskUrl(url), maskUrlsIn(`GET ${url} for me@a.test`)], [url, `GET ${url} for me@a.test`]);
      assertEquals(secretsInUrl(url), []);
    }),
    RUNS,
  );
});

Deno.test("masking takes any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      for (const mask of [maskUrl, maskUrlsIn, maskFields]) assertEquals(typeof mask(text), "string");
      shownHead(new TextEncoder().encode(text));
    }),
    RUNS,
  );
});

const headerName = fc.constantFrom(
  ...[
    "Authorization",
    "cookie",
    "SET-COOKIE",
    "X-Session-Id",
    "X-Functions-Key",
    "Ocp-Apim-Subscription-Key",
  ],
  ...[
    "X-Access-Key",
    "X-JWT",
    "X-Auth",
    "X-Passwd",
    "X-Signature",
    "X-Credential",
    "x-api-key",
    "Proxy-Authorization",
  ],
);
const plainHeader = fc.tuple(
  fc.constantFrom("Accept", "X-Author", "Idempotency-Key", "X-Request-Id", "Server", "ETag"),
  plainValue,
).map(([key, text]) => `${key}: ${text}`);
const secretHeader = fc.oneof(
  fc.tuple(headerName, value, fc.constantFrom("", "\r\n ", "\n\t")).map(([key, text, fold]) =>
    `${key}:${fold} a${fold}${text}`
  ),
  fc.tuple(fc.constantFrom("Location", "Link", "Refresh", "Referer", "X-Next"), name).map((
    [key, parameter],
  ) => `${key}: <http://h/?q=1&${parameter}=${SECRET}>; url=/n?${parameter}=${SECRET}`),
  fc.constantFrom("Bearer", "bearer", "Negotiate", "DPoP").map((scheme) => `X-Any: ${scheme} ${SECRET}abc`),
);

Deno.test("shownHead() leaves no secret in any head, and the other fields as they are", () => {
  fc.assert(
    fc.property(
      fc.array(plainHeader, { maxLength: 4 }),
      secretHeader,
      fc.array(plainHeader, { maxLength: 4 }),
      (before, secret, after) => {
        const head = ["GET / HTTP/1.1", ...before, secret, ...after].join("\r\n") + "\r\n\r\nbody";
        const lines = shownHead(new TextEncoder().encode(head)).split("\n");
        assert(!lines.join("\n").includes(SECRET), head);
        assertEquals(lines.slice(1, before.length + 1), before);
        assertEquals(lines.slice(before.length + 2), after);
      },
    ),
    RUNS,
  );
});

Deno.test("maskFields() leaves no secret in any JSON or form, and other fields as they are", () => {
  const scalar = fc.oneof(plainValue, fc.integer(), fc.boolean());
  fc.assert(
    fc.property(
      secretName,
      fc.string({ maxLength: 10 }),
      fc.dictionary(plainName, scalar),
      fc.boolean(),
      (key, text, others, isNested) => {
        const document = { ...others, [key]: `${text}${SECRET}${text}` };
        const json = JSON.stringify(isNested ? { a: [document], b: JSON.stringify(document) } : document);
        const masked = maskFields(json);
        assert(!masked.includes(SECRET), `${json} became ${masked}`);
        const shown = isNested ? JSON.parse(masked).a[0] : JSON.parse(masked);
        assertEquals({ ...shown, [key]: 0 }, { ...others, [key]: 0 });
        const form = new URLSearchParams({ q: "1", [key]: `${text}${SECRET}`, n: "2" }).toString();
        assert(!maskFields(form).includes(SECRET), form);
      },
    ),
    RUNS,
  );
});
