/**
 * Recognises files that one importer is given and another program or importer reads, so that a refusal can say what they
 * are.
 *
 * @module
 */
import { isRecord } from "../lib/is_record.ts";
import { textOf } from "./json_values.ts";

/**
 * What a parsed document is: "a Postman collection"; `undefined` when it is nothing well known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(knownDocument({ swagger: "1.2" }), "a Swagger 1.2 description");
 * assertEquals(knownDocument({}), undefined);
 * ```
 */
export function knownDocument(document: unknown): string | undefined {
  if (!isRecord(document)) return undefined;
  const info = isRecord(document["info"]) ? document["info"] : {};
  const schema = textOf(info["schema"]) ?? "";
  if (info["_postman_id"] !== undefined || /postman\.com/.test(schema)) {
    return "a Postman collection, which bench postman-import reads";
  }
  if (document["_postman_variable_scope"] !== undefined) return "a Postman environment";
  if (document["__export_format"] !== undefined) return "an Insomnia export";
  if (document["swagger"] !== undefined) {
    const version = String(document["swagger"]).slice(0, 10);
    return `a Swagger ${version} description${
      /^2/.test(version) ? ", which bench openapi-import reads" : ""
    }`;
  }
  if (document["openapi"] !== undefined) return "an OpenAPI description, which bench openapi-import reads";
  if (document["asyncapi"] !== undefined) return "an AsyncAPI description";
  const log = document["log"];
  if (isRecord(log) && log["entries"] !== undefined) return "a recording (HAR), which bench har-import reads";
  if (Array.isArray(document["steps"]) || Array.isArray(document["flows"])) {
    return "a scenario, which bench --scenario runs";
  }
  return undefined;
}

/** Whether a text begins with a curl command, after a prompt sign perhaps. */
export function isCurlText(text: string): boolean {
  return /^\s*(?:[$%>]\s+)?\S*curl(?:\.exe)?(?:\s|$)/i.test(text);
}

/** What a text is, as {@linkcode knownDocument} says it; `undefined` when it is nothing well known. */
export function knownText(text: string): string | undefined {
  if (/^\s*[[{]/.test(text)) {
    try {
      return knownDocument(JSON.parse(text)) ?? "a JSON document";
    } catch {
      return undefined; // only looks like one
    }
  }
  if (/^[ \t]*swagger[ \t]*:/m.test(text)) return "a Swagger description, which bench openapi-import reads";
  if (/^[ \t]*openapi[ \t]*:/m.test(text)) return "an OpenAPI description, which bench openapi-import reads";
  if (isCurlText(text)) return "a curl command, which bench curl-import reads";
  // One word in upper case and a URL: Vegeta's targets, and lists of URLs.
  return /^\s*(?:#[^\n]*\n\s*)*(?:[A-Z]+ )?https?:\/\/\S+\s*(?:\n|$)/.test(text)
    ? "a list of URLs or Vegeta targets; bench --url-file reads lines of METHOD URL"
    : undefined;
}
