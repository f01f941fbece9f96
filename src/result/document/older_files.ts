/**
 * Saved runs of programs before the present names: read as if they had been written today.
 *
 * @module
 */

/** Names that parts of a saved run had, and what they are called today. */
const OLD_NAMES = {
  plan: { graceMs: "gracefulStopMs" },
  total: { late: "delayed", unsent: "dropped", mostInFlight: "maxInFlight", slots: "threads" },
  step: { wireBytesIn: "bytesReceived", wireBytesOut: "bytesSent" },
  thread: { slot: "thread", coreWaitMs: "runQueueWaitMs" },
  lost: { slot: "thread" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A saved run under the present names; what is no saved run stays as it is. */
export function withPresentNames(saved: unknown): unknown {
  if (!isObject(saved)) return saved;
  const total = renamed(saved.total, "total");
  const run = saved.run;
  return {
    ...saved,
    plan: renamed(saved.plan, "plan"),
    total: isObject(total)
      ? { ...total, ...eachRenamed(total, "steps", "step"), ...eachRenamed(total, "threads", "thread") }
      : total,
    run: isObject(run) ? { ...run, ...eachRenamed(run, "lost", "lost") } : run,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function renamed(part: unknown, kind: keyof typeof OLD_NAMES): unknown {
  if (!isObject(part)) return part;
  const names: Readonly<Record<string, string>> = OLD_NAMES[kind];
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [Object.hasOwn(names, key) ? names[key]! : key, value]),
  );
}

function eachRenamed(
  whole: Readonly<Record<string, unknown>>,
  key: string,
  kind: keyof typeof OLD_NAMES,
): Readonly<Record<string, unknown>> {
  const items = whole[key];
  return Array.isArray(items) ? { [key]: items.map((item) => renamed(item, kind)) } : {};
}
