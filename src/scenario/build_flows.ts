/**
 * All flows of a scenario file: those of the load, setup and teardown.
 *
 * @module
 */
import type { HeaderLine } from "../plan/http_step.ts";
import type { Flow } from "../plan/scenario.ts";
import { pauseIn } from "../steps/file/file_time.ts";
import type { FilePath } from "../steps/file/scenario_text.ts";
import type { StepFileContext } from "../steps/file/step_file.ts";
import { isStepFile, loadStepBuilder, type StepFile } from "../steps/step_files.ts";
import { buildFlow, type BuiltFlow, checkCookie, checkHeaders, withHeaders } from "./build_flow.ts";
import type { ChoiceFile, ItemFile } from "./item_schema.ts";
import type { ScenarioFile } from "./scenario_schema.ts";

/** All flows of a file, with where their parts stand in it. Names are not unique yet. */
export async function buildAll(
  file: ScenarioFile,
  context: StepFileContext,
  givenThinkMs: number | undefined,
): Promise<{
  readonly flows: readonly BuiltFlow[];
  readonly setup: BuiltFlow | undefined;
  readonly teardown: BuiltFlow | undefined;
}> {
  const { findings } = context;
  if (file.flows !== undefined && file.steps !== undefined) {
    findings.addProblem(["flows"], `Cannot use both "steps" and "flows": expected one of them`);
  }
  if (file.flows === undefined && file.steps === undefined) {
    findings.addProblem([], `Key "steps" is missing`);
  }
  const headers = Object.entries(file.headers ?? {}).map((
    [name, value],
  ): HeaderLine => [name, String(value)]);
  checkHeaders(headers, ["headers"], findings);
  const cookies = new Map(Object.entries(file.cookies ?? {}).map(([name, value]) => [name, String(value)]));
  for (const cookie of cookies) checkCookie(cookie, ["cookies"], findings);
  const given = file.flows ?? [{ steps: file.steps ?? [] }];
  const { setup = [], teardown = [] } = file;
  const base = {
    ...context,
    commonHeaders: withHeaders(context.commonHeaders, headers),
    cookies,
    buildStep: await loadStepBuilder(
      stepsIn([...given.flatMap(({ steps }) => steps), ...setup, ...teardown]),
    ),
  };
  const ofAll = pauseIn(file.think_time, ["think_time"], findings);
  const flows: BuiltFlow[] = [];
  for (const [i, flow] of given.entries()) {
    const at: FilePath = file.flows ? ["flows", i] : [];
    const own = pauseIn(flow.think_time, [...at, "think_time"], findings);
    const pause = givenThinkMs === undefined ? own ?? ofAll : { thinkMs: givenThinkMs };
    const name = flow.name || (file.flows ? `Flow ${i + 1}` : file.name || "Unnamed Scenario");
    const { weight = 1, steps: items } = flow;
    flows.push(await buildFlow({ name, weight, items }, [...at, "steps"], { ...base, pause }));
  }
  const buildOnce = async (name: string, items: readonly ItemFile[]) =>
    items.length === 0
      ? undefined
      : await buildFlow({ name, weight: 1, items }, [name], { ...base, pause: undefined });
  return {
    flows,
    setup: await buildOnce("setup", setup),
    teardown: await buildOnce("teardown", teardown),
  };
}

/** The steps in a list, at any depth. */
function stepsIn(items: readonly (ItemFile | ChoiceFile)[]): readonly StepFile[] {
  return items.flatMap((item): readonly StepFile[] => {
    if (isStepFile(item)) return [item];
    if ("parallel" in item) return item.parallel;
    if ("choose" in item) return stepsIn(item.choose);
    if ("if" in item) return stepsIn([...item.steps, ...item.else ?? []]);
    return "steps" in item ? stepsIn(item.steps) : [];
  });
}

/** Names are keys of statistics: later steps of the same name get a number. */
export function withUniqueNames(flows: readonly Flow[]): readonly Flow[] {
  const given = new Set(flows.flatMap(({ steps }) => steps.map(({ name }) => name)));
  const taken = new Set<string>();
  const unique = (name: string) => {
    let candidate = name;
    for (let number = 2; taken.has(candidate); number++) {
      const numbered = `${name} (${number})`;
      if (!given.has(numbered)) candidate = numbered;
    }
    taken.add(candidate);
    return candidate;
  };
  return flows.map((flow) => ({
    ...flow,
    steps: flow.steps.map((step) => ({ ...step, name: unique(step.name) })),
  }));
}
