/**
 * Measures what it takes to convert a large recording: time and peak memory, against the size of the file. Recordings are
 * made up: pages with small requests and answers whose bodies are most of the file, as browsers write them.
 *
 * ```sh
 * deno task bench:import --megabytes 10,100
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { programPath } from "../_support/peers.ts";
import { readUsage } from "./measure.ts";
import { machineLine, markdownTable } from "./table.ts";
import { readOptions } from "./options.ts";
import { tempDir } from "../_support/temp_dir.ts";

const values = readOptions("deno task bench:import [--megabytes A,B,…]", {
  megabytes: { type: "string", default: "1,10,100" },
});

const MB = 1_000_000;
const BODY_BYTES = 40_000;

await main();

async function main(): Promise<void> {
  await using temp = await tempDir();
  const folder = temp.path;
  const rows = [["Recording MB", "Entries", "Seconds", "Peak MB", "Peak / size", "Scenario MB"]];
  for (const megabytes of values.megabytes.split(",").map(Number)) {
    rows.push(await measure(`${folder}/recording.har`, megabytes));
  }
  console.log(`${await machineLine()}\n`);
  console.log(markdownTable("rrrrrr", rows));
}

async function measure(path: string, megabytes: number): Promise<string[]> {
  const entries = await writeRecording(path, megabytes * MB);
  const { size } = await Deno.stat(path);
  const [time, usage, output] = [programPath("time"), `${path}.usage`, `${path}.json`];
  const bench = [Deno.execPath(), "run", "-A", new URL("../../main.ts", import.meta.url).pathname]
    .concat("har-import", path, "-o", output, "--include-static");
  const [program, ...args] = time === undefined
    ? bench
    : [time, "-q", "-o", usage, "-f", "%U %S %M", ...bench];
  const started = performance.now();
  const { code, stderr } = await new Deno.Command(program!, { args }).output();
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`bench ended with code ${code}: ${new TextDecoder().decode(stderr)}`);
  const { peakBytes } = readUsage(time === undefined ? undefined : await Deno.readTextFile(usage), 1);
  return [
    (size / MB).toFixed(1),
    String(entries),
    seconds.toFixed(2),
    peakBytes === undefined ? "–" : (peakBytes / MB).toFixed(0),
    peakBytes === undefined ? "–" : (peakBytes / size).toFixed(1),
    ((await Deno.stat(output)).size / MB).toFixed(2),
  ];
}

/** Writes entries until the file has so many bytes; returns their number. */
async function writeRecording(path: string, bytes: number): Promise<number> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let written = 0;
  let entries = 0;
  const write = async (text: string) => {
    const piece = encoder.encode(text);
    written += piece.length;
    await writer.write(piece);
  };
  await write('{"log":{"version":"1.2","creator":{"name":"made up","version":"1"},"entries":[');
  for (; written < bytes; entries++) {
    await write(`${entries === 0 ? "" : ","}\n${JSON.stringify(entryOf(entries))}`);
  }
  await write("]}}\n");
  await writer.close();
  return entries;
}

function entryOf(number: number): unknown {
  const isPost = number % 5 === 0;
  const headers = Array.from(
    { length: 12 },
    (_, i) => ({ name: `X-Header-${i}`, value: `value ${i} of ${number}` }),
  );
  return {
    startedDateTime: new Date(1_700_000_000_000 + number * 150).toISOString(),
    time: 40 + number % 90,
    request: {
      method: isPost ? "POST" : "GET",
      url: `https://shop.example/api/items/${number}?page=${number % 7}`,
      httpVersion: "HTTP/2",
      headers,
      ...(isPost && {
        postData: {
          mimeType: "application/json",
          text: JSON.stringify({ id: number, note: "ü ".repeat(50) }),
        },
      }),
    },
    response: {
      status: 200,
      headers,
      content: {
        size: BODY_BYTES,
        mimeType: "text/html",
        text: `<p class="é">${number}</p>\n`.repeat(BODY_BYTES / 22),
      },
    },
  };
}
