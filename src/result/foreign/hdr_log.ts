/**
 * HdrHistogram's interval logs (`.hlog`): a line for each interval with its histogram in the V2 encoding, plain or
 * compressed, in base64. What its values are, ns or µs, shows in the largest one, which a line also tells in ms.
 *
 * @module
 */
import { nodeModule } from "../../lib/node_modules.ts";
import { MAX_HDR_HISTOGRAM_BYTES } from "../../lib/size_limits.ts";
import { EMPTY_HISTOGRAM, type HistogramData, indexOfValue } from "../../metrics/histogram.ts";
import type { ForeignRun } from "./foreign_run.ts";

const PLAIN = 0x1c849303;
const COMPRESSED = 0x1c849304;
/** Bits of a cookie that say how wide its counts are. */
const WIDTH_BITS = 0xf0;
const PLAIN_HEAD_BYTES = 40;
const HIGHEST_US = 2 ** 32 - 1;
/** Values of a ms: ns, µs, ms. */
const UNITS_PER_MS = [1e6, 1e3, 1];

/** Values in a bucket, from `low` on, in units of their log. */
interface Bucket {
  readonly count: number;
  readonly low: number;
  readonly width: number;
}

/** The run that a log tells, all of its intervals and tags together; `undefined`: it is no such log. */
export function readHdrLog(text: string): ForeignRun | undefined {
  if (!/^#\[(?:Histogram log format version|StartTime)|^"StartTimestamp"/m.test(text)) return undefined;
  const all = new Merged();
  let fromSec = Infinity;
  let toSec = 0;
  for (const line of text.split(/\r?\n/)) {
    const [, start, length, max, encoded] =
      /^(?:Tag=[^,]*,)?\s*([\d.]+),\s*([\d.]+),\s*([\d.]+),\s*"?([A-Za-z0-9+/=]+)"?\s*$/.exec(line) ?? [];
    const buckets = encoded === undefined ? undefined : bucketsIn(encoded);
    if (buckets === undefined) continue;
    const unitsPerUs = unitsPerMs(buckets, Number(max)) / 1000;
    for (const bucket of buckets) all.add(bucket, unitsPerUs);
    fromSec = Math.min(fromSec, Number(start));
    toSec = Math.max(toSec, Number(start) + Number(length));
  }
  const latency = all.data();
  if (latency.count === 0) return undefined;
  return {
    tool: "HdrHistogram",
    requests: latency.count,
    ...(toSec > fromSec && { perSecond: latency.count / (toSec - fromSec) }),
    percentiles: new Map(),
    minSec: latency.min / 1e6,
    meanSec: latency.sum / latency.count / 1e6,
    maxSec: latency.max / 1e6,
    latency,
  };
}

/** What a line's histogram holds; `undefined`: nothing that can be read. */
function bucketsIn(encoded: string): readonly Bucket[] | undefined {
  try {
    return decode(Uint8Array.fromBase64(encoded));
  } catch {
    return undefined; // Of a log whose writer was killed, the last line may be torn.
  }
}

/** How many units of a histogram are a ms, by its largest value in both. */
function unitsPerMs(buckets: readonly Bucket[], maxMs: number): number {
  const last = buckets.at(-1);
  if (last === undefined || maxMs === 0) return UNITS_PER_MS[0]!;
  const ratio = Math.log10(last.low / maxMs);
  return UNITS_PER_MS.find((units) => Math.abs(ratio - Math.log10(units)) < 1) ?? UNITS_PER_MS[0]!;
}

/** What a histogram holds; `undefined`: it is of another encoding. @throws when it is cut off */
function decode(bytes: Uint8Array): readonly Bucket[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cookie = (view.getUint32(0) & ~WIDTH_BITS) >>> 0;
  if (cookie === COMPRESSED) {
    const packed = bytes.subarray(8, 8 + view.getUint32(4));
    const limit = { maxOutputLength: MAX_HDR_HISTOGRAM_BYTES };
    return decode(nodeModule("node:zlib").inflateSync(packed, limit));
  }
  if (cookie !== PLAIN) return undefined;
  const digits = view.getUint32(12);
  const lowest = Math.max(1, Number(view.getBigUint64(16)));
  if (digits > 5) return undefined;
  const buckets: Bucket[] = [];
  const unitBits = Math.floor(Math.log2(lowest));
  const half = 2 ** (Math.ceil(Math.log2(2 * 10 ** digits)) - 1);
  let index = 0;
  const end = Math.min(bytes.length, PLAIN_HEAD_BYTES + view.getUint32(4));
  for (let at = PLAIN_HEAD_BYTES; at < end;) {
    let coded = 0;
    let factor = 1;
    for (;;) {
      const byte = view.getUint8(at++);
      coded += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 0x80;
    }
    // Zigzag: odd numbers are runs of so many empty buckets.
    if (coded % 2 === 1) index += (coded + 1) / 2;
    else {
      const bucket = Math.max(0, Math.floor(index / half) - 1);
      const width = 2 ** (bucket + unitBits);
      const low = (index < 2 * half ? index : index % half + half) * width;
      if (coded > 0) buckets.push({ count: coded / 2, low, width });
      index++;
    }
  }
  return buckets;
}

/** Buckets of any layout as one histogram of µs. */
class Merged {
  readonly #counts = new Float64Array(indexOfValue(HIGHEST_US) + 1);
  #count = 0;
  #sum = 0;
  #sumOfSquares = 0;
  #min = Infinity;
  #max = 0;

  /** Adds the values of a bucket; as in HdrHistogram, percentiles are its highest value. */
  add({ count, low, width }: Bucket, unitsPerUs: number): void {
    const us = (value: number) => Math.min(Math.floor(value / unitsPerUs), HIGHEST_US);
    const high = us(low + width - 1);
    const middle = Math.min((low + width / 2) / unitsPerUs, HIGHEST_US);
    this.#counts[indexOfValue(high)]! += count;
    this.#count += count;
    this.#sum += middle * count;
    this.#sumOfSquares += middle * middle * count;
    this.#min = Math.min(this.#min, us(low));
    this.#max = Math.max(this.#max, high);
  }

  data(): HistogramData {
    if (this.#count === 0) return EMPTY_HISTOGRAM;
    const offset = indexOfValue(this.#min);
    return {
      count: this.#count,
      min: this.#min,
      max: this.#max,
      sum: this.#sum,
      sumOfSquares: this.#sumOfSquares,
      offset,
      counts: this.#counts.slice(offset, indexOfValue(this.#max) + 1),
    };
  }
}
