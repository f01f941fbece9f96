/**
 * A list of steps and blocks of a scenario file as a flow of the plan: a plain list of steps, and the blocks as stretches of
 * it.
 *
 * @module
 */
import { HEADER_NAME, LINE_BREAK } from "../lib/net/header_syntax.ts";
import type { Block } from "../plan/blocks.ts";
import type { HeaderLine } from "../plan/http_step.ts";
import type { Flow, Step } from "../plan/scenario.ts";
import type { Findings } from "../steps/file/findings.ts";
import type { Pause } from "../steps/file/file_time.ts";
import type { FilePath } from "../steps/file/scenario_text.ts";
import type { StepFileContext } from "../steps/file/step_file.ts";
import { isStepFile, type StepBuilder, type StepFile } from "../steps/step_files.ts";
import type { ChooseFile, IfFile, ItemFile, SettingFile } from "./item_schema.ts";

/** Rounds of a loop that says nothing about it. */
const DEFAULT_MAX_ROUNDS = 1000;

/** A flow, and where its parts stand in the file. */
export interface BuiltFlow {
  readonly flow: Flow;
  /** One for each step. */
  readonly places: readonly FilePath[];
  /** One for each block. */
  readonly blockPlaces: readonly FilePath[];
}

/** What a flow is built with. */
export interface FlowContext extends StepFileContext {
  readonly buildStep: StepBuilder;
  /** The pause after a step that names none; absent: the load model's. */
  readonly pause: Pause | undefined;
  /** Cookies of all steps. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** Builds a flow of the items at `at`. Names need not be unique yet. */
export async function buildFlow(
  { name, weight, items }: {
    readonly name: string;
    readonly weight: number;
    readonly items: readonly ItemFile[];
  },
  at: FilePath,
  context: FlowContext,
): Promise<BuiltFlow> {
  const builder = new FlowBuilder(context);
  await builder.addAll(items, at);
  const { steps, blocks, places, blockPlaces } = builder;
  return { flow: { name, weight, steps, ...(blocks.length > 0 && { blocks }) }, places, blockPlaces };
}

class FlowBuilder {
  readonly steps: Step[] = [];
  readonly blocks: Block[] = [];
  readonly places: FilePath[] = [];
  readonly blockPlaces: FilePath[] = [];
  readonly #context: FlowContext;
  #headers: readonly HeaderLine[];
  readonly #cookies: Map<string, string>;

  constructor(context: FlowContext) {
    this.#context = context;
    this.#headers = context.commonHeaders;
    this.#cookies = new Map(context.cookies);
  }

  async addAll(items: readonly ItemFile[], at: FilePath): Promise<void> {
    for (const [i, item] of items.entries()) await this.#add(item, [...at, i]);
  }

  async #add(item: ItemFile, at: FilePath): Promise<void> {
    const from = this.steps.length;
    if ("group" in item) {
      await this.#addBlock(at, () => this.addAll(item.steps, [...at, "steps"]), (to) => ({
        kind: "group",
        from,
        to,
        name: item.group,
      }));
    } else if ("repeat" in item) {
      const max = item.max ?? (typeof item.repeat === "number" ? item.repeat : DEFAULT_MAX_ROUNDS);
      await this.#addBlock(at, () => this.addAll(item.steps, [...at, "steps"]), (to) => ({
        kind: "repeat",
        from,
        to,
        times: String(item.repeat),
        max,
      }));
    } else if ("while" in item) {
      await this.#addBlock(at, () => this.addAll(item.steps, [...at, "steps"]), (to) => ({
        kind: "while",
        from,
        to,
        condition: String(item.while),
        max: item.max ?? DEFAULT_MAX_ROUNDS,
      }));
    } else if ("if" in item) await this.#addIf(item, at);
    else if ("choose" in item) await this.#addChoose(item, at);
    else if ("parallel" in item) {
      await this.#addBlock(at, async () => {
        for (const [i, step] of item.parallel.entries()) await this.#addStep(step, [...at, "parallel", i]);
      }, (to) => ({ kind: "parallel", from, to }));
    } else if (isStepFile(item)) await this.#addStep(item, at);
    else this.#set(item, at);
  }

  /** Outer blocks come first. */
  async #addBlock(at: FilePath, addSteps: () => Promise<void>, build: (to: number) => Block): Promise<void> {
    const place = this.blocks.length;
    this.blocks.push({ kind: "parallel", from: 0, to: 0 });
    this.blockPlaces.push(at);
    await addSteps();
    const block = build(this.steps.length);
    this.blocks[place] = block;
    if (block.to === block.from) this.#context.findings.addProblem(at, "Expected at least one step in it");
  }

  async #addIf(item: IfFile, at: FilePath): Promise<void> {
    const from = this.steps.length;
    let otherwise = from;
    await this.#addBlock(at, async () => {
      await this.addAll(item.steps, [...at, "steps"]);
      otherwise = this.steps.length;
      await this.addAll(item.else ?? [], [...at, "else"]);
    }, (to) => ({ kind: "if", from, to, condition: String(item.if), otherwise }));
  }

  async #addChoose(item: ChooseFile, at: FilePath): Promise<void> {
    const from = this.steps.length;
    const choices: { readonly to: number; readonly weight: number }[] = [];
    await this.#addBlock(at, async () => {
      for (const [i, choice] of item.choose.entries()) {
        const place = [...at, "choose", i];
        const { weight = 1, ...rest } = choice;
        if ("steps" in rest) await this.addAll(rest.steps, [...place, "steps"]);
        else await this.#addStep(rest, place);
        choices.push({ to: this.steps.length, weight });
      }
    }, (to) => ({ kind: "choose", from, to, choices }));
  }

  async #addStep(file: StepFile, at: FilePath): Promise<void> {
    const { buildStep, pause } = this.#context;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const commonHeaders: readonly HeaderLine[] = cookie === ""
      ? this.#headers
      : [...this.#headers.filter(([name]) => name.toLowerCase() !== "cookie"), ["Cookie", cookie]];
    const built = await buildStep(file, at, {
      ...this.#context,
      commonHeaders,
      number: this.steps.length + 1,
    });
    this.steps.push(built.thinkMs === undefined ? { ...built, ...pause } : built);
    this.places.push(at);
  }

  #set(item: SettingFile, at: FilePath): void {
    const { findings } = this.#context;
    const headers = Object.entries(item.set_headers ?? {}).map((
      [name, value],
    ): HeaderLine => [name, String(value)]);
    checkHeaders(headers, [...at, "set_headers"], findings);
    this.#headers = withHeaders(this.#headers, headers);
    for (const [name, value] of Object.entries(item.set_cookies ?? {})) {
      checkCookie([name, String(value)], [...at, "set_cookies"], findings);
      this.#cookies.set(name, String(value));
    }
  }
}

/** Headers, with others in place of those of the same names. */
export function withHeaders(
  headers: readonly HeaderLine[],
  others: readonly HeaderLine[],
): readonly HeaderLine[] {
  const names = new Set(others.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !names.has(name.toLowerCase())), ...others];
}

/** Problems of headers at a place of the file go to the findings. */
export function checkHeaders(headers: readonly HeaderLine[], at: FilePath, findings: Findings): void {
  for (const [name, value] of headers) {
    if (!HEADER_NAME.test(name)) {
      findings.addProblem(
        [...at, name],
        `Cannot use header name "${name}": expected letters, digits and hyphens`,
      );
    }
    if (LINE_BREAK.test(value)) {
      findings.addProblem([...at, name], `Cannot use the value of header "${name}": it has a line break`);
    }
  }
}

/** The same for a cookie. */
export function checkCookie([name, value]: HeaderLine, at: FilePath, findings: Findings): void {
  if (HEADER_NAME.test(name) && !/[;,\s]/.test(value.replace(/\$\{[^{}]*\}/g, ""))) return;
  findings.addProblem(
    [...at, name],
    `Cannot use cookie "${name}": expected a name of letters and digits, and a value without blanks, commas and semicolons`,
  );
}
