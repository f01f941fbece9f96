/** What a token's server says is taken as it is meant, and shown without the secret that was sent to it. */
import { assertEquals, assertRejects } from "@std/assert";
import { fetchToken } from "../../../src/client/auth/token.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";

function specFor(origin: string) {
  return {
    kind: "oauth2",
    origins: [],
    tokenUrl: origin,
    clientId: "me",
    clientSecret: "hush-hush",
  } as const;
}

Deno.test("a life that is no time is as if it were not said", async () => {
  for (
    const [lasts, isKnown] of [[3600, true], [-5, false], [0, false], [1e300, false], ["60", true], [
      null,
      false,
    ]]
  ) {
    await using server = await startRawServer((connection) =>
      void connection.send(response(JSON.stringify({ access_token: "t", expires_in: lasts })))
    );
    const { endsAtMs } = await fetchToken(specFor(server.origin));
    assertEquals(endsAtMs !== undefined, isKnown, String(lasts));
  }
});

Deno.test("a refusal that repeats the secret, a redirect and a page say what happened, and no secret", async () => {
  for (
    const [answer, expected] of [
      [
        response('{"error":"invalid_client","error_description":"not hush-hush"}', {
          status: "401 Unauthorized",
        }),
        "status 401, invalid_client, not ***",
      ],
      [
        response("", { status: "302 Found", headers: ["Location: /login"] }),
        "status 302; redirects are not followed",
      ],
      [response("<html>hush-hush</html>"), "its response has no access_token"],
    ] as const
  ) {
    await using server = await startRawServer((connection) => void connection.send(answer));
    const error = await assertRejects(() => fetchToken(specFor(server.origin)), UsageError, expected);
    assertEquals(error.message.includes("hush"), false);
  }
});
