/**
 * What bytes of a response head mean: names, blanks, digits, lists.
 *
 * @module
 */

const LF = 10, CR = 13, SP = 32, HT = 9, COMMA = 44, COLON = 58, DEL = 127;

/** Token characters of header names (RFC 9110, 5.6.2). */
export const IS_TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  IS_TOKEN[character.charCodeAt(0)] = 1;
  IS_TOKEN[character.toUpperCase().charCodeAt(0)] = 1;
}

/** Whether bytes are the start of `HTTP/1.`, as far as there are any. */
export function looksLikeHttp(buffer: Uint8Array, start: number, end: number): boolean {
  const prefix = HTTP_1;
  for (let i = 0; i < prefix.length && start + i < end; i++) {
    if (buffer[start + i] !== prefix[i]) return false;
  }
  return true;
}

const latin1 = new TextDecoder("latin1");
const encoder = new TextEncoder();
const HTTP_1 = encoder.encode("HTTP/1.");

/** Names and values that mean something to a parser, in lower case. */
export const WORDS = {
  contentLength: encoder.encode("content-length"),
  transferEncoding: encoder.encode("transfer-encoding"),
  connection: encoder.encode("connection"),
  setCookie: encoder.encode("set-cookie"),
  contentEncoding: encoder.encode("content-encoding"),
  location: encoder.encode("location"),
  keepAlive: encoder.encode("keep-alive"),
  chunked: encoder.encode("chunked"),
  close: encoder.encode("close"),
  contentType: encoder.encode("content-type"),
} as const;

/** Whether bytes spell a lower-case name, in any case. */
export function equalsIgnoringCase(buffer: Uint8Array, start: number, lowerCase: Uint8Array): boolean {
  for (let i = 0; i < lowerCase.length; i++) if ((buffer[start + i]! | 32) !== lowerCase[i]) return false;
  return true;
}

/** Space or tab. */
export function isBlank(byte: number): boolean {
  return byte === SP || byte === HT;
}

/**
 * The value of the first field of that name in a head, without the blanks around it, or `null`. Each byte is looked at a
 * few times at most, whatever a server sends.
 */
export function fieldValue(head: Uint8Array, name: Uint8Array): Uint8Array | null {
  for (let start = head.indexOf(LF) + 1; start > 0; start = head.indexOf(LF, start) + 1) {
    if (!equalsIgnoringCase(head, start, name)) continue;
    let from = start + name.length;
    while (from < head.length && isBlank(head[from]!)) from++;
    if (head[from++] !== COLON) continue;
    const end = head.indexOf(LF, from);
    let to = end < 0 ? head.length : end;
    if (to > from && head[to - 1] === CR) to--;
    while (from < to && isBlank(head[from]!)) from++;
    while (to > from && isBlank(head[to - 1]!)) to--;
    return head.subarray(from, to);
  }
  return null;
}

/** NUL, or a CR that does not end the line. */
export function hasBadValue(buffer: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (buffer[at] === 0 || buffer[at] === CR) return true;
  return false;
}

/** A control character other than a tab. */
export function hasControl(buffer: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = buffer[at]!;
    if ((byte < SP && byte !== HT) || byte === DEL) return true;
  }
  return false;
}

const CHARSET = encoder.encode("charset="), UTF8 = ["utf-8", "utf8"].map((name) => encoder.encode(name));
const QUOTE = 34;

/** Whether a `Content-Type` names a charset other than UTF-8. */
export function hasOtherCharset(buffer: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at + CHARSET.length < to; at++) {
    if (!equalsIgnoringCase(buffer, at, CHARSET)) continue;
    const start = at + CHARSET.length + (buffer[at + CHARSET.length] === QUOTE ? 1 : 0);
    return !UTF8.some((name) => start + name.length <= to && equalsIgnoringCase(buffer, start, name));
  }
  return false;
}

/** The value of a hexadecimal digit, or −1. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The lower-cased members of a comma list; only for fields that few answers have. */
export function listOf(buffer: Uint8Array, from: number, to: number): string[] {
  const text = latin1.decode(buffer.subarray(from, to)).toLowerCase();
  return text.split(",").map((member) => member.trim()).filter((member) => member !== "");
}

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
const TRANSFER_CODING = new RegExp(
  `^(?!chunked[ \\t]*;)${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}[ \\t]*=[ \\t]*(?:${TOKEN}|"[^"]*"))*$`,
);

/** Whether a list's member is a transfer coding (RFC 9112, 7); chunked has no parameters. */
export function isTransferCoding(member: string): boolean {
  return TRANSFER_CODING.test(member);
}

/** The length that a `Content-Length` value declares, once or in a list of equal ones; −1 when it is none. */
export function contentLengthOf(buffer: Uint8Array, from: number, to: number): number {
  let declared = -1;
  let at = from;
  do {
    while (at < to && isBlank(buffer[at]!)) at++;
    const digitsStart = at;
    let length = 0;
    for (; at < to && buffer[at]! >= 48 && buffer[at]! <= 57; at++) length = length * 10 + (buffer[at]! - 48);
    const isNumber = at > digitsStart && length <= Number.MAX_SAFE_INTEGER;
    while (at < to && isBlank(buffer[at]!)) at++;
    const isWhole = at === to || buffer[at] === COMMA;
    if (!isNumber || !isWhole || (declared !== -1 && declared !== length)) return -1;
    declared = length;
  } while (at++ < to);
  return declared;
}
