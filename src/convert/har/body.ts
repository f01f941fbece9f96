/**
 * The body of a recorded request, as it was sent: text byte for byte, base64 decoded, forms rebuilt from their fields
 * where the recording holds only those.
 *
 * @module
 */
import { isRecord, textOf } from "./document.ts";
import { type HarEntry, headerOf } from "./entry.ts";
import { hasControl } from "../header_rules.ts";
import { boundaryFor, type FormPart, multipartForm, urlEncodedForm } from "../multipart.ts";

/** A body to replay. */
export interface RecordedBody {
  readonly content: string | Uint8Array;
  /** What it says it is; absent when the recording does not tell. */
  readonly contentType?: string;
  /** The content type holds a boundary made here, so the request must be sent with it. */
  readonly needsType: boolean;
  /** Files of the form whose content was not recorded. */
  readonly missingFiles: number;
}

/** The body of an entry: `undefined` when it has none, `"broken"` when its base64 cannot be decoded. */
export function readBody(entry: HarEntry): RecordedBody | undefined | "broken" {
  const data = entry.postData;
  if (!isRecord(data)) return undefined;
  const text = withoutUploadHead(textOf(data["text"]) ?? "");
  const parts = readParams(data["params"]);
  const mimeType = [textOf(data["mimeType"]), headerOf(entry, "content-type")]
    .find((type) => type !== undefined && type !== "" && !hasControl(type) && !type.includes("${"));
  const missingFiles = parts.filter((part) => part.fileName !== undefined && part.content === "").length;
  if (text === "") return parts.length === 0 ? undefined : formOf(parts, { mimeType, missingFiles, entry });

  const encoding = textOf(data["encoding"]) ?? textOf(data["_encoding"]);
  const content = encoding?.toLowerCase() === "base64" ? decodeBase64(text) : text;
  if (content === undefined) return "broken";
  const contentType = withBoundary(mimeType, text, headerOf(entry, "content-type"));
  return {
    content,
    ...(contentType === undefined ? {} : { contentType }),
    needsType: false,
    missingFiles,
  };
}

/** Firefox records the header fields of an uploaded form in front of its body; they are among the headers, too. */
function withoutUploadHead(text: string): string {
  const head = /^(?:[\w-]+: [^\r\n]*\r\n)+\r\n/.exec(text)?.[0];
  const declared = head && /^content-length: (\d+)\r\n/im.exec(head)?.[1];
  if (!head || !declared) return text;
  const length = Number(declared);
  const body = text.slice(head.length);
  return body.length === length || new TextEncoder().encode(body).length === length ? body : text;
}

interface FormFacts {
  readonly mimeType: string | undefined;
  readonly missingFiles: number;
  readonly entry: HarEntry;
}

function formOf(parts: readonly FormPart[], { mimeType, missingFiles, entry }: FormFacts): RecordedBody {
  const isMultipart = mimeType === undefined
    ? parts.some((part) => part.fileName !== undefined)
    : /^multipart\//i.test(mimeType);
  if (!isMultipart) {
    const fields = parts.map((part) => ({ name: part.name, content: String(part.content) }));
    const contentType = mimeType ?? "application/x-www-form-urlencoded";
    return { content: urlEncodedForm(fields), contentType, needsType: true, missingFiles };
  }
  const recorded = boundaryOf(mimeType) ?? boundaryOf(headerOf(entry, "content-type"));
  const boundary = recorded ?? boundaryFor(parts);
  const kind = /^[^;\s]+/.exec(mimeType ?? "")?.[0] ?? "multipart/form-data";
  return {
    content: multipartForm(parts, boundary),
    contentType: `${kind}; boundary=${boundary}`,
    needsType: true,
    missingFiles,
  };
}

function readParams(list: unknown): FormPart[] {
  if (!Array.isArray(list)) return [];
  const parts: FormPart[] = [];
  for (const param of list) {
    const name = isRecord(param) ? textOf(param["name"]) : undefined;
    if (!isRecord(param) || name === undefined) continue;
    const value = param["value"];
    const fileName = textOf(param["fileName"]);
    const type = textOf(param["contentType"]);
    parts.push({
      name,
      content: typeof value === "number" || typeof value === "boolean" ? String(value) : textOf(value) ?? "",
      ...(fileName === undefined || fileName === "" ? {} : { fileName }),
      ...(type === undefined || type === "" || hasControl(type) ? {} : { contentType: type }),
    });
  }
  return parts;
}

/** A multipart type with the boundary that the text is written with, where the recorded type lacks it. */
function withBoundary(
  mimeType: string | undefined,
  text: string,
  header: string | undefined,
): string | undefined {
  if (mimeType === undefined || !/^multipart\//i.test(mimeType) || boundaryOf(mimeType) !== undefined) {
    return mimeType;
  }
  const boundary = boundaryOf(header) ?? /^--([^\r\n]{1,70})\r?\n/.exec(text)?.[1];
  return boundary === undefined ? mimeType : `${/^[^;\s]+/.exec(mimeType)?.[0]}; boundary=${boundary}`;
}

/** The boundary of a multipart type, if it is one that can stand unquoted. */
function boundaryOf(type: string | undefined): string | undefined {
  return /^multipart\/[^;]*;.*?boundary="?([\w'()+,./:=?-]{1,70})"?/i.exec(type ?? "")?.[1];
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet: /[-_]/.test(text) ? "base64url" : "base64" });
  } catch {
    return undefined; // the decoder has no other way to say so
  }
}
