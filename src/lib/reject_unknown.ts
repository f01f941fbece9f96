/**
 * Options of a user's code: a word that is none of them would be left unsaid, such as a body or a time limit.
 *
 * @module
 */
import { withSuggestion } from "./suggest.ts";

/** Goes on only with known options; `kind`: what they are of. @throws {TypeError} naming the first that is unknown */
export function rejectUnknown(
  options: object,
  { known, kind }: { readonly known: ReadonlySet<string>; readonly kind: string },
): void {
  for (const key in options) {
    if (known.has(key)) continue;
    const sentence = `Unknown ${kind} option ${JSON.stringify(key)}`;
    const hinted = withSuggestion(sentence, key, [...known]);
    throw new TypeError(hinted === sentence ? `${sentence}: expected ${[...known].join(", ")}` : hinted);
  }
}
