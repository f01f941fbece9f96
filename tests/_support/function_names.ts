/**
 * Names of functions that do something: those that give nothing back, and those that are waited for.
 *
 * @module
 */

const VERBS = new Set(
  `
abort accept acknowledge add advance align allow announce append apply arrange ask assemble assert attach attempt await be beat
become begin bind block book borrow bound break bring broadcast buffer build bundle bust cache calibrate call cancel
carry catch change charge check choose clamp classify clean clear clip clone close collapse collect colour combine come
compact compare compile complete compose compress compute conclude configure confirm connect consume continue converse
convert coordinate copy correct count cover create cut debug decide declare decode decompress decrypt defer define delay
delete deliver demand derive describe destroy detach detect determine dial discard dispatch display divide do download drain
draw drop dump duplicate echo edit emit empty enable encode encrypt end enforce enqueue ensure enter erase escape
establish estimate evaluate evict examine exchange exclude execute exit expand expect expire explain export expose
extend extract fail fake feed fetch fill filter find finish fit fix flag flatten flip flush fold follow forbid force
forget fork form format forward frame free freeze gather generate give go grant greet group grow guard guess halt handle
hash have hear hide hold identify ignore import improve include increment indent infer inform initialize insert inspect
install interpolate interpret interrupt introduce invert invoke iterate join judge jump keep kill label launch lay lead
learn leave lend let lift limit line link list listen live load locate lock log look lose lower make map mark
mask match may mean measure meet merge migrate mirror mix monitor mount move multiply must name negotiate nest normalize
note notify number observe obtain offer omit open order overwrite pack pad paint parse pass patch pause peek perform
permit pick pin ping pipe place plan play plot poll pong pop populate post postpone preload prepare prepend present
preserve prevent print probe process produce promote propose protect prove provide prune publish pull push put query
queue quit quote race raise randomize rank rate reach react read rearm rebuild receive recognize recompute reconnect
record recover redact redirect reduce refill refresh refuse regenerate register reject relay release reload remember
remove rename render renew reopen repair repeat replace replay reply report request require rerun resend reserve reset
resolve respond rest restart restore resume retain retire retry return reuse revert revoke rewind rewrite roll rotate
round route run sample save say scale scan schedule score script scroll search secure see seed seek select send separate
serialize serve set settle shake share shift show shrink shuffle shut sign signal simulate skip sleep slice smooth
sort spawn speak spell split spread stamp start stay stop store stream stringify strip style submit subscribe subtract
suggest sum suspect summarize supply suspend swap switch sync take tally teach tear tell terminate test throttle throw tick tidy
time toggle tokenize touch trace track train transfer transform translate travel trim trust try tune turn type unlock
unmask unpack unref unregister unsubscribe unwind unwrap update upgrade upload use validate verify visit wait wake walk
want warm warn watch weigh welcome widen wind withdraw work wrap write yield zip
on when with main is has del get hang head
`.trim().split(/\s+/),
);

/** What a listener is told: `streamEnded`, `drained`. */
const EVENT = /(?:ed|arrived|begins|broken|continues|ends|heard|lost|open|ready|sent)$/i;

const DECLARATION =
  /\bfunction\*? (\w+)|^ {2}(?:(?:public|private|protected|static|override|async) )*(#?[a-z]\w*)(?=[<(])/gm;
const NOTHING_OR_LATER = /^\s*:\s*(?:(?:void|never)\b|Promise<)/;

/** Functions and methods of a source whose names are no verbs, although they give nothing back or are waited for. */
export function nounsThatDo(source: string): readonly string[] {
  return [...source.matchAll(DECLARATION)].flatMap((match) => {
    const name = (match[1] ?? match[2])!;
    if (!NOTHING_OR_LATER.test(afterParameters(source, match.index + match[0].length))) return [];
    const word = name.replace("#", "").split(/(?=[A-Z0-9])/)[0]!.toLowerCase();
    const isEvent = match[2] !== undefined && EVENT.test(name);
    return VERBS.has(word) || isEvent || word === "constructor" ? [] : [name];
  });
}

/** What follows a parameter list, which begins at or after `at`. */
function afterParameters(source: string, at: number): string {
  let open = 0;
  for (let i = source.indexOf("(", at); i >= 0 && i < source.length; i++) {
    const character = source[i]!;
    if ("({[".includes(character)) open++;
    else if (")}]".includes(character) && --open === 0) return source.slice(i + 1, i + 40);
  }
  return "";
}
