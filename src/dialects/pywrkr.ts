/**
 * The command line of pywrkr, whose options are bench's own but for a few.
 *
 * @module
 */
import { isSwitch } from "../options/names.ts";
import type { Option, OptionTable } from "../options/option.ts";
import {
  type Dialect,
  type DialectOption,
  numberOf,
  remembered,
  type Said,
  to,
  toggled,
  valued,
} from "./dialect.ts";

/** Options that mean something else there. */
const OWN: readonly DialectOption[] = [
  valued("-c --connections", remembered("-c")),
  toggled("--http2", ({ draft }) => draft.set("--http2")),
  valued("-A --basic-auth", ({ draft, value }) => draft.set("-A", value.includes(":") ? value : `${value}:`)),
  valued("--worker-secret", to("--secret")),
  valued("--url-file", ({ draft, value }) => {
    draft.set("--url-file", value);
    draft.set("--url-mode", "sequential");
  }),
];

const sameAs = (option: Option, own = option.short ?? option.long) => ({ value, draft }: Said): void => {
  if (option.repeat) draft.add(own, value);
  else draft.set(own, value);
};

/** pywrkr 1.6; `table`: bench's own options. */
export function pywrkrDialect(table: OptionTable): Dialect {
  const taken = new Set(OWN.flatMap(({ flags }) => flags));
  const same = Object.values(table).flatMap((option): readonly DialectOption[] => {
    const flags = [option.short, option.long, ...option.aliases ?? []].filter((flag) =>
      flag !== undefined && !taken.has(flag)
    );
    const takesValue = !isSwitch(option) && !("bare" in option);
    return [
      { flags: flags as string[], takesValue, apply: sameAs(option) },
      ...(option.negation === undefined ? [] : [toggled(option.negation, sameAs(option, option.negation))]),
    ];
  });
  return {
    tool: "pywrkr",
    style: { kind: "gnu", abbreviates: true },
    options: [...OWN, ...same],
    finish(draft, operands) {
      const connections = numberOf(draft, "-c", 10);
      if (draft.has("--http2") && !draft.has("-u")) {
        draft.set("-c", "1");
        draft.set("--streams", String(connections));
      } else if (draft.memory.has("-c")) draft.set("-c", String(connections));
      if (draft.has("--scenario") && draft.has("-u") && !draft.has("--think-time")) {
        draft.set("--think-time", "1s");
      }
      const hasRedirects = !draft.has("--worker") && !operands.some((target) => /^wss?:/i.test(target));
      if (hasRedirects && !draft.has("--follow-redirects")) draft.set("--follow-redirects", "10");
      return operands;
    },
  };
}
