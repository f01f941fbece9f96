/**
 * What of the settings fits a gRPC target, and what does not.
 *
 * @module
 */
import type { MainValues, Settings } from "../settings/settings.ts";

/** Whether a target is a gRPC server. */
export function isGrpcUrl(target: string | undefined): boolean {
  return /^grpcs?:/i.test(target ?? "");
}

/** Options that say nothing to a call, by their property. */
const HTTP_ALONE = [
  "method",
  "cookie",
  "randomParam",
  "readBody",
  "verifyLength",
  "followRedirects",
  "expectContinue",
  "stream",
  "api",
  "urlFile",
  "replay",
] as const satisfies readonly (keyof MainValues)[];

/** Options of calls alone, by their property. */
const GRPC_ALONE = [
  "proto",
  "protoPath",
  "protoset",
  "deadline",
  "messageInterval",
  "awaitReply",
  "grpcMaxMessageSize",
] as const;
/** Options that need something to fill in. */
const FILLING = ["data", "dataStrategy"] as const;

/** What of the settings does not fit the kind of target, a sentence each. */
export function grpcProblems({ operands, origins, options, values }: Settings): readonly string[] {
  const longOf = (property: keyof MainValues) => options[property]!.long;
  if (values.scenario !== undefined) return [];
  if (!isGrpcUrl(operands[0])) {
    const used = GRPC_ALONE.filter((name) => origins.has(name)).map(longOf);
    return [
      ...(used.length === 0
        ? []
        : [`${used.join(", ")} ${used.length === 1 ? "is" : "are"} for grpc:// targets alone`]),
      ...FILLING.filter((name) => origins.has(name)).map((name) => `${longOf(name)} requires --scenario`),
    ];
  }
  const problems = HTTP_ALONE.filter((name) => origins.has(name)).map((name) =>
    `${longOf(name)} means nothing to a gRPC call: leave it out`
  );
  if (values.client === "fetch") problems.push("--client fetch cannot make gRPC calls");
  return problems;
}
