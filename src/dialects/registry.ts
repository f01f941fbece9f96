/**
 * The tools whose command lines are understood.
 *
 * @module
 */
import type { OptionTable } from "../options/option.ts";
import { AB } from "./ab.ts";
import { AUTOCANNON } from "./autocannon.ts";
import { BOMBARDIER } from "./bombardier.ts";
import type { Dialect } from "./dialect.ts";
import { HEY } from "./hey.ts";
import { OHA } from "./oha.ts";
import { pywrkrDialect } from "./pywrkr.ts";
import { VEGETA } from "./vegeta.ts";
import { WRK, WRK2 } from "./wrk.ts";

const DIALECTS: readonly Dialect[] = [WRK, WRK2, AB, HEY, OHA, VEGETA, BOMBARDIER, AUTOCANNON];

/** The dialect of a tool; `table`: bench's own options. `undefined`: no such tool is known. */
export function dialectOf(tool: string, table: OptionTable): Dialect | undefined {
  return tool === "pywrkr" ? pywrkrDialect(table) : DIALECTS.find((dialect) => dialect.tool === tool);
}
