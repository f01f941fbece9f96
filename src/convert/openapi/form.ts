/**
 * Bodies that are forms, URL-encoded or in parts, as scenario files write them.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { textOf } from "../json_values.ts";
import type { FileFields, FilePart, FileScalar, FileStep } from "../scenario_file.ts";
import type { SpecObject } from "./document.ts";
import { jsonParameter, styledText } from "./parameter_styles.ts";
import { type FormMember, jsonText, Placeholder } from "./values.ts";

/** A URL-encoded form, and the header fields that it needs; `encodings` say of members how they are written. */
export function formBody(
  members: readonly FormMember[],
  encodings: SpecObject,
  type: string,
): Pick<FileStep, "form" | "body"> & { readonly contentType?: string } {
  const sent = members.filter(({ isFile, value }) => !isFile && value !== undefined);
  // What a style leaves unencoded, such as the commas of a list, the key `form` would encode.
  if (sent.some(({ name }) => isStyled(encodingOf(encodings, name)))) {
    return { body: styledForm(sent, encodings), contentType: type };
  }
  return { form: fieldsOf(sent, ({ value }) => fieldValues(value)) };
}

/** A form in parts. */
export interface MultipartBody {
  readonly multipart: FileFields<FilePart>;
  /** Names of the files in it. */
  readonly files: readonly string[];
  /** Names of parts whose content type is not sent, since only files have one in a scenario. */
  readonly untyped: readonly string[];
}

/** A form in parts; `undefined` where it would have none. */
export function multipartBody(
  members: readonly FormMember[],
  encodings: SpecObject,
): MultipartBody | undefined {
  const files: string[] = [];
  const untyped: string[] = [];
  const multipart = fieldsOf(members, ({ name, value, isFile }): readonly FilePart[] => {
    const type = /^[\w.+-]+\/[\w.+-]+/.exec(textOf(encodingOf(encodings, name)["contentType"]) ?? "")?.[0];
    if (!isFile) {
      const given = Array.isArray(value) ? value[0] : value;
      const usual = isRecord(given) && !(given instanceof Placeholder) ? "application/json" : "text/plain";
      if (value !== undefined && (type ?? usual) !== "text/plain") untyped.push(name);
      return value === undefined ? [] : fieldValues(value);
    }
    const file = fileName(name);
    files.push(file);
    return [{ file, ...(type === undefined ? {} : { type }) }];
  });
  return Object.keys(multipart).length === 0 ? undefined : { multipart, files, untyped };
}

/** Fields by name, without those that have no value. */
function fieldsOf<Value extends FilePart>(
  members: readonly FormMember[],
  valuesOf: (member: FormMember) => readonly Value[],
): FileFields<Value> {
  return Object.fromEntries(members.flatMap((member) => {
    const values = valuesOf(member);
    return values.length === 0 ? [] : [[member.name, values.length === 1 ? values[0]! : values]];
  }));
}

/** A field for each value of a list; objects as JSON, as the specification has it. */
function fieldValues(value: unknown): readonly FileScalar[] {
  return (Array.isArray(value) ? value : [value]).map((each): FileScalar => {
    if (each instanceof Placeholder) return each.text;
    if (typeof each === "object" && each !== null) return jsonText(each);
    if (typeof each === "boolean" || (typeof each === "number" && Number.isFinite(each))) return each;
    return String(each ?? "").replaceAll("${", () => "${concat('$', '{')}");
  });
}

/** A name for a file that stands beside the scenario. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, "_").replace(/^\.*/, "") || "file";
}

function encodingOf(encodings: SpecObject, name: string): SpecObject {
  const encoding = Object.hasOwn(encodings, name) ? encodings[name] : undefined;
  return isRecord(encoding) ? encoding : {};
}

function isStyled({ style, explode, allowReserved }: SpecObject): boolean {
  return style !== undefined || explode !== undefined || allowReserved !== undefined;
}

function styledForm(members: readonly FormMember[], encodings: SpecObject): string {
  return members.map(({ name, value }) => {
    const encoding = encodingOf(encodings, name);
    if (!isStyled(encoding) && isRecord(value) && !(value instanceof Placeholder)) {
      return jsonParameter({ place: "query", name }, value);
    }
    return styledText({
      place: "query",
      name,
      style: textOf(encoding["style"]),
      explode: typeof encoding["explode"] === "boolean" ? encoding["explode"] : undefined,
      allowReserved: encoding["allowReserved"] === true,
    }, value);
  }).filter((text) => text !== "").join("&");
}
