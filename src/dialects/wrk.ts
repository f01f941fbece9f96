/**
 * The command lines of wrk and wrk2.
 *
 * @module
 */
import {
  adds,
  type Dialect,
  type DialectOption,
  needless,
  numberOf,
  PERCENTILES_SHOWN,
  refused,
  remembered,
  to,
  toggled,
  valued,
} from "./dialect.ts";
import type { Draft } from "./draft.ts";
import { readWrkScript } from "./wrk_script.ts";

const COMMON: readonly DialectOption[] = [
  valued("-c --connections", remembered("-c")),
  valued("-t --threads", remembered("-t")),
  valued("-d --duration", to("-d")),
  valued("-H --header", adds("-H")),
  valued("--timeout", to("--timeout")),
  valued("-s --script", ({ draft, flag, value }) => {
    const text = draft.readText(value);
    if (text !== undefined) readWrkScript(text, { draft, flag, path: value });
  }),
  toggled("-v --version", refused("ask the tool itself, or bench --version")),
];

function finish(draft: Draft, operands: readonly string[]): readonly string[] {
  const [threads, connections] = [numberOf(draft, "-t", 2), numberOf(draft, "-c", 10)];
  if (connections < threads) {
    draft.problems.push(`wrk refuses fewer connections (${connections}) than threads (${threads})`);
  }
  // Each thread has the same number of connections.
  draft.set("-c", String(Math.floor(connections / threads) * threads));
  draft.set("-t", String(threads));
  if (!draft.has("-d")) draft.set("-d", "10s");
  const path = draft.memory.get("path");
  const [url] = operands;
  if (path === undefined || url === undefined || !URL.canParse(path, url)) return operands;
  return [new URL(path, url).href];
}

/** wrk 4.2. */
export const WRK: Dialect = {
  tool: "wrk",
  style: { kind: "gnu", abbreviates: true },
  options: [...COMMON, toggled("--latency", needless())],
  finish,
};

/** wrk2. */
export const WRK2: Dialect = {
  tool: "wrk2",
  style: { kind: "gnu", abbreviates: true },
  options: [
    ...COMMON,
    valued("-R --rate", remembered("-R")),
    toggled("-L --latency", needless()),
    toggled("-U --u_latency", needless("the time from sending stands beside each latency, as service")),
    toggled("-B --batch_latency", needless(PERCENTILES_SHOWN)),
  ],
  finish(draft, operands) {
    if (!draft.memory.has("-R")) draft.problems.push("wrk2 needs a rate: give one with -R");
    else draft.set("--rate", String(numberOf(draft, "-R", 0)));
    return finish(draft, operands);
  },
};
