/**
 * What counts as a credential: one notion for masking, for redirects to another origin, for servers whose certificate is
 * not trusted, and for imports. Names are those of header fields, parameters, fields of bodies, cookies, environment
 * variables and data columns; they are read word by word, so that `author` and `session_timeout` are none.
 *
 * @module
 */

/** Words that name a credential wherever they stand. */
const WORDS: ReadonlySet<string> = new Set([
  ...["authorization", "authentication", "auth", "oauth", "assertion", "bearer", "dpop", "jwt", "jws", "jwe"],
  ...[
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "pass",
    "pwd",
    "pw",
    "pin",
    "otp",
  ],
  ...["totp", "hotp", "secret", "secrets", "token", "tokens", "credential", "credentials", "cred", "creds"],
  ...["signature", "sig", "hmac", "csrf", "xsrf", "cookie", "cookies", "session", "sess", "sid", "apikey"],
  ...["samlresponse", "samlrequest", "cvv", "cvc", "privatekey"],
]);

/** Words that name one as the end of a longer word in lower case, such as `clientsecret` and `phpsessid`. */
const ENDINGS =
  /(?:token|secret|password|passwd|passphrase|passcode|passwort|pwd|apikey|sessid|sessionid|cookie|jwt|credentials?|signature)$/;
/** Beginnings that do the same: `password1`, `tokenid`, `aspsessionidabc`. */
const BEGINNINGS =
  /^(?:passw(?:or)?d(?!less)|jwt|aspsessionid|phpsessid|jsessionid|token(?:id|value|key|secret)$)/;

/** What makes a key a secret one; other keys sort, cache and identify. */
const KEY_KINDS: ReadonlySet<string> = new Set([
  ...[
    "api",
    "app",
    "access",
    "secret",
    "private",
    "auth",
    "subscription",
    "session",
    "signing",
    "encryption",
  ],
  ...[
    "master",
    "account",
    "function",
    "functions",
    "client",
    "consumer",
    "shared",
    "license",
    "admin",
    "user",
  ],
  ...[
    "service",
    "storage",
    "host",
    "deploy",
    "ssh",
    "rsa",
    "hmac",
    "security",
    "integration",
    "write",
    "read",
  ],
]);
const KEY_IN_ONE_WORD =
  /(?:^|x)(?:api|access|secret|private|auth|subscription|session|signing|encryption|master|account|functions?|client|consumer|shared|license)keys?$/;

/** What makes a code a secret one. */
const CODE_KINDS: ReadonlySet<string> = new Set([
  ...["auth", "authorization", "verification", "security", "mfa", "sms", "access", "login", "time", "factor"],
  ...["device", "recovery", "backup", "reset"],
]);

/** Behind one of the words above these speak about it rather than hold it. */
const ABOUT: ReadonlySet<string> = new Set([
  ...[
    "type",
    "types",
    "count",
    "counts",
    "limit",
    "limits",
    "timeout",
    "ttl",
    "length",
    "size",
    "max",
    "min",
  ],
  ...[
    "expiry",
    "expires",
    "expiration",
    "expired",
    "policy",
    "mode",
    "method",
    "methods",
    "required",
    "enabled",
  ],
  ...["lifetime", "duration", "time", "times", "start", "end", "rate", "rates", "usage", "consent", "banner"],
  ...["algorithm", "alg", "version", "endpoint", "url", "uri", "status", "state", "name", "names", "scheme"],
  ...["input", "output", "used", "remaining", "total", "provider", "level", "strength", "rotation"],
]);
/** Before `tokens` and `sessions` these make it a number of them. */
const COUNTING: ReadonlySet<string> = new Set([
  ...[
    "max",
    "min",
    "num",
    "number",
    "total",
    "count",
    "prompt",
    "completion",
    "input",
    "output",
    "used",
    "per",
  ],
  ...["remaining", "limit", "reasoning", "cached", "new"],
]);

/** The words of a name, in lower case: `X-Session-Id`, `accessToken` and `user[password]` have two or three. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
}

/** Longer names are judged by their end. */
const MAX_CHARACTERS = 200;

function judgeName(name: string): boolean {
  const text = name.slice(-MAX_CHARACTERS);
  const plain = text.toLowerCase().replace(/[^\p{L}]/gu, "");
  // A key alone is what maps and payment services call theirs.
  if (plain === "key" || WORDS.has(plain)) return true;
  const words = wordsOf(text);
  if (ABOUT.has(words.at(-1) ?? "") && words.length > 1) return false;
  return words.some((word, i) => isSecretWord(word, words[i - 1] ?? "", words[i + 1] ?? "")) ||
    // What is split oddly, such as `JSessionID` and `API_KEY_2`.
    words.length > 1 && (/^[a-z]{0,4}sess(?:ion)?id/.test(plain) || KEY_IN_ONE_WORD.test(plain));
}

function isSecretWord(word: string, before: string, after: string): boolean {
  if (word === "tokens" && (COUNTING.has(before) || after === "per")) return false;
  if (WORDS.has(word) || ENDINGS.test(word) || BEGINNINGS.test(word)) return true;
  if (KEY_IN_ONE_WORD.test(word)) return true;
  if (word === "key" || word === "keys") return KEY_KINDS.has(before);
  if (word === "code") return CODE_KINDS.has(before);
  return (word === "connection" && after === "string") || (word === "verifier" && before === "code");
}

/** Names are few and come again with every request. */
const judged = new Map<string, boolean>();
const MAX_JUDGED = 1000;

/**
 * Whether a header field, parameter, field, cookie, variable or column of that name holds a credential.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["X-Api-Key", "PHPSESSID", "accessToken", "user[pwd]"].every(isSecretName), true);
 * assertEquals(["author", "tokenizer", "sort_key", "session_timeout"].some(isSecretName), false);
 * ```
 */
export function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const isSecret = judgeName(name);
  if (judged.size >= MAX_JUDGED) judged.clear();
  judged.set(name, isSecret);
  return isSecret;
}

/** A JSON web token (RFC 7519), as its first letters tell. */
export const WEB_TOKEN = /\beyJ[\w-]{2,4096}\.[\w-]+\.[\w-]*/g;
/** Credentials as an `Authorization` field has them (RFC 9110, 11.4), wherever they stand. */
export const SCHEME_AND_TOKEN = /\b(Bearer|Basic|Negotiate|DPoP) +([\w+/.~-]{8,}=*)/gi;

/** Whether a value looks like a credential, whatever it is called. */
export function isSecretValue(value: string): boolean {
  return value.search(WEB_TOKEN) >= 0 ||
    /^(?:bearer|negotiate|dpop) +\S/i.test(value) || /^basic +[\w+/-]{4,}=*$/i.test(value) ||
    /^(?:digest|aws4-hmac-sha256) .*=/i.test(value);
}

/** Whether a value looks like a session id, a UUID or a signed token, which are secret wherever they stand. */
export function looksSecret(value: string): boolean {
  return isSecretValue(value) ||
    (/^[\w.~+/=-]{20,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value));
}

/** Whether a header field holds a credential, by its name or the look of its value. */
export function isCredential([name, value]: readonly [name: string, value: string]): boolean {
  return isSecretName(name) || isSecretValue(value);
}
