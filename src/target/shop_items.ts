/**
 * What the built-in shop sells: the same items in the same order, always.
 *
 * @module
 */

/** One item. */
export interface ShopItem {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly price: number;
  readonly in_stock: boolean;
  readonly tags: readonly string[];
}

const CATEGORIES = ["books", "garden", "kitchen", "music", "toys"] as const;
const KINDS = [
  ["Atlas", "Lexicon", "Novel", "Primer", "Diary"],
  ["Hose", "Rake", "Spade", "Trowel", "Shears"],
  ["Kettle", "Ladle", "Pan", "Salt & pepper", "Whisk"],
  ["Banjo", "Cello", "Drum", "Flute", "Harp"],
  ["Ball", "Doll", "Kite", "Puzzle", "Yo-yo"],
] as const;

/** Every item, by its number: 1001 and up. */
export const SHOP_ITEMS: readonly ShopItem[] = KINDS.flatMap((names, category) =>
  names.map((name, k): ShopItem => ({
    id: 1001 + category * 5 + k,
    name,
    category: CATEGORIES[category]!,
    price: 5 + category * 10 + k * 2.5,
    in_stock: (category + k) % 4 !== 3,
    tags: k === 0 ? ["new", "sale"] : k === 1 ? ["sale"] : [],
  }))
);

/** The item of that number. */
export function findItem(id: unknown): ShopItem | undefined {
  return SHOP_ITEMS.find((item) => item.id === id);
}
