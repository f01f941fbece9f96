/**
 * The body of a recorded request, as it was sent: text byte for byte, base64 decoded, forms rebuilt from their fields
 * where the recording holds only those.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { textOf, valueText } from "../json_values.ts";
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

/**
 * The body of an entry: `undefined` when it has none, `"broken"` when its base64 cannot be decoded. `creator` is the name
 * of the program that wrote the recording.
 */
export function readBody(entry: HarEntry, creator: string): RecordedBody | undefined | "broken" {
  const data = entry.postData;
  if (!isRecord(data)) return undefined;
  const text = withoutUploadHead((isRecord(data["text"]) ? valueText : textOf)(data["text"]) ?? "");
  const parts = readParams(data["params"]);
  const mimeType = [textOf(data["mimeType"]), headerOf(entry, "content-type")]
    .find((type) => type !== undefined && type !== "" && !hasControl(type) && !type.includes("${"));
  const missingFiles = parts.filter((part) => part.fileName !== undefined && part.content === "").length;
  if (text === "") {
    return parts.length === 0 ? undefined : formOf(parts, { mimeType, missingFiles, entry, creator });
  }

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
  readonly creator: string;
}

function formOf(
  parts: readonly FormPart[],
  { mimeType, missingFiles, entry, creator }: FormFacts,
): RecordedBody {
  const isMultipart = mimeType === undefined
    ? parts.some((part) => part.fileName !== undefined)
    : /^multipart\//i.test(mimeType);
  if (!isMultipart) {
    const fields = parts.map((part) => ({ name: part.name, content: String(part.content) }));
    const contentType = mimeType ?? "application/x-www-form-urlencoded";
    const content = isEncoded(fields, creator) ? joinedForm(fields) : urlEncodedForm(fields);
    return { content, contentType, needsType: true, missingFiles };
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

/** A field of a form without files. */
interface TextField {
  readonly name: string;
  readonly content: string;
}

/**
 * Whether fields are recorded as they were sent. The format asks for decoded ones, and Chrome records them encoded; where
 * another program wrote the recording, escapes in fields that hold nothing else to escape tell.
 */
function isEncoded(fields: readonly TextField[], creator: string): boolean {
  if (/^(?:WebInspector|Chrome|Chromium)\b/i.test(creator)) return true;
  const texts = fields.flatMap(({ name, content }) => [name, content]);
  return texts.some((text) => text.includes("%")) &&
    texts.every((text) => /^(?:[\w.*+~!'()-]|%[\da-f]{2})*$/i.test(text));
}

/** Encoded fields as a form; only what cannot stand there is encoded. */
function joinedForm(fields: readonly TextField[]): string {
  const safe = (text: string, pattern: RegExp) => text.replace(pattern, encodeURIComponent);
  return fields.map(({ name, content }) =>
    `${safe(name.toWellFormed(), /[&=#\s]|[^\x21-\x7e]+/g)}=${
      safe(content.toWellFormed(), /[&#\s]|[^\x21-\x7e]+/g)
    }`
  ).join("&");
}

function readParams(list: unknown): FormPart[] {
  if (!Array.isArray(list)) return [];
  const parts: FormPart[] = [];
  for (const param of list) {
    const name = isRecord(param) ? valueText(param["name"]) : undefined;
    if (!isRecord(param) || name === undefined) continue;
    const fileName = textOf(param["fileName"]);
    const type = textOf(param["contentType"]);
    parts.push({
      name,
      content: valueText(param["value"]) ?? "",
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
