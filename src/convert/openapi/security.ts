/**
 * Which credentials an operation of an API asks for. Real ones are never part of a description: placeholders stand for
 * them.
 *
 * @module
 */
import { textOf } from "../json_values.ts";
import type { OpenapiDocument, SpecObject } from "./document.ts";

/** One credential of a request. */
export interface Credential {
  readonly place: "header" | "query" | "cookie";
  /** Of the header field, parameter or cookie. */
  readonly name: string;
  /** What stands in front of the value. */
  readonly prefix: string;
  /** What the value's placeholder is called after. */
  readonly variable: string;
}

/** The credentials of the first alternative; none where a request without any is allowed too. */
export function credentialsOf(document: OpenapiDocument, operation: SpecObject): readonly Credential[] {
  const alternatives = document.resolveAll(operation["security"] ?? document.root["security"]);
  if (alternatives.length === 0 || alternatives.some((each) => Object.keys(each).length === 0)) return [];
  const schemes = document.resolve(document.resolve(document.root["components"])?.["securitySchemes"]) ?? {};
  return Object.keys(alternatives[0]!).flatMap((name) => {
    const scheme = document.resolve(schemes[name]);
    return scheme === undefined ? [] : credentialOf(scheme) ?? [];
  });
}

function credentialOf(scheme: SpecObject): Credential | undefined {
  const place = textOf(scheme["in"]);
  const name = textOf(scheme["name"]) ?? "";
  switch (scheme["type"]) {
    case "oauth2":
    case "openIdConnect":
      return authorization("Bearer ", "TOKEN");
    case "http":
      return /^basic$/i.test(String(scheme["scheme"]))
        ? authorization("Basic ", "BASIC_CREDENTIALS")
        : /^bearer$/i.test(String(scheme["scheme"]))
        ? authorization("Bearer ", "TOKEN")
        : authorization("", "AUTHORIZATION");
    case "apiKey":
      return place === "header" || place === "query" || place === "cookie"
        ? { place, name, prefix: "", variable: name }
        : undefined;
    default:
      return undefined; // mutualTLS: a matter of --cert
  }
}

function authorization(prefix: string, variable: string): Credential {
  return { place: "header", name: "Authorization", prefix, variable };
}
