/**
 * Options of replaying a log.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { defineOptions, type OptionType } from "../../options/option.ts";
import { path, text, toggle } from "../../options/option_types.ts";

/** `2x`, `0.5`. */
const speed: OptionType<number> = {
  label: "FACTOR",
  parse(given) {
    const [, digits] = /^(\d+(?:\.\d+)?|\.\d+) ?x?$/i.exec(given.trim()) ?? [];
    const value = Number(digits);
    if (digits === undefined || value <= 0) throw new UsageError("expected a factor above 0, such as 2x");
    return value;
  },
  format: (value) => `${value}x`,
};

/** What `static` stands for. */
const STATIC = String.raw`\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|mp4|webm|pdf)$`;

/** A pattern for paths. */
const skip: OptionType<string> = {
  label: "PATTERN",
  parse(given) {
    if (given === "static") return STATIC;
    try {
      new RegExp(given);
    } catch {
      throw new UsageError("expected a regular expression, or static");
    }
    return given;
  },
  format: (pattern) => pattern === STATIC ? "static" : pattern,
};

/** The table. */
export const replayOptions = defineOptions({
  replay: {
    long: "--replay",
    type: path(),
    group: "Scenario",
    conflicts: [
      "scenario",
      "urlFile",
      "randRegexUrl",
      "method",
      "body",
      "postFile",
      "rate",
      "users",
      "autofind",
      "warmup",
      "iterations",
      "check",
    ],
    help:
      "Send the requests of an access log at their recorded times: nginx, Apache, JSON lines or CSV, also .gz",
  },
  replayFormat: {
    long: "--replay-format",
    type: text("FORMAT"),
    group: "Scenario",
    requires: ["replay"],
    defaultLabel: "from the first lines",
    help:
      "How the log is written: nginx's log_format, Apache's LogFormat, or names: time=ts,method=verb,url=path,status=code",
  },
  replaySkip: {
    long: "--replay-skip",
    type: skip,
    group: "Scenario",
    requires: ["replay"],
    help: "Leave out requests whose path matches; static stands for scripts, styles, images and fonts",
  },
  speed: {
    long: "--speed",
    type: speed,
    group: "Scenario",
    default: 1,
    defaultLabel: "1x",
    requires: ["replay"],
    help: "Replay this many times as fast",
  },
  loop: {
    long: "--loop",
    type: toggle,
    group: "Scenario",
    default: false,
    requires: ["replay"],
    help: "Begin the log again at its end, until -d or -n ends the run",
  },
  keepHosts: {
    long: "--keep-hosts",
    type: toggle,
    group: "Scenario",
    default: false,
    requires: ["replay"],
    help: "Send the recorded Host headers; connections lead to the URL all the same",
  },
});
