/**
 * Measurements as Markdown for the README.
 *
 * @module
 */
import type { Goal, TlsKind } from "./goals.ts";
import { median, type Pairs, type Sample } from "./measure.ts";

/** One comparison. */
export interface ThroughputRow {
  readonly body: string;
  readonly tls: TlsKind;
  readonly connections: number;
  readonly threads: number;
  readonly rival: string;
  readonly pairs: Pairs;
  readonly goal?: Goal;
}

/** A Markdown table with aligned columns; `align`: one letter a column, `l` or `r`. */
export function markdownTable(
  align: string,
  rows: readonly (readonly string[])[],
): string {
  const widths = [...align].map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const [head, ...body] = rows.map((row) =>
    line(
      widths.map((width, i) =>
        align[i] === "r" ? (row[i] ?? "").padStart(width) : (row[i] ?? "").padEnd(width)
      ),
    )
  );
  const rule = line(
    widths.map((width, i) => align[i] === "r" ? `${"-".repeat(width - 1)}:` : "-".repeat(width)),
  );
  return [head, rule, ...body].join("\n");
}

/** The comparison table: medians, and this program's median divided by the other's. */
export function throughputTable(rows: readonly ThroughputRow[]): string {
  const head = ["Body", "TLS", "Connections", "Threads", "Against", "bench req/s", "its req/s", "Rate ratio"]
    .concat("CPU µs/request", "its", "CPU ratio", "Peak MB", "its", "Memory ratio", "Errors", "Goal");
  return markdownTable("llrrlrrrrrrrrrrl", [head, ...rows.map(cellsOf)]);
}

function cellsOf({ body, tls, connections, threads, rival, pairs, goal }: ThroughputRow): readonly string[] {
  const compared = (pick: (sample: Sample) => number | undefined, format: (value: number) => string) => {
    const both = mediansOf(pairs, pick);
    const written = both.map((value) => value === undefined ? "–" : format(value));
    return [...written, ratioOf(both)?.toFixed(2) ?? "–"];
  };
  const errors = [pairs.ours, pairs.theirs].map((samples) =>
    samples.reduce((sum, { errors }) => sum + errors, 0)
  );
  return [
    ...[body, tls, `${connections}`, `${threads}`, rival],
    ...compared((sample) => sample.perSecond, (value) => Math.round(value).toLocaleString("en")),
    ...compared((sample) => sample.cpuUs, (value) => value.toFixed(1)),
    ...compared((sample) => sample.peakBytes, (value) => Math.round(value / 1e6).toString()),
    errors.join(" / "),
    goal === undefined ? "–" : goalText(goal, pairs),
  ];
}

/** `≥ 1.00, ≤ 0.97: reached`. */
function goalText({ minRate, maxCpu }: Goal, pairs: Pairs): string {
  const rate = ratioOf(mediansOf(pairs, (sample) => sample.perSecond));
  const cpu = ratioOf(mediansOf(pairs, (sample) => sample.cpuUs));
  const isReached = rate !== undefined && rate >= minRate && (maxCpu === undefined || (cpu ?? 0) <= maxCpu);
  const wanted = `≥ ${minRate.toFixed(2)}${maxCpu === undefined ? "" : `, ≤ ${maxCpu.toFixed(2)}`}`;
  return `${wanted}: ${isReached ? "reached" : "missed"}`;
}

type Both = readonly [ours: number | undefined, theirs: number | undefined];

function mediansOf({ ours, theirs }: Pairs, pick: (sample: Sample) => number | undefined): Both {
  const middle = (samples: readonly Sample[]) =>
    median(samples.map(pick).filter((value) => value !== undefined));
  return [middle(ours), middle(theirs)];
}

function ratioOf([ours, theirs]: Both): number | undefined {
  return ours !== undefined && theirs ? ours / theirs : undefined;
}

/** Date, processor, cores and runtime, on one line. */
export async function machineLine(): Promise<string> {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${await processorName()}, ${navigator.hardwareConcurrency} cores, ` +
    `${Deno.build.os} ${Deno.osRelease()}, Deno ${Deno.version.deno}`;
}

async function processorName(): Promise<string> {
  if (Deno.build.os !== "linux") return Deno.build.arch;
  const info = await Deno.readTextFile("/proc/cpuinfo");
  return /^model name\s*:\s*(.+)$/m.exec(info)?.[1]?.trim() ?? Deno.build.arch;
}
