/**
 * The URL of an HTTP step, out of its path and the base that it is relative to.
 *
 * @module
 */
import { authorityProblem } from "../../../lib/net/authority_problem.ts";
import { maskUrl } from "../../../lib/mask_url.ts";
import type { HttpStep } from "../../../plan/http_step.ts";
import { placeholdersIn } from "../../../template/template.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { credentialProblem, markOf, type StepFileContext } from "../../file/step_file.ts";

/**
 * Paths, with or without a slash in front, go behind the base URL's own path; a query alone replaces its query, and an
 * absolute URL stands for itself. With placeholders in it the text is kept, to be resolved when it is filled in: a path
 * that comes out of a response is a link by RFC 3986, and absolute. `expected` says in messages what else a URL can be.
 */
export function resolvedUrl(
  path: string,
  at: FilePath,
  { base: given, findings }: StepFileContext,
  expected: string = "an http or https URL",
): Pick<HttpStep, "url" | "base"> {
  const base = given?.url;
  const placeholders = placeholdersIn(path);
  const isOpen = placeholders.length > 0 && path.startsWith(placeholders[0]!.source);
  // Any value will do to see what the rest of the text makes of the URL.
  const sample = placeholders.reduce((text, { source }) => text.replace(source, () => "1"), path);
  const url = onBase(sample, base);
  if (!isOpen) {
    const problem = urlProblem(path, url, { base, expected });
    if (problem !== undefined) findings.addProblem(at, problem);
  }
  if (placeholders.length === 0) {
    const open = onBase(path, given?.open.url);
    return { url: open === null ? path : unmarked(withoutFragment(open), given?.open.sources ?? []) };
  }
  if (base === undefined) return { url: path };
  if (/^[?#]/.test(path)) return { url: path, base: withoutFragment(base) };
  const folder = folderOf(base);
  return {
    url: ABSOLUTE_PATH.test(path) ? `${folder.href.slice(0, -1)}${path}` : path,
    base: folder.href,
  };
}

/** A path on the same host. Two slashes would begin another host's name. */
const ABSOLUTE_PATH = /^\/(?!\/)/;

function onBase(path: string, base: URL | undefined): URL | null {
  if (base === undefined || /^[?#]/.test(path)) return URL.parse(path, base);
  return URL.parse(ABSOLUTE_PATH.test(path) ? `.${path}` : path, folderOf(base));
}

/** The base URL with its whole path as the folder that paths are relative to, and without query and fragment. */
function folderOf(base: URL): URL {
  const folder = new URL(base);
  folder.search = folder.hash = "";
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

function unmarked(url: string, sources: readonly string[]): string {
  return sources.reduce((text, source, i) => text.replace(markOf(i), () => source), url);
}

function urlProblem(
  path: string,
  url: URL | null,
  { base, expected }: { readonly base: URL | undefined; readonly expected: string },
): string | undefined {
  const found = `Cannot use path "${maskUrl(path)}"`;
  const isWhole = /^https?:\/\//i.test(path) && !path.includes("${");
  const problem = isWhole ? authorityProblem(path) : undefined;
  if (problem !== undefined) return `${found}: ${problem}`;
  if (url === null) {
    const isRelative = !/^[a-z][a-z0-9+.-]*:/i.test(path);
    return isRelative && base === undefined
      ? `${found}: it is relative, and there is no base_url and no URL on the command line`
      : `${found}: expected a path or ${expected}`;
  }
  return /^https?:$/.test(url.protocol) ? credentialProblem(found, url) : `${found}: expected ${expected}`;
}

function withoutFragment(url: URL): string {
  return url.href.slice(0, url.href.length - url.hash.length);
}
