/** What the tables of wrong scenario files are made of. */
import type { LoadScenarioOptions } from "../../src/scenario/load_scenario.ts";

/** A wrong file and what must be said about it. */
export interface Row {
  readonly claim: string;
  readonly text: string;
  readonly problems: readonly string[];
  readonly options?: Partial<LoadScenarioOptions>;
}

/** Steps with nothing wrong about them. */
export const OK_STEPS = "steps: [{ path: http://h/ }]";

/** A scenario whose one step has these further keys, from line 3 on. */
export function step(...lines: string[]): string {
  return ["steps:", "  - path: http://h/", ...lines.map((line) => `    ${line}`)].join("\n");
}
