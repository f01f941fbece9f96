/**
 * Long texts that servers, peers and files may bring, made of pieces at which a careless pattern begins anew. Each
 * function that looks at such a text takes time in proportion to its length: sixteen times the text takes far less than
 * sixteen times as long, with room for what else the machine does. A quadratic one takes 256 times as long.
 */
import { assert } from "@std/assert";
import { knownText } from "../../src/convert/known_formats.ts";
import { splitCommands } from "../../src/convert/curl/shell_words.ts";
import { cmdSignOf } from "../../src/convert/curl/cmd_words.ts";
import { CookieJar, parseCookieDate } from "../../src/client/exchange/cookie_jar.ts";
import { fieldValue, WORDS } from "../../src/client/exchange/field_bytes.ts";
import { isSecretName } from "../../src/lib/credentials.ts";
import { escapeCsvCell, escapeMarkdown, escapeTerminal, escapeXml } from "../../src/lib/escape.ts";
import { parseDuration } from "../../src/lib/duration.ts";
import { maskFields } from "../../src/lib/mask_text.ts";
import { maskUrl, maskUrlsIn } from "../../src/lib/mask_url.ts";
import { ResponseView } from "../../src/steps/http/rules/response_view.ts";
import { Exchange } from "../../src/client/exchange/http_client.ts";
import { loadPatternCompiler } from "../../src/lib/safe_pattern.ts";

const encoder = new TextEncoder();
const compile = await loadPatternCompiler();
const evil = compile("(a+)+$");

const FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
  cmdSignOf,
  cookieDate: parseCookieDate,
  cookies: (text) => new CookieJar().store(`a=1; Path=${text}; Expires=${text}`, new URL("http://h/"), 0),
  isSecretName,
  escapeCsvCell,
  escapeMarkdown,
  escapeTerminal,
  escapeXml,
  header: (text) => {
    const exchange = new Exchange();
    exchange.head = encoder.encode(`HTTP/1.1 200 OK\r\nA: ${text}\r\n`);
    const view = new ResponseView();
    view.show(exchange);
    return view.header("a");
  },
  knownText,
  location: (text) =>
    fieldValue(encoder.encode(`HTTP/1.1 302 Found\r\nLocation:${text}\r\n`), WORDS.location),
  maskFields,
  maskUrl,
  maskUrlsIn,
  parseDuration,
  safePattern: (text) => evil.isIn(text),
  splitCommands,
};

const PIECES = [
  ...[" ", "\t", "\n", "\r\n", "a", "1", ".", "-", "\\", '"', '"a', "a=", "=", "?", "/", "a://", "@", "a@"],
  ...[
    "eyJa",
    "eyJa.",
    "-eyJ-J",
    "{",
    "${",
    "[",
    "<",
    "; ",
    "&a",
    "'",
    "^&",
    '"""',
    "`",
    "%41",
    "\u202e",
    ":",
  ],
  ...[
    ' name="a"\r\n',
    ' name="a"\r\n\r\n',
    '["a","',
    '["a","\n\t',
    '"a": ',
    '"a":[',
    "<a b>",
    "#a\n",
    "0S",
    "a:1",
  ],
];

/** Longer than what a bounded part of a pattern may take (4,096 characters of a token). */
const SHORT = 6_000;

for (const [name, use] of Object.entries(FUNCTIONS)) {
  Deno.test(`${name} takes time in proportion to a hostile text`, () => {
    for (const piece of PIECES) {
      for (const end of ["\0"]) {
        const text = (characters: number) => piece.repeat(characters / piece.length) + end;
        const short = fastest(() => use(text(SHORT)), 3);
        const long = fastest(() => use(text(16 * SHORT)), 1);
        // What takes a moment says nothing about growth.
        const isLinear = () => fastest(() => use(text(16 * SHORT)), 3) < 160 * Math.max(short, 1);
        assert(
          long < 160 * Math.max(short, 1) || isLinear(),
          `${JSON.stringify(piece)}: ${short} ms, ${long} ms`,
        );
      }
    }
  });
}

/** Processor time of this thread in ms where the system tells it (Linux); else what a clock says. */
function spentMs(): number {
  try {
    return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** The shortest time, in ms, of some tries; errors are answers like others. */
function fastest(work: () => unknown, tries: number): number {
  let best = Infinity;
  for (let left = tries; left > 0; left--) {
    const started = spentMs();
    try {
      work();
    } catch {
      // Refused, which is fine.
    }
    best = Math.min(best, spentMs() - started);
  }
  return best;
}
