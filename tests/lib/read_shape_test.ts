/** What is read from files and wires is told apart from what is not, with the place of the first mistake. */
import { assertEquals } from "@std/assert";
import { misfitText, readShape, tolerant } from "../../src/lib/read_shape.ts";
import { count, dictionary, flag, list, maybe, oneOf, shape, text, variant } from "../../src/lib/shape.ts";

interface Cat {
  readonly kind: "cat";
  readonly lives: number;
}

interface Dog {
  readonly kind: "dog";
  readonly tricks: readonly string[];
}

interface Zoo {
  readonly name: string;
  readonly open?: boolean;
  readonly pets: readonly (Cat | Dog)[];
  readonly food: Readonly<Record<string, number>>;
}

const pet = variant<Cat | Dog>()("kind", [
  shape<Cat>()({ kind: oneOf("cat"), lives: count }),
  shape<Dog>()({ kind: oneOf("dog"), tricks: list(text) }),
]);
const zoo = shape<Zoo>()({ name: text, open: maybe(flag), pets: list(pet), food: dictionary(count) });

const ZOO = {
  food: { "__proto__x": 1, "2": 3 },
  pets: [{ lives: 9, kind: "cat" }, { kind: "dog", tricks: ["sit"] }],
  name: "a",
};

function misfits(value: unknown, schema = zoo): readonly string[] {
  const read = readShape(schema, value);
  return "output" in read ? [] : read.misfits.map(misfitText);
}

Deno.test("a schema that lacks a property, or takes another type, does not compile", () => {
  // @ts-expect-error: `lives` is missing
  shape<Cat>()({ kind: oneOf("cat") });
  // @ts-expect-error: it is a number
  shape<Cat>()({ kind: oneOf("cat"), lives: text });
});

Deno.test("what does not fit is told with its place and what was found", () => {
  assertEquals(misfits(ZOO), []);
  assertEquals(misfits(5), ["Expected an object, found 5"]);
  assertEquals(
    misfits({ ...ZOO, open: "yes", pets: [{ kind: "cat" }, { kind: "cow" }], food: { a: -1, b: 1.5 } }),
    [
      'Expected true or false at open, found "yes"',
      "Expected a whole number of at least 0 at pets[0].lives, found nothing",
      'Expected "cat" or "dog" at pets[1].kind, found "cow"',
      "Expected a whole number of at least 0 at food.a, found -1",
      "Expected a whole number of at least 0 at food.b, found 1.5",
    ],
  );
  assertEquals(misfits({ ...ZOO, pets: {} }), ["Expected a list at pets, found an object"]);
  assertEquals(misfits({ ...ZOO, more: 1 }), ["Unexpected property at more, found 1"]);
});

Deno.test("a tolerant schema leaves out what it does not know and keeps the order of the rest", () => {
  const later = {
    ...ZOO,
    later: 1,
    pets: ZOO.pets.map((one) => ({ later: {}, ...one })),
  };
  const read = readShape(tolerant(zoo), later);
  assertEquals(JSON.stringify("output" in read && read.output), JSON.stringify(ZOO));
  assertEquals(misfits({ ...later, pets: [[]] }, tolerant(zoo)), [
    "Expected an object at pets[0], found an empty list",
  ]);
  assertEquals(misfits({ ...later, pets: [{ kind: "cow" }] }, tolerant(zoo)), [
    'Expected "cat" or "dog" at pets[0].kind, found "cow"',
  ]);
});

Deno.test("names that objects have anyway are data", () => {
  const value = JSON.parse('{"__proto__": 1, "constructor": 2}');
  for (const schema of [dictionary(count), tolerant(dictionary(count))]) {
    const read = readShape(schema, value);
    assertEquals(Object.entries("output" in read ? read.output : {}), [["__proto__", 1], ["constructor", 2]]);
  }
});
