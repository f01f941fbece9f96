/**
 * What a shell needs to complete a command line, from the same tables that parse it. How a shell says it is left to the
 * file of that shell.
 *
 * @module
 */
import { type CommandSpec, REQUESTS } from "./command_line.ts";
import { isSwitch, longFlags } from "./names.ts";
import type { Option } from "./option.ts";

/** What may stand in a place: a file, one of a few words, or something that no shell can know. */
export type Completed = "files" | "anything" | readonly string[];

/** One option with all flags that mean the same. */
export interface CompletedFlag {
  /** With their dashes, the short one first. */
  readonly flags: readonly string[];
  readonly help: string;
  readonly isRepeatable: boolean;
  /** Absent: a switch. */
  readonly argument?: {
    /** As help shows it: `FILE`. */
    readonly label: string;
    readonly values: Completed;
    /** The argument counts only as `--flag=value`. */
    readonly isAttached: boolean;
  };
}

/** One command. */
export interface CompletedCommand {
  /** The word after the program's name; empty for the main command. */
  readonly word: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Absent: it takes no words. */
  readonly operand?: { readonly label: string; readonly values: Completed };
}

/** Everything that can be completed. */
export interface CompletionModel {
  /** The program's name, and that of the shell functions. */
  readonly program: string;
  readonly main: CompletedCommand;
  /** Commands that the first word names. */
  readonly commands: readonly CompletedCommand[];
}

/**
 * The model of a program.
 *
 * @param main the command without a name of its own; it gives the program its name
 * @param commands the others, by the word that calls them
 */
export function completionModel(
  main: CommandSpec,
  commands: Readonly<Record<string, CommandSpec>>,
): CompletionModel {
  return {
    program: main.name,
    main: completedCommand("", main),
    commands: Object.entries(commands).map(([word, spec]) => completedCommand(word, spec)),
  };
}

function completedCommand(word: string, { summary, options, operands }: CommandSpec): CompletedCommand {
  return {
    word,
    summary,
    flags: [...Object.values(options).flatMap(completedFlags), ...REQUESTS.map(completedRequest)],
    ...(operands.max > 0 && {
      operand: { label: operands.label, values: operands.completes ?? "anything" },
    }),
  };
}

/** An option, and its negation as an option of its own. */
function completedFlags(option: Option): readonly CompletedFlag[] {
  const { short, help, repeat, negation, type } = option;
  const flag: CompletedFlag = {
    flags: [...(short === undefined ? [] : [short]), ...longFlags(option)],
    help,
    isRepeatable: repeat === true,
    ...(!isSwitch(option) && {
      argument: {
        label: type.label,
        values: type.choices ?? (type.isPath ? "files" : "anything"),
        isAttached: "bare" in option,
      },
    }),
  };
  if (negation === undefined) return [flag];
  return [flag, { flags: [negation], help: `Not: ${help}`, isRepeatable: false }];
}

function completedRequest({ flags, help }: (typeof REQUESTS)[number]): CompletedFlag {
  return { flags: flags.split(", "), help, isRepeatable: false };
}
