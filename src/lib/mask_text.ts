/**
 * Text as it may be shown although secrets went into it.
 *
 * @module
 */
import { isCredential, isSecretName, SCHEME_AND_TOKEN, WEB_TOKEN } from "./credentials.ts";
import { MASK, maskUrl, maskUrlsIn, secretsInUrl } from "./mask_url.ts";
import { looselyDecoded } from "./percent_decode.ts";

/**
 * The text with each secret masked, also where it is written as a URL or JSON writes it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskSecrets("a b=x&k=a%20b", ["a b", ""]), "***=x&k=***");
 * ```
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(spellings));
  forms.delete("");
  // The longest first: a shorter one may be part of it.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function spellings(secret: string): readonly string[] {
  const text = secret.toWellFormed();
  const form = new URLSearchParams({ "": text }).toString().slice(1);
  return [secret, encodeURIComponent(text), encodeURI(text), form, JSON.stringify(secret).slice(1, -1)];
}

/** `"name": "value"`, also with a number or a list of such as value. */
const JSON_FIELD = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)("(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*|\[[^[\]{}]*\]?)/g;
/** `["name", "value"]`, as lists of header fields are written. */
const JSON_PAIR = /\["((?:[^"\\]|\\.){1,100})"(\s*,\s*)(?=("(?:[^"\\]|\\.)*"?))\3(?=\s*\]|$)/g;
/** JSON in a text of JSON is looked into so deep. */
const MAX_LEVELS = 2;
/** `name="value"` of markup. */
const ATTRIBUTE = /([\w:.-]{1,100})=("[^"]*"?|'[^']*'?)/g;
/** `name: "value"`, as arguments in GraphQL and values in YAML are written. */
const ARGUMENT = /(^|[^"\w-])([a-z_][\w-]{0,99})(\s{0,9}:\s{0,9})("(?:[^"\\]|\\.)*"?)/gi;
/** `name=value` of a form or a query. */
const FORM_FIELD = /(^|[?&;,\s"'])([\w.[\]%-]{1,100})=([^&;\s"'<>]+)/g;
/** A part of a multipart form. */
const FORM_PART =
  /( name="?([^"\r\n;]{1,100})"?[^\r\n]*\r\n(?:[^\r\n]{1,1000}\r\n){0,20}\r\n)([^]*?)(?=\r\n--|$)/g;
/** An element of XML that holds text alone. */
const XML_ELEMENT = /<([\w:.-]{1,100})((?:\s[^<>]{0,1000})?)>([^<]+)/g;

/**
 * A body, whole or cut, without the values of fields that are named like a secret: those of JSON, of forms and of queries.
 * `onSecret` hears the name of each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskFields('{"user":"ann","password":"x"}'), '{"user":"ann","password":"***"}');
 * assertEquals(maskFields("user=ann&password=x"), "user=ann&password=***");
 * ```
 */
export function maskFields(text: string, onSecret: (name: string) => void = () => {}): string {
  return maskLevel(text, onSecret, MAX_LEVELS);
}

function maskLevel(text: string, onSecret: (name: string) => void, levels: number): string {
  const isSecret = (name: string, value: string) => {
    const found = isSecretName(name) && !/^(?:["']{0,2}|\[\s*\]?)$/.test(value);
    if (found) onSecret(name);
    return found;
  };
  const hide = () => {
    onSecret("token");
    return MASK;
  };
  return text
    .replace(JSON_FIELD, (whole, name: string, colon: string, value: string) => {
      if (isSecret(unescaped(name), value)) return `"${name}"${colon}"${MASK}"`;
      const inner = levels > 0 && value.includes("\\") ? unescaped(value.slice(1, -1)) : "";
      const masked = maskLevel(inner, onSecret, levels - 1);
      return masked === inner ? whole : `"${name}"${colon}${JSON.stringify(masked)}`;
    })
    .replace(JSON_PAIR, (whole, name: string, comma: string, value: string) => {
      return isSecret(unescaped(name), value) ? `["${name}"${comma}"${MASK}"` : whole;
    })
    .replace(ARGUMENT, (whole, before: string, name: string, colon: string, value: string) => {
      return isSecret(name, value) ? `${before}${name}${colon}"${MASK}"` : whole;
    })
    .replace(ATTRIBUTE, (whole, name: string, value: string) => {
      const quote = value[0]!;
      return isSecret(name, value) ? `${name}=${quote}${MASK}${quote}` : whole;
    })
    .replace(FORM_FIELD, (whole, before: string, name: string, value: string) => {
      if (value === MASK) return whole;
      if (isSecret(looselyDecoded(name), value)) return `${before}${name}=${MASK}`;
      for (const inner of secretsInUrl(value)) onSecret(inner);
      return `${before}${name}=${maskUrl(value)}`;
    })
    .replace(FORM_PART, (whole, head: string, name: string, value: string) => {
      return isSecret(name, value) ? `${head}${MASK}` : whole;
    })
    .replace(XML_ELEMENT, (whole, name: string, attributes: string, value: string) => {
      const isNamed = value.trim() !== "" && isSecret(name.replace(/^.*:/, ""), value);
      return isNamed ? `<${name}${attributes}>${MASK}` : whole;
    })
    .replace(SCHEME_AND_TOKEN, (_, scheme: string) => `${scheme} ${hide()}`)
    .replace(WEB_TOKEN, hide);
}

/** The names of fields in a body that hold a secret. */
export function secretsInBody(text: string): readonly string[] {
  const names = new Set<string>();
  maskFields(text, (name) => names.add(name));
  return [...names];
}

/** A field's value as it may be shown: URLs, queries and tokens in it masked, whatever the field is called. */
export function maskFieldValue(value: string): string {
  return maskFields(maskUrlsIn(value));
}

/** Whether a header field is or holds a credential: as `isCredential`, or in a URL that is part of its value. */
export function holdsCredential(header: readonly [name: string, value: string]): boolean {
  return isCredential(header) || maskFieldValue(header[1]) !== header[1];
}

/** The name that a name in JSON stands for. */
function unescaped(name: string): string {
  if (!name.includes("\\")) return name;
  try {
    return JSON.parse(`"${name}"`);
  } catch {
    return name; // Cut, or no JSON.
  }
}

/** The value of a field of that name as it may be shown. */
export function maskNamedValue(name: string, value: string): string {
  return isSecretName(name) ? MASK : maskFieldValue(value);
}
