/** Each user keeps the cookies that it was given. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { unixTest } from "../_support/peers.ts";
import { program, programUntil } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";

interface Seen {
  readonly out: string;
  /** The `Cookie` fields that came, in the order of the requests; "" for none. */
  readonly cookies: readonly string[];
}

/** Runs the program against a server that gives every caller without a cookie a new one. */
function run(...words: readonly string[]): Promise<Seen> {
  return runWith((args) => program(args), words);
}

/** As {@linkcode run}, until so many requests have come. */
function runUntil(requests: number, ...words: readonly string[]): Promise<Seen> {
  return runWith((args, cookies) => programUntil(() => cookies.length >= requests, args), words);
}

async function runWith(
  start: (args: readonly string[], cookies: readonly string[]) => ReturnType<typeof program>,
  words: readonly string[],
): Promise<Seen> {
  const cookies: string[] = [];
  await using server = await startRawServer((connection, { head }) => {
    const cookie = /^cookie: *(.*)$/im.exec(head)?.[1] ?? "";
    cookies.push(cookie);
    const isNew = !cookie.includes("sid=");
    return connection.send(
      response("ok", { headers: isNew ? [`Set-Cookie: sid=${cookies.length}; Path=/`] : [] }),
    );
  });
  const { code, out, err } = await start([...words, `${server.origin}/`], cookies);
  assertEquals(code, 0, err);
  return { out, cookies };
}

for (const client of ["raw", "fetch"]) {
  unixTest(
    `bench -u --client ${client}: each user keeps the cookies that the server gave it`,
    [],
    async () => {
      const words = ["-u", "3", "-d", "600", "--think-time", "100ms", "--client", client, "--full"];
      const { out, cookies } = await runUntil(20, ...words);
      assertEquals(cookies.filter((cookie) => cookie === "").length, 3);
      assertEquals(new Set(cookies).size, 4, "three users with a cookie each, and none at first");
      assertStringIncludes(out, "a cookie jar for each user");
    },
  );
}

unixTest("bench -u sends cookies of its own beside those that servers set", [], async () => {
  const { cookies } = await runUntil(4, "-u", "1", "-d", "600", "--think-time", "100ms", "-C", "own=1");
  assertEquals([...new Set(cookies)], ["own=1", "sid=1; own=1"]);
});

unixTest("bench -u --no-session-cookies ignores what servers set", [], async () => {
  const { out, cookies } = await runUntil(
    8,
    ...["-u", "2", "-d", "600", "--think-time", "100ms", "--no-session-cookies", "--full"],
  );
  assertEquals([...new Set(cookies)], [""]);
  assertStringIncludes(out, "cookies from servers are ignored");
});

Deno.test("bench -c keeps no cookies, and with --session-cookies those of each connection", async () => {
  assertEquals([...new Set((await run("-n", "6", "-c", "2")).cookies)], [""]);
  const { cookies } = await run("-n", "6", "-c", "2", "-t", "1", "--session-cookies");
  assertEquals([cookies.filter((cookie) => cookie === "").length, new Set(cookies).size], [2, 3]);
});

Deno.test("bench --autofind: the users of a step keep their cookies", async () => {
  const { cookies } = await run(
    ...["--autofind", "--start-users", "1", "--max-users", "2", "--step-duration", "1s"],
    ...["--think-time", "100ms", "--max-p95", "50s"],
  );
  // The first step has one user. Where the machine stood still, it had time for one request alone.
  const known = cookies.filter((cookie) => cookie !== "");
  assert(cookies[0] === "" && known.length > 0 && known[0] === "sid=1", cookies.join());
});
