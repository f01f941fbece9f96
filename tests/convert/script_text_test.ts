/** Source that the importers write comes to what it was written of. */
import { assertEquals } from "@std/assert";
import { stringSource, templateSource, type UsedNames, valueSource } from "../../src/convert/script_text.ts";

function newNames(): UsedNames {
  return { helpers: new Set(), variables: new Set(), taken: new Set(), unknown: new Set() };
}

/** What source comes to when it is run. */
function run(source: string): unknown {
  return new Function("TOKEN", "random", `return (${source})`)("t`${0}", () => 0.5);
}

Deno.test("stringSource(), templateSource() and valueSource() come to what was given, whatever it holds", () => {
  const texts = [
    "",
    `'"\``,
    '{"a":"\\""}',
    "\\",
    "\\`${TOKEN}`",
    "a\r\n\u2028\u202e\0",
    "$",
    "\ud800",
    'it\'s "so"',
  ];
  for (const text of texts) {
    assertEquals(run(stringSource(text)), text);
    assertEquals(
      run(templateSource(`${text.replaceAll("${", "$ {")}$\${env(TOKEN)}`, newNames())),
      `${text.replaceAll("${", "$ {")}$t\`\${0}`,
    );
  }
  const value = JSON.parse(
    `{"__proto__":{"a b":[1,null,true,{}],"$":[]},"c":${JSON.stringify(texts.join().repeat(9))}}`,
  );
  assertEquals(JSON.stringify(run(valueSource(value, 0))), JSON.stringify(value));
});

Deno.test("templateSource() has expressions for what importers make up, and tells what it has none for", () => {
  const used = newNames();
  const source = (text: string) => templateSource(text, used);
  assertEquals(source("${randint(3, 5)}"), "`${3 + Math.floor(random() * 3)}`");
  assertEquals(source("${randstr(8)}"), "`${randstr(8, random)}`");
  assertEquals(run(source('${base64(concat("a,)(", env(TOKEN)))}')), btoa("a,)(t`${0}"));
  assertEquals(source("${secret(a)} ${name}"), '"${secret(a)} ${name}"');
  assertEquals([...used.unknown], ["${secret(a)}", "${name}"]);
  assertEquals([...used.helpers, ...used.taken, ...used.variables], ["randstr", "env", "random", "TOKEN"]);
});
