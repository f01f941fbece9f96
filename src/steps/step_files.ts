/**
 * How the steps of scenario files are declared and read. As long as there is one kind, a step's keys are those of that
 * kind; nobody but this file knows.
 *
 * @module
 */
import type * as v from "valibot";
import type { Step } from "../plan/scenario.ts";
import type { FilePath } from "./file/scenario_text.ts";
import type { StepFileContext } from "./file/step_file.ts";
import { buildHttpStep } from "./http/file/build_step.ts";
import { httpStepSchema } from "./http/file/file_schema.ts";
import { loadFileCompilers } from "./http/rules/rule_compilers.ts";

/** A step as it stands in a file. */
export const stepFileSchema = httpStepSchema;

/** A checked step of a file. */
export type StepFile = v.InferOutput<typeof stepFileSchema>;

/** Builds a step; `at` is its place in the file. Problems go to the findings. Names need not be unique yet. */
export type StepBuilder = (file: StepFile, at: FilePath, context: StepFileContext) => Promise<Step>;

/** A builder of these steps, with what their rules need loaded. */
export async function loadStepBuilder(files: readonly StepFile[]): Promise<StepBuilder> {
  const compilers = await loadFileCompilers(files);
  return (file, at, context) => buildHttpStep(file, at, { ...context, compilers });
}
