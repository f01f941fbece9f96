/** A result that somebody has changed is refused, or rendered: no reader and no report falls over it. */
import { assertEquals, assertGreater } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { REPORT_FORMS } from "../../../src/report/registry.ts";
import { terminalReporter } from "../../../src/report/terminal/terminal.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { readJsonDocument } from "../../_support/read_json_document.ts";
import { restoreOutcome } from "../../../src/result/document/restore_outcome.ts";
import { comparisonOf, openLoopOutcome, ordinaryOutcome } from "../../_support/outcomes.ts";

type Path = readonly (string | number)[];

const GARBAGE = [undefined, null, "x", "", -1, 1.5, 1e300, 1e999, true, [], {}, [null], { a: 1 }] as const;
/** Of these, so many are tried at a place: others at the next one. */
const TRIED = 1;

/** All places of a value; of a list its first two. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()].slice(0, 2) : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

/** The same value with something else at a place; `undefined`: nothing is there. */
function changed(value: unknown, [key, ...rest]: Path, garbage: unknown): unknown {
  if (key === undefined) return garbage;
  const copy = (Array.isArray(value) ? [...value] : { ...value as object }) as Record<
    string | number,
    unknown
  >;
  const inner = changed(copy[key], rest, garbage);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

const reporters = [terminalReporter, ...await Promise.all(REPORT_FORMS.map(({ load }) => load()))];

for (const [name, make] of Object.entries({ ordinary: ordinaryOutcome, open_loop: openLoopOutcome })) {
  Deno.test(`a changed result is refused or rendered, wherever it was changed: ${name}`, () => {
    const document = JSON.parse(
      JSON.stringify(toJsonDocument({ ...make(), comparison: comparisonOf(false) })),
    );
    const faults = new Set<string>();
    let refused = 0;
    for (const [at, path] of pathsOf(document).entries()) {
      for (let i = 0; i < TRIED; i++) {
        const garbage = GARBAGE[(at * TRIED + i) % GARBAGE.length];
        // JSON has no Infinity of its own, but numbers that become one.
        const text = JSON.stringify(changed(document, path, garbage === Infinity ? "@" : garbage) ?? null)
          .replaceAll('"@"', "1e999");
        try {
          const outcome = restoreOutcome(readJsonDocument(text), "r.json");
          for (const reporter of reporters) reporter.render(outcome, { color: false });
        } catch (error) {
          if (error instanceof UsageError) refused++;
          else faults.add(`${path.join(".")} = ${JSON.stringify(garbage)}: ${error}`);
        }
      }
    }
    assertEquals([...faults].slice(0, 100), []);
    assertGreater(refused, 100);
  });
}
