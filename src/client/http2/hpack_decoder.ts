/**
 * HPACK, the decoding side (RFC 7541): one decoder a connection, since header blocks build on each other. Fields come
 * out one after the other as places in byte arrays, without text or objects; they are valid until the next one.
 *
 * This client asks for a dynamic table of size 0, which makes every block stand for itself. Servers that fill a table
 * all the same, up to the protocol's default of 4096 bytes, are understood.
 *
 * @module
 */
import { decodeHuffman } from "./hpack_huffman.ts";
import { type FieldBytes, STATIC_ENTRIES, STATIC_TABLE } from "./hpack_static.ts";

const MAX_TABLE_BYTES = 4096;
/** What an entry counts beside its bytes (RFC 7541, 4.1). */
const ENTRY_OVERHEAD = 32;
/** Integers beyond this are refused; no length or index in a block of bearable size is larger. */
const MAX_INTEGER = 0xff_ffff;

/** Decodes the header blocks of a connection, in the order in which they arrive. */
export class HpackDecoder {
  /** The present field: bytes `nameStart … nameEnd − 1` of one array, `valueStart … valueEnd − 1` of another. */
  nameBytes: Uint8Array = new Uint8Array(0);
  nameStart = 0;
  nameEnd = 0;
  valueBytes: Uint8Array = new Uint8Array(0);
  valueStart = 0;
  valueEnd = 0;
  /** What makes the block malformed; the connection cannot be used further. Empty while all is well. */
  problem = "";
  /** The block so far neither used nor changed what other blocks depend on: equal bytes will mean the same again. */
  isContextFree = true;

  /** Newest last. */
  readonly #entries: FieldBytes[] = [];
  #tableBytes = 0;
  #capacity = MAX_TABLE_BYTES;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #hasField = false;
  #nameScratch = new Uint8Array(256);
  #valueScratch = new Uint8Array(1024);

  /** Bytes in the dynamic table, by the count of RFC 7541, 4.1. */
  get tableBytes(): number {
    return this.#tableBytes;
  }

  /** Starts with the block in the bytes `from … to − 1`, which must stay as they are until it has been read. */
  begin(block: Uint8Array, from: number, to: number): void {
    this.#block = block;
    this.#at = from;
    this.#end = to;
    this.#hasField = false;
    this.problem = "";
    this.isContextFree = true;
  }

  /** Moves on to the next field; `false` at the end of the block or when the block is malformed. */
  next(): boolean {
    while (this.#at < this.#end) {
      const byte = this.#block[this.#at]!;
      if (byte >= 0x20 && byte < 0x40) {
        if (!this.#resize()) return false;
        continue;
      }
      this.#hasField = true;
      if (byte >= 0x80) return this.#readIndexed();
      return byte >= 0x40 ? this.#readLiteral(6, true) : this.#readLiteral(4, false);
    }
    return false;
  }

  #fail(problem: string): false {
    this.problem = problem;
    this.#at = this.#end;
    return false;
  }

  #readIndexed(): boolean {
    const index = this.#readInteger(7);
    const entry = index <= 0 ? undefined : this.#entry(index);
    if (entry === undefined) return this.#fail(this.problem || `no table entry ${index}`);
    this.nameBytes = this.valueBytes = entry.bytes;
    this.nameStart = 0;
    this.nameEnd = this.valueStart = entry.nameLength;
    this.valueEnd = entry.bytes.length;
    return true;
  }

  #readLiteral(prefixBits: number, isIndexed: boolean): boolean {
    const index = this.#readInteger(prefixBits);
    if (index < 0) return false;
    if (index === 0) {
      if (!this.#readString(true)) return false;
    } else {
      const entry = this.#entry(index);
      if (entry === undefined) return this.#fail(`no table entry ${index}`);
      this.nameBytes = entry.bytes;
      this.nameStart = 0;
      this.nameEnd = entry.nameLength;
    }
    if (!this.#readString(false)) return false;
    if (isIndexed) this.#insert();
    return true;
  }

  #entry(index: number): FieldBytes | undefined {
    if (index <= STATIC_ENTRIES) return STATIC_TABLE[index];
    this.isContextFree = false;
    return this.#entries[this.#entries.length - (index - STATIC_ENTRIES)];
  }

  /** Reads an integer whose first byte's low bits are its prefix (RFC 7541, 5.1); −1 and a problem when it is bad. */
  #readInteger(prefixBits: number): number {
    const most = (1 << prefixBits) - 1;
    let value = this.#block[this.#at++]! & most;
    if (value < most) return value;
    for (let shift = 0; this.#at < this.#end; shift += 7) {
      const byte = this.#block[this.#at++]!;
      value += (byte & 127) * 2 ** shift;
      if (value > MAX_INTEGER || shift > 28) break;
      if (byte < 128) return value;
    }
    this.#fail(this.#at < this.#end ? "integer too large" : "integer cut short");
    return -1;
  }

  #readString(isName: boolean): boolean {
    if (this.#at >= this.#end) return this.#fail("string missing");
    const isCoded = (this.#block[this.#at]! & 0x80) !== 0;
    const length = this.#readInteger(7);
    if (length < 0) return false;
    const start = this.#at;
    if (start + length > this.#end) return this.#fail("string cut short");
    this.#at += length;
    if (!isCoded) this.#place(isName, this.#block, start, this.#at);
    else {
      const target = this.#scratch(isName, length * 2);
      const count = decodeHuffman(this.#block, start, this.#at, target);
      if (count < 0) return this.#fail("malformed Huffman code");
      this.#place(isName, target, 0, count);
    }
    return true;
  }

  #place(isName: boolean, bytes: Uint8Array, start: number, end: number): void {
    if (isName) {
      this.nameBytes = bytes;
      this.nameStart = start;
      this.nameEnd = end;
    } else {
      this.valueBytes = bytes;
      this.valueStart = start;
      this.valueEnd = end;
    }
  }

  #scratch(isName: boolean, bytes: number): Uint8Array {
    if (isName) {
      if (this.#nameScratch.length < bytes) this.#nameScratch = new Uint8Array(bytes);
      return this.#nameScratch;
    }
    if (this.#valueScratch.length < bytes) this.#valueScratch = new Uint8Array(bytes);
    return this.#valueScratch;
  }

  /** Puts the present field into the table; one that is too large for it empties it (RFC 7541, 4.4). */
  #insert(): void {
    const nameLength = this.nameEnd - this.nameStart;
    const length = nameLength + this.valueEnd - this.valueStart;
    const isEmpty = this.#entries.length === 0;
    const fits = length + ENTRY_OVERHEAD <= this.#capacity;
    if (!fits && isEmpty) return;
    this.isContextFree = false;
    this.#shrinkTo(fits ? this.#capacity - length - ENTRY_OVERHEAD : 0);
    if (!fits) return;
    const bytes = new Uint8Array(length);
    bytes.set(this.nameBytes.subarray(this.nameStart, this.nameEnd));
    bytes.set(this.valueBytes.subarray(this.valueStart, this.valueEnd), nameLength);
    this.#entries.push({ bytes, nameLength });
    this.#tableBytes += length + ENTRY_OVERHEAD;
  }

  #shrinkTo(bytes: number): void {
    while (this.#tableBytes > bytes) {
      this.#tableBytes -= this.#entries.shift()!.bytes.length + ENTRY_OVERHEAD;
    }
  }

  /** A change of the table's size; allowed only before a block's first field (RFC 7541, 4.2). */
  #resize(): boolean {
    if (this.#hasField) return this.#fail("table size changed amid a block");
    const size = this.#readInteger(5);
    if (size < 0) return false;
    if (size > MAX_TABLE_BYTES) return this.#fail(`table size ${size} is above ${MAX_TABLE_BYTES}`);
    this.isContextFree = false;
    this.#capacity = size;
    this.#shrinkTo(size);
    return true;
  }
}
