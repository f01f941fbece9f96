/**
 * A dry run as text for a terminal. Everything that came from files or servers is escaped.
 *
 * @module
 */
import type { CheckedFlow } from "../../engine/check_flows.ts";
import { formatDuration } from "../../lib/duration.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { formatBytes, formatCounted, formatTime } from "../../lib/number_format.ts";
import type { Style } from "../../lib/style.ts";
import type { CheckedStep, ShownBody, ShownMessage } from "../../steps/checked_step.ts";

/** Lines of a body that are shown. */
const MAX_LINES = 12;

/** Every flow with its steps, and a verdict; `loads`: what each of several scenarios would do, by name. */
export function checkText(
  flows: readonly CheckedFlow[],
  style: Style,
  loads: ReadonlyMap<string, string> = new Map(),
): string {
  const parts = flows.map((flow) => {
    const load = loads.get(flow.scenario ?? "");
    const title = flows.length > 1
      ? [`${style.heading(titleOf(flow))}${load === undefined ? "" : style.faint(`  (${load})`)}`, ""]
      : [];
    return [...title, ...flow.steps.flatMap((step, i) => [...stepLines(step, i + 1, style), ""])];
  });
  return [...parts.flat(), verdict(flows, style)].map((line) => `${line}\n`).join("");
}

function titleOf({ name, once, scenario }: CheckedFlow): string {
  if (once !== undefined) return once === "setup" ? "Setup" : "Teardown";
  if (scenario !== undefined) {
    return `Scenario ${escapeTerminal(scenario)}${scenario === name ? "" : `, flow ${escapeTerminal(name)}`}`;
  }
  return `Flow ${escapeTerminal(name)}`;
}

/** Whether nothing failed, and everything was reached. */
export function hasPassed(flows: readonly CheckedFlow[]): boolean {
  return flows.every(({ steps }) =>
    steps.every(({ passed, skipped }) => passed === true || skipped === true)
  );
}

function verdict(flows: readonly CheckedFlow[], style: Style): string {
  const steps = flows.flatMap((flow) => flow.steps);
  const failed = steps.filter(({ passed }) => passed === false).length;
  const unreached = steps.filter(({ passed, skipped }) => passed === undefined && !skipped).length;
  const count = formatCounted(steps.length, "step");
  const skipped = steps.filter((step) => step.skipped).length;
  if (failed + unreached + skipped === 0) return style.good(`All of ${count} passed`);
  if (failed + unreached === 0) {
    return style.good(`${steps.length - skipped} of ${count} passed, ${skipped} skipped`);
  }
  const parts = [`${failed} failed`, ...(unreached > 0 ? [`${unreached} not reached`] : [])];
  return style.bad(`Of ${count}, ${parts.join(", ")}`);
}

function stepLines(step: CheckedStep, number: number, style: Style): readonly string[] {
  const word = step.passed === undefined
    ? style.faint(step.skipped ? "skipped" : "not reached")
    : step.passed
    ? style.good("passed")
    : style.bad("FAILED");
  const times = step.times === undefined
    ? ""
    : `  (done ${step.times} times; this is the first${step.passed === false ? " that failed" : ""})`;
  const lines = [`${style.heading(`${number}. ${escapeTerminal(step.name)}`)}  ${word}${times}`];
  const { sent, received } = step;
  if (sent) {
    const [, ...fields] = sent.head.split("\n");
    lines.push(...marked(">", [`${sent.method} ${sent.url}`, ...fields], style));
    lines.push(...bodyLines(">", sent.body, style));
  }
  if (received) {
    const [first = "", ...fields] = received.head.split("\n");
    const size = received.body.bytes === 0 ? "no body" : `${sizeOf(received.body.bytes)} of body`;
    lines.push(...marked("<", [`${first}  (${formatTime(received.ms)}, ${size})`, ...fields], style));
    lines.push(...bodyLines("<", received.body, style));
  }
  lines.push(...(step.messages ?? []).flatMap((message) => messageLines(message, style)));
  for (const [name, value] of Object.entries(step.extracted)) {
    lines.push(`   ${style.accent("=")} ${escapeTerminal(`${name}: ${value}`)}`);
  }
  for (const { claim, holds, found } of step.checks) {
    const text = escapeTerminal(claim);
    const why = found === undefined ? "does not hold" : `found ${escapeTerminal(found)}`;
    lines.push(holds ? `   ${style.good("+")} ${text}` : `   ${style.bad("-")} ${text}: ${why}`);
  }
  for (const problem of step.problems) lines.push(`   ${style.bad("!")} ${escapeTerminal(problem)}`);
  if (step.passed !== undefined && step.pauseMs > 0) {
    lines.push(`   ${style.faint(`(a load pauses ${formatDuration(step.pauseMs)} here)`)}`);
  }
  return lines;
}

/** A message with the time when it was sent or came. */
function messageLines(message: ShownMessage, style: Style): readonly string[] {
  const time = `[${formatTime(message.ms)}]`;
  if (message.way === "note") return [`   ${style.faint(`${time} (${escapeTerminal(message.text)})`)}`];
  const { text, bytes } = message.body;
  const all = text === undefined ? [`[${sizeOf(bytes)}, not text]`] : text.split(/\r?\n/);
  const [first = "", ...others] = all.length > MAX_LINES ? [...all.slice(0, MAX_LINES), "…"] : all;
  return marked(message.way === "sent" ? ">" : "<", [`${time} ${first}`, ...others], style);
}

function sizeOf(bytes: number): string {
  return bytes === 1 ? "1 byte" : bytes < 1024 ? `${bytes} bytes` : formatBytes(bytes);
}

function marked(mark: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.map((line) => `   ${style.accent(mark)} ${escapeTerminal(line)}`.trimEnd());
}

function bodyLines(mark: string, body: ShownBody, style: Style): readonly string[] {
  if (body.bytes === 0) return [];
  if (body.text === undefined) {
    return marked(mark, ["", `[${sizeOf(body.bytes)}, not text]`], style);
  }
  const lines = body.text.replace(/\r?\n$/, "").split(/\r?\n/);
  const shown = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), "…"] : lines;
  return marked(mark, ["", ...shown], style);
}
