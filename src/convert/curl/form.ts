/**
 * Multipart forms of curl's `-F`: `name=value`, `name=@file;type=…;filename=…`, `name=<file`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { CurlField } from "./command.ts";
import { hasControl } from "../header_rules.ts";
import { boundaryFor, type FormPart, multipartForm } from "../multipart.ts";
import { quoted } from "../wording.ts";

/** Reads a file that a command names. Rejects with a `UsageError`. */
export type FileReader = (path: string) => Promise<Uint8Array>;

/** What a form needs besides its fields. */
export interface FormContext {
  readonly readFile: FileReader;
  /** The content type that the command gives, if any. */
  readonly contentType: string | undefined;
}

/**
 * The body of a form, and its content type with the boundary.
 * @throws {UsageError} when a field has no name or a file cannot be read
 */
export async function buildCurlForm(
  fields: readonly CurlField[],
  { readFile, contentType }: FormContext,
): Promise<{ readonly body: Uint8Array; readonly contentType: string }> {
  const parts: FormPart[] = [];
  for (const field of fields) parts.push(await readPart(field, readFile));
  const given = /boundary="?([\w'()+,./:=?-]{1,70})"?/i.exec(contentType ?? "")?.[1];
  const boundary = given ?? boundaryFor(parts);
  const type = contentType ?? "multipart/form-data";
  return {
    body: multipartForm(parts, boundary),
    contentType: given === undefined ? `${type}; boundary=${boundary}` : type,
  };
}

async function readPart({ text, isLiteral }: CurlField, readFile: FileReader): Promise<FormPart> {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new UsageError(`Cannot import curl's -F: expected name=value, found ${quoted(text.slice(0, 20))}`);
  }
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (isLiteral) return { name, content: value };
  const { content, settings } = splitSettings(value);
  for (const key of ["encoder", "headers"]) {
    if (settings.has(key)) {
      throw new UsageError(`Cannot import curl's -F with ;${key}=: parts have only a type and a file name`);
    }
  }
  if (/^[()]/.test(value)) {
    throw new UsageError("Cannot import curl's -F with ( or ): forms within forms are not supported");
  }
  const contentType = settings.get("type");
  const type = contentType === undefined || hasControl(contentType) ? {} : { contentType };
  const isUpload = content.startsWith("@");
  const given = settings.get("filename");
  if (!isUpload && !content.startsWith("<")) {
    if (given === undefined) return { name, content, ...type };
    const guessed = contentType ?? typeOfFile(given);
    return { name, content, fileName: given, ...(guessed === undefined ? {} : { contentType: guessed }) };
  }
  const path = content.slice(1);
  if (isUpload && path.includes(",") && !/^@"/.test(value)) {
    throw new UsageError(
      `Cannot import curl's -F with several files in one field (${
        quoted(path)
      }): name them in fields of their own`,
    );
  }
  const bytes = await readFile(path);
  if (isUpload) {
    const fileName = given ?? path.replace(/^.*[/\\]/s, "");
    const guessed = typeOfFile(fileName) ?? typeOfFile(path) ?? "application/octet-stream";
    return { name, content: bytes, fileName, contentType: contentType ?? guessed };
  }
  // Without a file name, text is what a field holds anyway.
  const guessed = typeOfFile(path);
  if (contentType !== undefined || guessed === undefined || guessed === "text/plain") {
    return { name, content: bytes, ...type };
  }
  return { name, content: bytes, contentType: guessed };
}

/** A value, and what stands behind it: `;type=…`, `;filename=…` and their kin. A value in quotes is taken out of them. */
function splitSettings(
  value: string,
): { readonly content: string; readonly settings: ReadonlyMap<string, string> } {
  const settings = new Map<string, string>();
  const setting =
    /;\s*(type|filename|encoder|headers)=("(?:[^"\\]|\\.)*"|.*?)\s{0,100}(?=$|;\s{0,100}(?:type|filename|encoder|headers)=)/gs;
  const first = value.search(/;\s*(?:type|filename|encoder|headers)=/);
  const content = first < 0 ? value : value.slice(0, first);
  for (const [, key = "", text = ""] of first < 0 ? [] : value.slice(first).matchAll(setting)) {
    settings.set(key, unquoted(text.trimEnd()));
  }
  const mark = /^[@<]/.exec(content)?.[0] ?? "";
  return { content: mark + unquoted(content.slice(mark.length)), settings };
}

function unquoted(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text;
}

/** The type that curl derives from a file's name, if any. */
function typeOfFile(path: string): string | undefined {
  const types: Readonly<Record<string, string>> = {
    gif: "image/gif",
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    png: "image/png",
    svg: "image/svg+xml",
    txt: "text/plain",
    htm: "text/html",
    html: "text/html",
    pdf: "application/pdf",
    xml: "application/xml",
  };
  return types[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
}
