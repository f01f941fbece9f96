/**
 * What all pages of reports have around their contents. They load nothing: a content policy admits exactly the page's own
 * style and script.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { escapeHtml } from "../lib/escape.ts";

/** A page before it is put together; all but the title is markup already. */
export interface PageParts {
  readonly title: string;
  readonly style: string;
  /** What the body holds. */
  readonly body: string;
  /** What may be asked of the server that the page came from; absent: nothing. */
  readonly connects?: "'self'";
  /** Absent: the page needs none. */
  readonly script?: string;
}

/** A page and its policy, which may also be sent as a header. */
export function framedPage(
  parts: PageParts,
): { readonly html: string; readonly policy: string } {
  const { title, style, body, script } = parts;
  const policy = policyOf(parts);
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <title>${escapeHtml(title)} · bench</title>
    <link rel="icon" href="data:,">
    <style>${style}</style>
  </head>
  <body>
${body.trimEnd()}${script === undefined ? "" : `\n    <script>${script}</script>`}
  </body>
</html>
`;
  return { html, policy };
}

function policyOf({ style, script, connects }: PageParts): string {
  return [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    ...(connects === undefined ? [] : [`connect-src ${connects}`]),
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
