/**
 * Functions that tell the time, and who is asking. Times are UTC.
 *
 * @module
 */
import { parseDuration } from "../lib/duration.ts";
import { makeStamp } from "./stamp.ts";
import { knownText, type TemplateFunction } from "./template_function.ts";

/** The functions, by name. */
export const TIME_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  now: {
    usage: "now(), now(unix) or now(ms)",
    bind([form, ...rest]) {
      if (rest.length > 0) return undefined;
      if (form === undefined) return (sources) => new Date(sources.wallClockMs()).toISOString();
      const unit = knownText(form);
      if (unit === "ms") return (sources) => Math.floor(sources.wallClockMs());
      return unit === "unix" ? (sources) => Math.floor(sources.wallClockMs() / 1000) : undefined;
    },
  },
  date: {
    usage: "date(format) or date(format, offset), such as date('%Y-%m-%d', '+7d')",
    bind([format, offset, ...rest]) {
      const pattern = knownText(format);
      const offsetMs = offset === undefined ? 0 : parseOffset(knownText(offset));
      if (pattern === undefined || offsetMs === undefined || rest.length > 0) return undefined;
      if (!isDateFormat(pattern)) return undefined;
      return ({ wallClockMs }) => formatDate(new Date(wallClockMs() + offsetMs), pattern);
    },
  },
  user: {
    usage: "user()",
    bind: (args) => args.length === 0 ? ({ user }) => user : undefined,
  },
  stamp: {
    usage: "stamp()",
    bind: (args) => args.length === 0 ? ({ sender, user }) => makeStamp(sender ?? `u${user}`) : undefined,
  },
  iteration: {
    usage: "iteration()",
    bind: (args) => args.length === 0 ? ({ iteration }) => iteration : undefined,
  },
};

const OFFSET = /^([+-]?)\s*(?:(\d+(?:\.\d+)?)(d|w)|(.+))$/;
const DAY_MS = 86_400_000;

/** `+7d`, `-2h`, `1w` in ms. */
function parseOffset(text: string | undefined): number | undefined {
  const [, sign, number, unit, rest] = OFFSET.exec(text?.trim() ?? "") ?? [];
  if (sign === undefined) return undefined;
  try {
    const ms = number === undefined
      ? parseDuration(rest ?? "")
      : Number(number) * (unit === "w" ? 7 * DAY_MS : DAY_MS);
    return sign === "-" ? -ms : ms;
  } catch {
    return undefined;
  }
}

const two = (number: number) => String(number).padStart(2, "0");
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** The letters behind % as `date` of Unix has them; %L is ms. */
const PARTS: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getUTCFullYear()).padStart(4, "0"),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  e: (date) => String(date.getUTCDate()).padStart(2),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  L: (date) => String(date.getUTCMilliseconds()).padStart(3, "0"),
  p: (date) => date.getUTCHours() < 12 ? "AM" : "PM",
  j: (date) => {
    const start = Date.UTC(date.getUTCFullYear(), 0, 1);
    return String(Math.floor((date.getTime() - start) / DAY_MS) + 1).padStart(3, "0");
  },
  A: (date) => DAYS[date.getUTCDay()]!,
  a: (date) => DAYS[date.getUTCDay()]!.slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()]!,
  b: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  F: (date) => formatDate(date, "%Y-%m-%d"),
  T: (date) => formatDate(date, "%H:%M:%S"),
  z: () => "+0000",
  Z: () => "UTC",
  "%": () => "%",
};

/** Whether it holds at least one part, and none that there is not. */
function isDateFormat(format: string): boolean {
  const letters = [...format.matchAll(/%(.?)/gs)].map(([, letter = ""]) => letter);
  return letters.length > 0 && letters.every((letter) => Object.hasOwn(PARTS, letter));
}

function formatDate(date: Date, format: string): string {
  return format.replace(/%(.)/gs, (_, letter: string) => PARTS[letter]!(date));
}
