/** The URLs that a scenario will load, as far as they are known. */
import { assertEquals } from "@std/assert";
import { knownUrls } from "../../src/plan/scenario.ts";
import { scenarioOf, stepOf } from "../scenario/_plans.ts";

Deno.test("knownUrls() resolves what placeholders leave open, and leaves out what cannot be known", () => {
  const steps = [
    stepOf("/a"),
    stepOf("${next}", { base: "https://i:81/" }),
    stepOf("${anywhere}"),
    stepOf("http://${host}/"),
  ];
  assertEquals(knownUrls(scenarioOf(steps)).map(({ origin }) => origin), ["http://h", "https://i:81"]);
});
