/**
 * The action's comment on a pull request: one for each, edited by later runs, and no failure of the job
 * without it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { unixTest } from "../_support/peers.ts";
import { type Run, run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCRIPT = fileURLToPath(new URL("../../.github/action/comment.sh", import.meta.url));
const MARKER = "<!-- bench-summary -->";
const PULL_REQUEST = { pull_request: { number: 7 } };

interface Comment {
  readonly id: number;
  body: string;
}

/** As much of GitHub's comments as the script uses: lists in pages, adds, edits. */
function commentsApi(comments: Comment[], { perPage = 2, refuses = "" } = {}) {
  const seen: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname, searchParams, origin } = new URL(request.url);
    seen.push(`${request.method} ${pathname}`);
    const isAllowed = request.headers.get("authorization") === "Bearer s3cret'\"$(id)";
    if (!isAllowed || request.method === refuses) return new Response("{}", { status: 403 });
    if (request.method === "GET") {
      const page = Number(searchParams.get("page") ?? 1);
      const rest = comments.length > page * perPage;
      const next = `<${origin}${pathname}?per_page=100&page=${
        page + 1
      }>; rel="next", <${origin}/last>; rel="last"`;
      const slice = comments.slice((page - 1) * perPage, page * perPage);
      return Response.json(slice, { headers: rest ? { Link: next } : {} });
    }
    const { body } = await request.json();
    const id = Number(/comments\/(\d+)$/.exec(pathname)?.[1]);
    const edited = comments.find((comment) => comment.id === id);
    if (edited) edited.body = body;
    else comments.push({ id: 1000 + comments.length, body });
    return Response.json({});
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function comment(
  url: string,
  { event = PULL_REQUEST, summary = `${MARKER}\n# Results\n"quoted" \\ ü\n`, token = "s3cret'\"$(id)" }: {
    readonly event?: unknown;
    readonly summary?: string;
    readonly token?: string;
  } = {},
): Promise<Run> {
  await using temp = await tempDir();
  const folder = temp.path;
  await Deno.writeTextFile(`${folder}/event.json`, JSON.stringify(event));
  await Deno.writeTextFile(`${folder}/summary.md`, summary);
  const end = await run("bash", [SCRIPT], {
    env: {
      RUNNER_TEMP: folder,
      GITHUB_EVENT_PATH: `${folder}/event.json`,
      GITHUB_API_URL: url,
      GITHUB_REPOSITORY: "acme/shop",
      SUMMARY_FILE: `${folder}/summary.md`,
      INPUT_GITHUB_TOKEN: token,
    },
  });
  const left = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).toSorted();
  assertEquals(left, ["event.json", "summary.md"], "files are left behind");
  return end;
}

const PROGRAMS = ["bash", "curl", "jq"];

unixTest("the first run adds a comment, the next one edits it", PROGRAMS, async () => {
  const comments: Comment[] = [{ id: 1, body: "Nice" }];
  await using api = commentsApi(comments);
  assertEquals(await comment(api.url), { code: 0, out: "", err: "" });
  assertEquals(comments.map(({ body }) => body), ["Nice", `${MARKER}\n# Results\n"quoted" \\ ü\n`]);
  await comment(api.url, { summary: `${MARKER}\nagain\n` });
  assertEquals(comments.map(({ body }) => body), ["Nice", `${MARKER}\nagain\n`]);
});

unixTest("the newest comment with the marker is edited, on whatever page it is", PROGRAMS, async () => {
  const bodies = [`${MARKER} old`, "x", `${MARKER} new`, `x ${MARKER}`, "y"];
  const comments: Comment[] = bodies.map((body, at) => ({ id: at + 1, body }));
  await using api = commentsApi(comments);
  await comment(api.url, { summary: `${MARKER}\nnow\n` });
  assertEquals(comments.map(({ body }) => body), [
    `${MARKER} old`,
    "x",
    `${MARKER}\nnow\n`,
    `x ${MARKER}`,
    "y",
  ]);
  assertEquals(api.seen.filter((line) => line.startsWith("GET")).length, 3);
});

unixTest("a comment on a pull request's issue counts as the pull request", PROGRAMS, async () => {
  const comments: Comment[] = [];
  await using api = commentsApi(comments);
  await comment(api.url, { event: { issue: { number: 9, pull_request: {} } } });
  assertEquals(api.seen.at(-1), "POST /repos/acme/shop/issues/9/comments");
});

unixTest("a summary too long for a comment is cut", PROGRAMS, async () => {
  const comments: Comment[] = [];
  await using api = commentsApi(comments);
  assertEquals((await comment(api.url, { summary: `${MARKER}\n${"x".repeat(200_000)}` })).code, 0);
  assertEquals(comments[0]!.body.length, 60_000);
});

/** What hinders a comment, and what the warning says. */
const HINDRANCES: readonly {
  readonly what: string;
  readonly says: string;
  readonly refuses?: string;
  readonly given?: Parameters<typeof comment>[1];
}[] = [
  { what: "a push", given: { event: { ref: "main" } }, says: "belongs to none" },
  {
    what: "an event that is odd",
    given: { event: { pull_request: { number: "1; id" } } },
    says: "belongs to none",
  },
  { what: "an issue", given: { event: { issue: { number: 9 } } }, says: "belongs to none" },
  { what: "no token", given: { token: "" }, says: "github-token is empty" },
  { what: "a wrong token", given: { token: "other" }, says: "cannot read the comments" },
  { what: "a token that may not write", refuses: "POST", says: "pull-requests: write" },
  {
    what: "a summary without marker",
    given: { summary: "# Results\n" },
    says: "does not begin with a marker",
  },
];

for (const { what, says, refuses, given } of HINDRANCES) {
  unixTest(`${what} leaves the job green with a warning`, PROGRAMS, async () => {
    const comments: Comment[] = [];
    await using api = commentsApi(comments, refuses === undefined ? {} : { refuses });
    const { code, out, err } = await comment(api.url, given);
    assertEquals([code, comments], [0, []]);
    assertStringIncludes(out, "::warning::No comment on the pull request: ");
    assertStringIncludes(out, says);
    assert(!err.includes("s3cret"));
  });
}
