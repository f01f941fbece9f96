/** Frames of anybody's making never crash a link, whether it checks signatures or trusts its pipe. */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { Link } from "../../../src/fleet/transport/link.ts";
import { signatureOf } from "../../../src/fleet/transport/secret.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

const KEY = "a key";
const MAX_CHARS = 1000;

/** A link over a pipe that the test writes to: what it takes in is looked at before `take` returns. */
function fuzzed({ isLossy, key }: { readonly isLossy: boolean; readonly key?: string }) {
  let listener: ((frame: string) => void) | undefined;
  let seen = 0;
  const heard: string[] = [];
  const lost: string[] = [];
  const link = new Link({
    peer: "x",
    isLossy,
    trust: () => {},
    send: () => {},
    onFrame: (given) => listener = given,
    onEnd: () => {},
    close: () => {},
  }, { role: "master", timeoutMs: 60_000, maxChars: MAX_CHARS, ...(key !== undefined && { key }) });
  link.onMessage((text) => {
    assertEquals(lost, [], "nothing is heard after the end");
    heard.push(text);
  });
  link.onLost((reason) => lost.push(reason));
  const take = (frame: string) => {
    seen++;
    listener!(frame);
  };
  return {
    link,
    heard,
    lost,
    take,
    get seen() {
      return seen;
    },
  };
}

/** Texts that are no frame, or nearly one. */
const good = "S\nD 1 0 0\nhello";
const garbage = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.tuple(fc.constantFrom("D", "B", "X", "Z"), fc.nat(), fc.nat(), fc.string()).map((
    [kind, seq, ack, text],
  ) => `sig\n${kind} ${seq} ${ack} 0\n${text}`),
  fc.tuple(fc.nat(good.length), fc.string({ maxLength: 2 })).map(([at, text]) =>
    good.slice(0, at) + text + good.slice(at + 1)
  ),
);

const wildNumber = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("0", "5", "1e12", "1.7e12") },
  {
    weight: 1,
    arbitrary: fc.oneof(fc.double().map(String), fc.constantFrom("1e999", "-1e999", "-1", "1e308")),
  },
);
const beat = fc.record({ t: wildNumber, e: fc.option(wildNumber), h: fc.option(wildNumber) }).map((
  { t, e, h },
) => `{"t":${t}${e === null ? "" : `,"e":${e}`}${h === null ? "" : `,"h":${h}`}}`);

/** What a frame says, without its signature: mostly such as make sense, so that their meaning is looked at. */
const content = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.nat(2), fc.nat(2), fc.constantFrom("0", "0", "0", "1"), fc.string()) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(6), fc.nat(), fc.constant("0"), fc.constant("x".repeat(MAX_CHARS))),
  },
).map(([seq, ack, more, text]) => `D ${seq} ${ack} ${more}\n${text}`);
const said = fc.oneof(
  { weight: 8, arbitrary: content },
  { weight: 8, arbitrary: fc.tuple(fc.nat(6), beat).map(([seq, text]) => `B ${seq} 0 \n${text}`) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(6), fc.string()).map(([seq, text]) => `B ${seq} 0 \n${text}`) },
  { weight: 1, arbitrary: fc.string().map((text) => `X 0 0 \n${text}`) },
);

Deno.test("frames of anything reach a link that checks signatures, and change nothing", () => {
  const end = fuzzed({ isLossy: true, key: KEY });
  fc.assert(fc.property(garbage, (frame) => end.take(frame)), { numRuns: fuzzRuns(10_000) });
  assertEquals([end.heard, end.lost, end.seen], [[], [], fuzzRuns(10_000)]);
  const real = "D 1 0 0\nheard all the same";
  end.take(`${signatureOf(KEY, "node", real)}\n${real}`);
  assertEquals(end.heard, ["heard all the same"]);
  end.link.close("end");
});

for (const isLossy of [false, true]) {
  for (const key of [undefined, KEY]) {
    const pipe = `${isLossy ? "lossy" : "whole"} pipe, ${key === undefined ? "trusted" : "signed"}`;
    Deno.test(`frames that make sense, in any order, never crash a link: ${pipe}`, () => {
      let heardAny = 0;
      let lostAny = 0;
      fc.assert(
        fc.property(
          fc.array(fc.oneof({ weight: 9, arbitrary: said }, { weight: 1, arbitrary: garbage }), {
            maxLength: 12,
          }),
          (frames) => {
            const end = fuzzed({ isLossy, ...(key !== undefined && { key }) });
            for (const message of ["one", "two"]) end.link.send(message);
            for (const frame of frames) {
              end.take(
                /^[DBX] /.test(frame)
                  ? `${key === undefined ? "" : signatureOf(key, "node", frame)}\n${frame}`
                  : frame,
              );
            }
            assertEquals(end.seen, frames.length);
            assertLessOrEqual(end.lost.length, 1);
            assert(end.heard.every((text) => text.length <= MAX_CHARS));
            assert(Number.isFinite(end.link.offsetMs), `a clock offset of ${end.link.offsetMs}`);
            heardAny += end.heard.length;
            lostAny += end.lost.length;
            end.link.close("end");
          },
        ),
        { numRuns: fuzzRuns(5000) },
      );
      assert(
        Math.min(heardAny, lostAny) > fuzzRuns(500),
        `${heardAny} messages and ${lostAny} ends: the frames say too little`,
      );
    });
  }
}
