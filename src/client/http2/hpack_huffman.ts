/**
 * HPACK's Huffman code (RFC 7541, section 5.2 and appendix B). The code is canonical: among codes of one length the
 * next symbol has the next code, so the lengths alone define it. Decoding takes four bits a step.
 *
 * @module
 */

/** Code lengths of the symbols 0 to 255 and of EOS, as `length × repetitions` runs. */
const LENGTH_RUNS: readonly (readonly [length: number, times: number])[] = [
  ...runs(
    "13 23 28*7 24 30 28*2 30 28*8 30 28*9 6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5*3 6*7 7 8 15 6 12 10",
  ),
  ...runs("13 6 7*22 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6*3 5 7 7 6*3 5 6 7 6 5 5 6 7*5 15 11 14 13 28"),
  ...runs(
    "20 22 20 20 22*3 23 22 23*5 24 23 24 24 22 23 24 23*4 21 22 23 22 23 23 24 22 21 20 22 22 23 23 21",
  ),
  ...runs(
    "23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22*3 23 22 22 23 26 26 20 19 22 23 22 25 26*3 27 27",
  ),
  ...runs(
    "26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27*3 20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23",
  ),
  ...runs("26 27 26 26 27*5 28 27*5 26 30"),
];

function runs(text: string): readonly (readonly [number, number])[] {
  return text.split(" ").map((run) => {
    const [length, times = "1"] = run.split("*");
    return [Number(length), Number(times)] as const;
  });
}

/** Length of each symbol's code in bits; symbol 256 is EOS. */
export const HUFFMAN_LENGTHS: readonly number[] = LENGTH_RUNS.flatMap(([length, times]) =>
  new Array<number>(times).fill(length)
);

const EOS = 256;

/** The codes, right-aligned, by symbol. */
export function huffmanCodes(): readonly number[] {
  const codes = new Array<number>(HUFFMAN_LENGTHS.length).fill(0);
  let code = 0;
  for (let length = 1; length <= 30; length++) {
    code *= 2;
    HUFFMAN_LENGTHS.forEach((own, symbol) => {
      if (own === length) codes[symbol] = code++;
    });
  }
  return codes;
}

/** In a transition: a symbol was completed, in the low byte. */
const EMITS = 1 << 8;
/** In a transition: the string may end here. */
const ACCEPTS = 1 << 9;
const STATE_SHIFT = 10;
const FAILS = -1;

/** Transition of state s at four bits b: entry 16 s + b. Built when first needed. */
let transitions: Int32Array | null = null;

/**
 * Decodes a Huffman string into `target` from position 0 and returns the number of bytes; −1 for a malformed one: EOS
 * inside, or padding that is longer than 7 bits or not all ones. A target of 8/5 of the input is large enough.
 */
export function decodeHuffman(source: Uint8Array, from: number, to: number, target: Uint8Array): number {
  const table = transitions ??= buildTransitions();
  let state = 0;
  let accepts = true;
  let count = 0;
  for (let at = from; at < to; at++) {
    const byte = source[at]!;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const next = table[state * 16 + ((byte >> shift) & 15)]!;
      if (next === FAILS) return -1;
      if ((next & EMITS) !== 0) target[count++] = next & 255;
      accepts = (next & ACCEPTS) !== 0;
      state = next >> STATE_SHIFT;
    }
  }
  return accepts ? count : -1;
}

/** An inner node of the code's tree: what a 0 and a 1 lead to, another node or a symbol. */
interface Node {
  readonly index: number;
  readonly next: [Node | number | null, Node | number | null];
  /** Bits from the root, all ones so far: padding may end here. */
  readonly onesDepth: number;
}

function buildTransitions(): Int32Array {
  const nodes: Node[] = [];
  const newNode = (onesDepth: number): Node => {
    const node: Node = { index: nodes.length, next: [null, null], onesDepth };
    nodes.push(node);
    return node;
  };
  const root = newNode(0);
  huffmanCodes().forEach((code, symbol) => {
    let node = root;
    for (let bit = HUFFMAN_LENGTHS[symbol]! - 1; bit > 0; bit--) {
      const way = (code >> bit) & 1;
      const onesDepth = way === 1 && node.onesDepth >= 0 ? node.onesDepth + 1 : -1;
      const next = node.next[way] ??= newNode(onesDepth);
      node = next as Node;
    }
    node.next[code & 1] = symbol;
  });
  const table = new Int32Array(nodes.length * 16);
  for (const node of nodes) {
    for (let bits = 0; bits < 16; bits++) table[node.index * 16 + bits] = walk(root, node, bits);
  }
  return table;
}

/** Where four bits lead from a node. */
function walk(root: Node, start: Node, bits: number): number {
  let node = start;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = node.next[(bits >> bit) & 1]!;
    if (next === EOS || next === null) return FAILS;
    if (typeof next === "number") {
      emitted = EMITS | next;
      node = root;
    } else node = next;
  }
  const accepts = node.onesDepth >= 0 && node.onesDepth < 8 ? ACCEPTS : 0;
  return node.index << STATE_SHIFT | accepts | emitted;
}
