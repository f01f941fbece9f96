/**
 * What k6's own modules have and the platform has under other names: written out where a script imports it.
 *
 * @module
 */

/** Functions of k6's collections that are short enough, by their name. */
const UTILITIES: Readonly<Record<string, string>> = {
  randomIntBetween: "(min, max) => Math.floor(min + Math.random() * (max - min + 1))",
  randomItem: "(list) => list[Math.floor(Math.random() * list.length)]",
  randomString: '(length, from = "abcdefghijklmnopqrstuvwxyz") =>\n' +
    '  Array.from({ length }, () => from[Math.floor(Math.random() * from.length)]).join("")',
  // The script may call something of its own crypto.
  uuidv4: "() => globalThis.crypto.randomUUID()",
};

const BASE64 = `{
  b64encode: (data, kind = "std") => {
    const text = Buffer.from(data).toString(kind.includes("url") ? "base64url" : "base64").replace(/=+$/, "");
    return kind.startsWith("raw") ? text : text.padEnd(Math.ceil(text.length / 4) * 4, "=");
  },
  b64decode: (text, _kind, format) =>
    format === "s" ? Buffer.from(text, "base64").toString() : new Uint8Array(Buffer.from(text, "base64")).buffer,
}`;

const bytesOf = `typeof data === "string" ? data : new Uint8Array(data)`;
const shown =
  `form === "binary" ? new Uint8Array(hash.digest()).buffer : hash.digest(form === "base64rawurl" ? "base64url" : form)`;
const DIGESTS = ["md5", "sha1", "sha256", "sha384", "sha512"];
const HASHES = `{
${
  DIGESTS.map((name) =>
    `  ${name}: (data, form) => shownHash(createHash("${name}").update(${bytesOf}), form),`
  ).join("\n")
}
  hmac: (name, key, data, form) => shownHash(createHmac(name, key).update(${bytesOf}), form),
}`;

/** Modules: what must stand before, what they are as an object, and the names in it. */
const MODULES: Readonly<
  Record<string, { readonly head: string; readonly object: string; readonly names: readonly string[] }>
> = {
  "k6/encoding": {
    head: `import { Buffer } from "node:buffer";\n`,
    object: BASE64,
    names: ["b64encode", "b64decode"],
  },
  "k6/crypto": {
    head:
      `import { createHash, createHmac } from "node:crypto";\nconst shownHash = (hash, form) =>\n  ${shown};\n`,
    object: HASHES,
    names: [...DIGESTS, "hmac"],
  },
};

/** An import: its local name, and what it is called where it comes from; `default` for all of it. */
export interface ImportedName {
  readonly local: string;
  readonly imported: string;
}

/** The text that stands in place of an import, and the names that nothing stands for. */
export function writtenOut(
  source: string,
  imported: readonly ImportedName[],
): { readonly text: string; readonly missing: readonly string[] } {
  const known = Object.hasOwn(MODULES, source) ? MODULES[source] : undefined;
  const lines: string[] = [];
  const named: string[] = [];
  const missing: string[] = [];
  for (const { local, imported: name } of imported) {
    if (known !== undefined && name === "default") lines.push(`const ${local} = ${known.object};`);
    else if (known?.names.includes(name)) named.push(local === name ? name : `${name}: ${local}`);
    else if (Object.hasOwn(UTILITIES, name)) lines.push(`const ${local} = ${UTILITIES[name]};`);
    else missing.push(name);
  }
  if (known !== undefined && named.length > 0) {
    lines.push(`const { ${named.join(", ")} } = ${known.object};`);
  }
  const head = known !== undefined && lines.length > 0 ? known.head : "";
  return { text: head + lines.join("\n"), missing };
}
