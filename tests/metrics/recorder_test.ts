import { assertEquals } from "@std/assert";
import { Recorder } from "../../src/metrics/recorder.ts";

Deno.test("a window's number is that of its second, also after seconds in which the thread stood still", () => {
  const recorder = new Recorder({ isOpenLoop: false, phases: false, perAddress: false, verbosity: 0 });
  const ends = [1000.4, 2001, 5300, 6000.2, 6999.8, 7003];
  assertEquals(ends.map((endMs) => recorder.take(endMs).seq), [0, 1, 4, 5, 6, 7]);
});
