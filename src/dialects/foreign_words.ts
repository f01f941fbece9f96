/**
 * Other tools' command lines, split as those tools split them.
 *
 * @module
 */
import { withSuggestion } from "../lib/suggest.ts";

/** An option of another tool. */
export interface ForeignFlag {
  /** With their dashes; of Go's flags, with one. */
  readonly flags: readonly string[];
  /** It has a value; absent: it is a switch. */
  readonly takesValue?: boolean;
}

/** How a tool splits its command line. */
export interface WordStyle {
  /** `go`: one dash or two before any name, options end at the first operand. `gnu`: short flags that cluster, long ones. */
  readonly kind: "go" | "gnu";
  /** Long flags may be cut short. */
  readonly abbreviates?: boolean;
}

/** A command line, split. */
export interface SplitWords<Flag extends ForeignFlag> {
  readonly given: readonly {
    readonly option: Flag;
    /** As written, without its value. */
    readonly flag: string;
    /** Of a switch: empty, or what stands behind `=`. */
    readonly value: string;
  }[];
  readonly operands: readonly string[];
  readonly problems: readonly string[];
}

/** Splits a command line. Unknown flags and missing values are problems, each named. */
export function splitWords<Flag extends ForeignFlag>(
  argv: readonly string[],
  { tool, options, style }: {
    readonly tool: string;
    readonly options: readonly Flag[];
    readonly style: WordStyle;
  },
): SplitWords<Flag> {
  const byFlag = new Map(options.flatMap((option) => option.flags.map((flag) => [flag, option] as const)));
  const given: SplitWords<Flag>["given"][number][] = [];
  const operands: string[] = [];
  const problems: string[] = [];
  const words = [...argv];

  const unknown = (flag: string) => {
    problems.push(withSuggestion(`${tool} has no option ${flag} that bench knows`, flag, [...byFlag.keys()]));
  };
  const take = (option: Flag, flag: string, attached: string | undefined) => {
    if (!option.takesValue) return given.push({ option, flag, value: attached ?? "" });
    const value = attached ?? words.shift();
    if (value === undefined) problems.push(`${tool} ${flag}: expected a value after it`);
    else given.push({ option, flag, value });
  };

  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--") operands.push(...words.splice(0));
    else if (!/^-./s.test(word) || (/^-\d/.test(word) && !byFlag.has(word))) {
      operands.push(word);
      if (style.kind === "go") operands.push(...words.splice(0));
    } else if (style.kind === "go") {
      const [, name = "", value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word)!;
      const option = byFlag.get(`-${name}`);
      if (option) take(option, `-${name}`, value);
      else unknown(`-${name}`);
    } else if (word.startsWith("--")) {
      const [, flag = "", value] = /^(--[^=]*)(?:=(.*))?$/s.exec(word)!;
      const option = byFlag.get(flag) ?? (style.abbreviates ? abbreviated(flag, byFlag) : undefined);
      if (option) take(option, flag, value);
      else unknown(flag);
    } else takeCluster(word.slice(1));
  }
  return { given, operands, problems };

  /** `-kc10`: switches, and last perhaps a flag with its value. */
  function takeCluster(letters: string): void {
    for (let at = 0; at < letters.length; at++) {
      const flag = `-${letters[at]}`;
      const option = byFlag.get(flag);
      if (option === undefined) return unknown(flag);
      if (!option.takesValue) {
        given.push({ option, flag, value: "" });
        continue;
      }
      const rest = letters.slice(at + 1).replace(/^=/, "");
      take(option, flag, rest === "" ? undefined : rest);
      return;
    }
  }
}

function abbreviated<Flag>(flag: string, byFlag: ReadonlyMap<string, Flag>): Flag | undefined {
  const found = new Set([...byFlag].filter(([known]) => known.startsWith(flag)).map(([, option]) => option));
  return found.size === 1 ? [...found][0] : undefined;
}
