/**
 * The settings that somebody gave, in words: what they are called, their value with its unit, and where they came from.
 *
 * @module
 */
import { durationInWords } from "../../lib/duration.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import { formatCount } from "../../lib/number_format.ts";
import { isSwitch } from "../../options/names.ts";
import type { Option, OptionTable } from "../../options/option.ts";
import type { GivenSetting } from "../../result/outcome.ts";
import { LEFT_OUT, textOf } from "./command_text.ts";
import { SCENARIO_FILE } from "./module_file.ts";
import type { Settings } from "./settings.ts";

/** Words of flags that are written otherwise. */
const WORDS: Readonly<Record<string, string>> = {
  ...{
    url: "URL",
    http2: "HTTP/2",
    tls: "TLS",
    ca: "CA",
    dns: "DNS",
    json: "JSON",
    html: "HTML",
    csv: "CSV",
  },
  ...{
    sni: "SNI",
    ipv4: "IPv4",
    ipv6: "IPv6",
    p95: "p95",
    p99: "p99",
    junit: "JUnit",
    grpc: "gRPC",
    id: "ID",
  },
  ...{ otlp: "OTLP", keepalive: "keep-alive", num: "number of", nats: "NATS", ip: "IP", sse: "SSE" },
};

/** All that was given, in the order of the option tables; secrets are masked. A list has an entry an item. */
export function settingsInWords(
  { values, origins, options, operands }: Pick<Settings, "values" | "origins" | "operands"> & {
    readonly options: OptionTable;
  },
): readonly GivenSetting[] {
  const given = Object.entries(options).filter(([property]) =>
    origins.has(property) && !LEFT_OUT.has(property)
  );
  return [
    ...operands.map((operand) => ({
      name: SCENARIO_FILE.test(operand) ? "Scenario" : "URL",
      value: maskUrl(operand),
    })),
    ...given.flatMap(([property, option]) => {
      const value = (values as Readonly<Record<string, unknown>>)[property];
      const items = option.repeat ? value as readonly unknown[] : [value];
      const from = origins.get(property)!.text;
      return items.filter((item) => item !== undefined)
        .map((item) => ({ name: nameOf(option), value: valueInWords(option, item), from }));
    }),
  ];
}

/** `--latency-breakdown` as `Latency breakdown`. */
function nameOf({ long }: Option): string {
  const words = long.slice(2).split("-").map((word) => WORDS[word] ?? word).join(" ");
  return /^[a-z]+[A-Z0-9]/.test(words) ? words : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function valueInWords(option: Option, item: unknown): string {
  if (isSwitch(option)) return item === true ? "on" : "off";
  const text = textOf(option, item) ?? "on";
  if (option.secret || typeof item !== "number") return text;
  switch (option.type.label) {
    case "RATE":
      return `${Number.isInteger(item) ? formatCount(item) : item} per second`;
    case "DURATION":
    case "DURATION|auto":
      return durationInWords(item);
    case "SIZE":
      return text.replace(/(\d)([A-Z])/, "$1 $2");
    case "PERCENT":
      return `${item}%`;
    case "N":
      return formatCount(item);
    default:
      return text;
  }
}
