/** Credentials that a request carries are known in every form in which they may turn up. */
import { assertEquals } from "@std/assert";
import { basicAuth } from "../../../src/lib/net/basic_auth.ts";
import { secretsSentBy } from "../../../src/steps/http/known_secrets.ts";

const url = new URL("http://h/");

function secretsIn(authorization: string): readonly string[] {
  return secretsSentBy({ headers: [["Authorization", authorization]], url });
}

Deno.test("secretsSentBy() finds the password in basic credentials, whatever its letters", () => {
  for (const password of ["hunter22", "pässwörd", "a:b:c-d"]) {
    const value = basicAuth(`me:${password}`);
    assertEquals(secretsIn(value), [value, value.slice("Basic ".length), password]);
  }
  const oneByteEach = `Basic ${btoa("me:pässwörd")}`;
  assertEquals(secretsIn(oneByteEach).at(-1), "pässwörd");
});

Deno.test("secretsSentBy() takes credentials that are no base64 as they are", () => {
  assertEquals(secretsIn("Basic no=base64"), ["Basic no=base64", "no=base64"]);
});

Deno.test("secretsSentBy() finds cookies and parameters with telling names", () => {
  assertEquals(
    secretsSentBy({
      headers: [["Cookie", "a=first1; b=second"]],
      url: new URL("http://h/?token=abcdef&page=12345"),
    }),
    ["first1", "second", "abcdef"],
  );
});
