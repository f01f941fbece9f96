/**
 * Functions that make texts of texts: encodings, hashes, letters.
 *
 * @module
 */
import { nodeModule } from "../lib/node_modules.ts";
import { knownText, type Operand, type TemplateFunction, textFunction } from "./template_function.ts";
import { jsonOf, sizeOf, textOf } from "./value.ts";

const encoder = new TextEncoder();

/** Loaded when the first hash is bound: it takes longer than everything else here. */
const crypto = () => nodeModule("node:crypto");

const ENCODINGS = ["hex", "base64", "base64url"] as const;
type Encoding = typeof ENCODINGS[number];

/** The functions, by name. */
export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  urlencode: textFunction("urlencode(value)", (text) => encodeURIComponent(text.toWellFormed())),
  base64: textFunction("base64(value)", (text) => encoder.encode(text).toBase64()),
  base64url: textFunction(
    "base64url(value)",
    (text) => encoder.encode(text).toBase64({ alphabet: "base64url", omitPadding: true }),
  ),
  hex: textFunction("hex(value)", (text) => encoder.encode(text).toHex()),
  sha256: {
    usage: "sha256(value) or sha256(value, 'base64'); also 'base64url'",
    isPure: true,
    bind([value, form, ...rest]) {
      const encoding = encodingOf(form);
      if (value === undefined || encoding === undefined || rest.length > 0) return undefined;
      const { createHash } = crypto();
      return (scope) => {
        const given = value.get(scope);
        return given === undefined ? undefined : createHash("sha256").update(textOf(given)).digest(encoding);
      };
    },
  },
  hmac_sha256: {
    usage: "hmac_sha256(key, value) or hmac_sha256(key, value, 'base64'); also 'base64url'",
    isPure: true,
    bind([key, value, form, ...rest]) {
      const encoding = encodingOf(form);
      if (key === undefined || value === undefined || encoding === undefined || rest.length > 0) {
        return undefined;
      }
      const { createHmac } = crypto();
      return (scope) => {
        const secret = key.get(scope);
        const given = value.get(scope);
        if (secret === undefined || given === undefined) return undefined;
        return createHmac("sha256", textOf(secret)).update(textOf(given)).digest(encoding);
      };
    },
  },
  lower: textFunction("lower(value)", (text) => text.toLowerCase()),
  upper: textFunction("upper(value)", (text) => text.toUpperCase()),
  trim: textFunction("trim(value)", (text) => text.trim()),
  concat: {
    usage: "concat(a, b, …), several values as one text",
    isPure: true,
    bind(args) {
      if (args.length === 0) return undefined;
      return (scope) => {
        let text = "";
        for (const { get } of args) {
          const value = get(scope);
          if (value === undefined) return undefined;
          text += textOf(value);
        }
        return text;
      };
    },
  },
  json: {
    usage: "json(value), the value as JSON in a text",
    isPure: true,
    bind: ([value, ...rest]) => value && rest.length === 0 ? valued(value, jsonOf) : undefined,
  },
  count: {
    usage: "count(list), how many elements it has",
    isPure: true,
    bind: ([value, ...rest]) => value && rest.length === 0 ? valued(value, sizeOf) : undefined,
  },
  raw: {
    usage: "raw(value), in a path as it is",
    isPure: true,
    bind: ([value, ...rest]) => rest.length === 0 ? value?.get : undefined,
  },
};

type Value = NonNullable<Operand["constant"]> | null;

function valued(
  { get }: Operand,
  make: (value: Value) => Value | undefined,
): ReturnType<TemplateFunction["bind"]> {
  return (scope) => {
    const value = get(scope);
    return value === undefined ? undefined : make(value);
  };
}

function encodingOf(form: Operand | undefined): Encoding | undefined {
  const name = form === undefined ? "hex" : knownText(form);
  return ENCODINGS.find((encoding) => encoding === name);
}
