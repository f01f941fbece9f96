/**
 * What was counted of groups, from nothing and added up.
 *
 * @module
 */
import { addCounts, addTimes, emptyCounts, emptyTimes } from "./measures.ts";
import {
  GROUP_NAMES,
  type GroupedStats,
  type GroupName,
  type GroupStats,
  MEASURE_GROUPS,
  type MeasureGroup,
} from "./measure_groups.ts";

/** A group's values at the beginning. */
export function emptyGroup<Name extends GroupName>(name: Name): GroupStats<Name> {
  const { counters, distributions }: MeasureGroup = MEASURE_GROUPS[name];
  return { ...emptyCounts(counters), ...emptyTimes(distributions), codes: {} } as unknown as GroupStats<Name>;
}

/** Adds counts by a name. */
type AddCodes = (a: Codes, b: Codes) => Codes;
type Codes = GroupStats<GroupName>["codes"];

/** Two steps' groups as one; a group that only one has is that one's. */
export function addGroups(
  [a, b]: readonly [GroupedStats, GroupedStats],
  { over, addCodes }: { readonly over: "threads" | "time"; readonly addCodes: AddCodes },
): GroupedStats {
  const sum: Partial<Record<GroupName, unknown>> = {};
  for (const name of GROUP_NAMES) {
    const [x, y] = [a[name], b[name]];
    if (x === undefined || y === undefined) {
      if (x !== undefined || y !== undefined) sum[name] = x ?? y;
      continue;
    }
    const { counters, distributions }: MeasureGroup = MEASURE_GROUPS[name];
    sum[name] = {
      ...addCounts(counters, [x, y], over),
      ...addTimes(distributions, [x, y]),
      codes: addCodes(x.codes, y.codes),
    };
  }
  return sum as GroupedStats;
}
