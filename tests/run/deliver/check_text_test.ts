/** What `--check` prints. */
import { assertEquals } from "@std/assert";
import { checkText, hasPassed } from "../../../src/run/deliver/check_text.ts";

import { PLAIN_STYLE } from "../../../src/lib/style.ts";
import type { CheckedStep } from "../../../src/steps/checked_step.ts";

const STEP: CheckedStep = {
  name: "a\x1b[2J",
  passed: false,
  sent: {
    method: "POST",
    url: "http://h/",
    head: "POST / HTTP/1.1\nX: \x07",
    body: { bytes: 3, text: "a\r\nb" },
  },
  received: { status: 200, ms: 1.5, head: "HTTP/1.1 200 OK\nA: \u202e", body: { bytes: 2000 } },
  problems: ["Cannot extract x\x9b: y"],
  extracted: { v: "\x1b]0;t\x07" },
  checks: [{ claim: "status is 200", holds: true }, { claim: "body contains \x1b", holds: false }],
  pauseMs: 1500,
};

Deno.test("checkText() shows a step line by line, with nothing that moves the cursor", () => {
  const text = checkText([{ name: "f", steps: [STEP, { ...STEP, name: "b", passed: true }] }], PLAIN_STYLE);
  assertEquals(text.split("\n").slice(0, 17), [
    "1. a\\x1b[2J  FAILED",
    "   > POST http://h/",
    "   > X: \\x07",
    "   >",
    "   > a",
    "   > b",
    "   < HTTP/1.1 200 OK  (1.50ms, 1.95KB of body)",
    "   < A: \\u202e",
    "   <",
    "   < [1.95KB, not text]",
    "   = v: \\x1b]0;t\\x07",
    "   + status is 200",
    "   - body contains \\x1b: does not hold",
    "   ! Cannot extract x\\x9b: y",
    "   (a load pauses 1.5s here)",
    "",
    "2. b  passed",
  ]);
  assertEquals(text.trimEnd().split("\n").at(-1), "Of 2 steps, 1 failed");
});

Deno.test("checkText() names flows where there are several, and steps that were not reached", () => {
  const unreached: CheckedStep = { name: "u", problems: [], extracted: {}, checks: [], pauseMs: 10 };
  const flows = [{ name: "one", steps: [unreached] }, { name: "two", steps: [unreached] }];
  assertEquals(checkText(flows, PLAIN_STYLE).split("\n"), [
    "Flow one",
    "",
    "1. u  not reached",
    "",
    "Flow two",
    "",
    "1. u  not reached",
    "",
    "Of 2 steps, 0 failed, 2 not reached",
    "",
  ]);
  assertEquals(hasPassed(flows), false);
});

Deno.test("hasPassed() wants every step passed", () => {
  const passed = { ...STEP, passed: true };
  assertEquals(hasPassed([{ name: "f", steps: [passed] }]), true);
  assertEquals(hasPassed([{ name: "f", steps: [passed, STEP] }]), false);
});
