/**
 * Times in scenario files.
 *
 * @module
 */
import { LONGEST_MS, parseDuration } from "../../lib/duration.ts";
import { messageOf } from "../../lib/errors.ts";
import type { PauseSpec } from "../../plan/blocks.ts";
import type { StepBase } from "../../plan/step_base.ts";
import type { PauseFile } from "./file_schema.ts";
import type { Findings } from "./findings.ts";
import type { FilePath } from "./scenario_text.ts";

/** A duration of a file in ms. */
export function durationMs(
  value: string | number | undefined,
  at: FilePath,
  findings: Findings,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return Math.min(value * 1000, LONGEST_MS);
  try {
    return parseDuration(value);
  } catch (error) {
    findings.addProblem(at, `Cannot use "${value}" for "${at.at(-1)}": ${messageOf(error)}`);
    return undefined;
  }
}

/** A pause, as steps have it. */
export type Pause = Required<Pick<StepBase, "thinkMs">> & Pick<StepBase, "pause">;

/** A pause of a file: a time, or how it is drawn. */
export function pauseIn(value: PauseFile | undefined, at: FilePath, findings: Findings): Pause | undefined {
  if (typeof value !== "object") {
    const thinkMs = durationMs(value, at, findings);
    return thinkMs === undefined ? undefined : { thinkMs };
  }
  const time = (key: "mean" | "min" | "max" | "stdev") => durationMs(value[key], [...at, key], findings);
  const pause = drawnPause(value, {
    mean: time("mean"),
    min: time("min"),
    max: time("max"),
    stdev: time("stdev"),
  });
  if (pause === undefined) {
    findings.addProblem(
      at,
      "Cannot use this pause: expected min and max, or mean with jitter, stdev or distribution: exponential",
    );
    return undefined;
  }
  const thinkMs = pause.kind === "uniform" ? (pause.minMs + pause.maxMs) / 2 : pause.meanMs;
  return { thinkMs, pause };
}

function drawnPause(
  { jitter, distribution }: Extract<PauseFile, object>,
  { mean, min, max, stdev }: Readonly<Record<"mean" | "min" | "max" | "stdev", number | undefined>>,
): PauseSpec | undefined {
  const hasBounds = min !== undefined && max !== undefined && min <= max;
  const isAlone = jitter === undefined && stdev === undefined;
  switch (distribution ?? (stdev !== undefined ? "normal" : "uniform")) {
    case "uniform":
      if (mean === undefined) {
        return hasBounds && isAlone ? { kind: "uniform", minMs: min, maxMs: max } : undefined;
      }
      if (jitter === undefined || min !== undefined || max !== undefined) return undefined;
      return { kind: "uniform", minMs: mean * (1 - jitter), maxMs: mean * (1 + jitter) };
    case "normal":
      return mean === undefined || stdev === undefined || jitter !== undefined || min !== undefined ||
          max !== undefined
        ? undefined
        : { kind: "normal", meanMs: mean, stdevMs: stdev };
    case "exponential":
      return mean === undefined || !isAlone || min !== undefined || max !== undefined
        ? undefined
        : { kind: "exponential", meanMs: mean };
  }
}
