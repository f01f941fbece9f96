/** Stamps in messages. */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { findStamp, makeStamp, OWN_CLOCK, sharedUs } from "../../src/template/stamp.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("findStamp() finds what makeStamp() made, wherever it stands", () => {
  const before = sharedUs(performance.now());
  const stamp = makeStamp("s3-41");
  for (const text of [stamp, `{"a":"é","at":"${stamp}"}`, `bench-stam bench-stamp.${stamp}`, `b${stamp}b`]) {
    const found = findStamp(bytes(text));
    assertEquals([found?.clock, found?.sender], [OWN_CLOCK, "s3-41"], text);
    assert(found!.atUs >= before && found!.atUs <= sharedUs(performance.now()), text);
  }
  for (
    const text of ["", "b", "bench-stamp.", stamp.slice(0, -1), "bench-stamp.a.B.c.", "bench-stamp.a.b."]
  ) {
    assertEquals(findStamp(bytes(text)), undefined, text);
  }
});

Deno.test("threads of one process have one clock for stamps", async () => {
  const module = new URL("../../src/template/stamp.ts", import.meta.url).href;
  const code = `import { OWN_CLOCK, sharedUs } from ${JSON.stringify(module)};
onmessage = () => postMessage([OWN_CLOCK, sharedUs(performance.now())]); postMessage("ready");`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
  const next = () => new Promise<unknown>((resolve) => worker.onmessage = ({ data }) => resolve(data));
  await next();
  // Of some tries the quickest tells best; a clock that is off is off in all of them.
  let least = { tookUs: Infinity, offUs: Infinity };
  for (let i = 0; i < 20; i++) {
    const sentUs = sharedUs(performance.now());
    worker.postMessage(0);
    const [clock, theirUs] = await next() as [string, number];
    const backUs = sharedUs(performance.now());
    assertEquals(clock, OWN_CLOCK);
    if (backUs - sentUs < least.tookUs) {
      least = { tookUs: backUs - sentUs, offUs: theirUs - (sentUs + backUs) / 2 };
    }
  }
  worker.terminate();
  assertLessOrEqual(Math.abs(least.offUs), least.tookUs / 2 + 1000);
});
