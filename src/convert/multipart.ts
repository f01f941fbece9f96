/**
 * Writes form bodies: `application/x-www-form-urlencoded` as the URL standard does, and `multipart/form-data`
 * (RFC 7578, with names escaped as the HTML standard has it).
 *
 * @module
 */
import { concat } from "@std/bytes/concat";

/** One field of a form. */
export interface FormPart {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly fileName?: string;
  readonly contentType?: string;
}

/**
 * Fields as a URL-encoded form.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(urlEncodedForm([{ name: "q", content: "a b&c" }, { name: "n", content: "" }]), "q=a+b%26c&n=");
 * ```
 */
export function urlEncodedForm(
  parts: readonly { readonly name: string; readonly content: string }[],
): string {
  return new URLSearchParams(parts.map((part) => [part.name, part.content])).toString();
}

/** A boundary that occurs in none of the parts; the same parts always get the same one. */
export function boundaryFor(parts: readonly FormPart[]): string {
  const texts = parts.map((part) =>
    typeof part.content === "string" ? part.content : new TextDecoder("latin1").decode(part.content)
  );
  let boundary = "----form-part-boundary";
  for (let number = 1; texts.some((text) => text.includes(boundary)); number++) {
    boundary = `----form-part-boundary-${number}`;
  }
  return boundary;
}

/** Fields as a multipart form. */
export function multipartForm(parts: readonly FormPart[], boundary: string): Uint8Array {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (const part of parts) {
    const file = part.fileName === undefined ? "" : `; filename="${escapeName(part.fileName)}"`;
    const type = part.contentType === undefined ? "" : `Content-Type: ${part.contentType}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${
      escapeName(part.name)
    }"${file}\r\n${type}\r\n`;
    chunks.push(
      encoder.encode(head),
      typeof part.content === "string" ? encoder.encode(part.content) : part.content,
    );
    chunks.push(encoder.encode("\r\n"));
  }
  chunks.push(encoder.encode(`--${boundary}--\r\n`));
  return concat(chunks);
}

function escapeName(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
