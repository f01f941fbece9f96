/**
 * How the steps of scenario files are declared and read. What kind a step is of, its keys tell; nobody but this file knows.
 *
 * @module
 */
import type * as v from "valibot";
import type { Step } from "../plan/scenario.ts";
import type { FilePath } from "./file/scenario_text.ts";
import type { StepFileContext } from "./file/step_file.ts";
import { buildHttpStep } from "./http/file/build_step.ts";
import { httpStepSchema } from "./http/file/file_schema.ts";
import { buildGrpcStep, grpcStepSchema } from "./http/file/grpc_step.ts";
import { loadFileCompilers } from "./http/rules/rule_compilers.ts";
import { buildWebSocketStep } from "./websocket/file/build_step.ts";
import { webSocketStepSchema } from "./websocket/file/file_schema.ts";

/** Steps as they stand in a file, by a key that only they have; what has none of these keys is a step of HTTP. */
export const STEP_SCHEMAS = { path: httpStepSchema, ws: webSocketStepSchema, grpc: grpcStepSchema } as const;

/** A checked step of a file. */
export type StepFile = v.InferOutput<(typeof STEP_SCHEMAS)[keyof typeof STEP_SCHEMAS]>;

/** Whether an item of a list is a step: no block of steps has such a key. */
export function isStepFile(item: object): item is StepFile {
  return Object.keys(STEP_SCHEMAS).some((key) => Object.hasOwn(item, key));
}

/** The schema that a step, or what may be one, is checked by. */
export function stepSchemaOf(item: unknown): (typeof STEP_SCHEMAS)[keyof typeof STEP_SCHEMAS] {
  const has = (key: string) => typeof item === "object" && item !== null && Object.hasOwn(item, key);
  return has("ws") ? webSocketStepSchema : has("grpc") ? grpcStepSchema : httpStepSchema;
}

/** Builds a step; `at` is its place in the file. Problems go to the findings. Names need not be unique yet. */
export type StepBuilder = (file: StepFile, at: FilePath, context: StepFileContext) => Promise<Step>;

/** A builder of these steps, with what their rules need loaded. */
export async function loadStepBuilder(files: readonly StepFile[]): Promise<StepBuilder> {
  const compilers = await loadFileCompilers(files.flatMap(rulesOf));
  return (file, at, given) => {
    const context = { ...given, compilers };
    if ("ws" in file) return buildWebSocketStep(file, at, context);
    return "grpc" in file ? buildGrpcStep(file, at, context) : buildHttpStep(file, at, context);
  };
}

/** What rules of a step are written in. */
function rulesOf(file: StepFile): Parameters<typeof loadFileCompilers>[0] {
  if (!("ws" in file)) return [file];
  return (file.actions ?? []).map(({ expect_json, extract }) => ({ assert_json: expect_json, extract }));
}
