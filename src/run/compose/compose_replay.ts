/**
 * A log to replay: how it is written, when it begins, and where its requests go.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileReason, UsageError } from "../../lib/errors.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { LogFormat, ReplayStep } from "../../plan/replay_step.ts";
import type { Scenario } from "../../plan/scenario.ts";
import { detectLogFormat, parseLogFormat } from "../../steps/replay/log_format.ts";
import { lineReader } from "../../steps/replay/log_line.ts";
import { openLog } from "../../steps/replay/open_log.ts";
import type { Settings } from "../settings/settings.ts";

/** Of a log, so much is looked at before it is replayed. */
const HEAD_BYTES = 262_144;

/** @throws {UsageError} when the log cannot be read, or none of its first lines is a request */
export async function composeReplay(
  path: string,
  target: { readonly url: URL; readonly headers: readonly HeaderLine[] },
  values: Settings["values"],
): Promise<Scenario> {
  if (values.loop && values.duration === undefined && values.numRequests === undefined) {
    throw new UsageError("--loop never ends: give -d or -n");
  }
  const lines = await readHead(path);
  if (lines.length === 0) throw new UsageError(noRequests(path, "it is empty"));
  const format = formatOf(lines, path, values.replayFormat);
  const read = lineReader(format);
  const times = lines.flatMap((line) => read(line)?.timeMs ?? []);
  const [first] = times;
  if (first === undefined) {
    throw new UsageError(noRequests(path, "none of its first lines is a request of this format"));
  }
  const name = path.replace(/^.*[/\\]/, "");
  const step: ReplayStep = {
    kind: "replay",
    name,
    url: target.url.origin,
    headers: target.headers.filter(([field]) => field.toLowerCase() !== "host"),
    path: resolve(path),
    format,
    isWhole: times.every((ms) => ms % 1000 === 0),
    beginsMs: times.reduce((least, ms) => Math.min(least, ms), first),
    speed: values.speed,
    loops: values.loop,
    keepsHosts: values.keepHosts,
    ...(values.replaySkip !== undefined && { skip: values.replaySkip }),
  };
  return {
    name,
    pick: "rotate",
    flows: [{ name, weight: 1, steps: [step] }],
    data: [],
    cookies: "ignore",
    onExtractFailure: "continue",
    onTemplateError: "keep_literal",
    cacheBust: false,
  };
}

function formatOf(lines: readonly string[], path: string, given: string | undefined): LogFormat {
  if (given !== undefined) return parseLogFormat(given, lines[0] ?? "");
  const format = detectLogFormat(lines.slice(0, 100));
  if (format !== undefined) return format;
  throw new UsageError(
    noRequests(
      path,
      "its first lines are no access log that is known; say how it is written with --replay-format",
    ),
  );
}

function noRequests(path: string, reason: string): string {
  return `Cannot replay ${JSON.stringify(path)}: ${reason}`;
}

/** The first lines, without the last one, which may be cut. */
async function readHead(path: string): Promise<readonly string[]> {
  const bytes = new Uint8Array(HEAD_BYTES);
  let length = 0;
  let isWhole = false;
  try {
    const log = await openLog(path);
    try {
      while (length < bytes.length && !isWhole) {
        const count = await log.read(bytes.subarray(length));
        isWhole = count === null;
        length += count ?? 0;
      }
    } finally {
      log.close();
    }
  } catch (error) {
    throw new UsageError(`Cannot read --replay ${JSON.stringify(path)}: ${fileReason(error)}`);
  }
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  if (/^\s*\{\s*"log"\s*:/.test(text)) {
    throw new UsageError(noRequests(path, "it is a recording (HAR), which bench har-import reads"));
  }
  const lines = text.split(/\r?\n/);
  return (isWhole ? lines : lines.slice(0, -1)).filter((line) => line !== "");
}
