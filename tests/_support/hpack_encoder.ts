/**
 * An HPACK encoder for tests (RFC 7541), written to produce every form that a server may choose, malformed ones
 * included. Independent of the client's own encoder but for the Huffman code's table.
 */
import { HUFFMAN_LENGTHS, huffmanCodes } from "../../src/client/http2/hpack_huffman.ts";

/** How a field is written. */
export interface FieldForm {
  /** Literal with incremental indexing, without indexing, or never indexed. */
  readonly form?: "incremental" | "plain" | "never";
  readonly huffman?: boolean;
  /** Take the name from this entry of the tables. */
  readonly nameIndex?: number;
}

/** A name and a value, and how they are written. */
export type TestField = readonly [name: string, value: string, form?: FieldForm];

const FORMS = { incremental: [0x40, 6], plain: [0, 4], never: [0x10, 4] } as const;
const CODES = huffmanCodes();

/** A block of literal fields. */
export function encodeFields(fields: readonly TestField[]): Uint8Array {
  return Uint8Array.from(fields.flatMap(([name, value, how = {}]) => {
    const [pattern, bits] = FORMS[how.form ?? "plain"];
    const start = integer(how.nameIndex ?? 0, bits, pattern);
    return [
      ...start,
      ...(how.nameIndex === undefined ? string(name, how.huffman) : []),
      ...string(value, how.huffman),
    ];
  }));
}

/** An indexed field. */
export function indexed(index: number): readonly number[] {
  return integer(index, 7, 0x80);
}

/** A change of the table's size. */
export function tableSize(size: number): readonly number[] {
  return integer(size, 5, 0x20);
}

/** An integer behind a pattern (RFC 7541, 5.1). */
export function integer(value: number, prefixBits: number, pattern: number): readonly number[] {
  const most = 2 ** prefixBits - 1;
  if (value < most) return [pattern | value];
  const bytes = [pattern | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + rest % 128);
  return [...bytes, rest];
}

/** A string literal; each character is one byte. */
export function string(text: string, isHuffman = false): readonly number[] {
  const bytes = [...text].map((character) => character.charCodeAt(0));
  const coded = isHuffman ? huffman(bytes) : bytes;
  return [...integer(coded.length, 7, isHuffman ? 0x80 : 0), ...coded];
}

/** Bytes in Huffman code, padded with ones. */
export function huffman(bytes: readonly number[]): readonly number[] {
  const bits = bytes.map((byte) => CODES[byte]!.toString(2).padStart(HUFFMAN_LENGTHS[byte]!, "0")).join("");
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return padded.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? [];
}
