/**
 * Who is in the built-in shop, what is in their carts, and what they have ordered.
 *
 * @module
 */
import { findItem } from "./shop_items.ts";

/** One line of a cart. */
export interface CartLine {
  readonly item: number;
  readonly name: string;
  readonly quantity: number;
  /** Of all pieces together. */
  readonly price: number;
}

/** A customer who is logged in. */
export interface Customer {
  readonly session: string;
  readonly token: string;
  readonly user: string;
  /** Pieces by the item's number. */
  readonly cart: Map<number, number>;
}

/** An order; it is packed when it is asked for, and shipped the third time. */
interface Order {
  readonly user: string;
  readonly total: number;
  asked: number;
}

/** Customers, orders and forms that are remembered; the oldest go first. */
const MAX_KEPT = 100_000;

/** One shop. */
export class ShopState {
  readonly #bySession = new Map<string, Customer>();
  readonly #byToken = new Map<string, Customer>();
  readonly #orders = new Map<number, Order>();
  readonly #forms = new Set<string>();
  #lastOrder = 5000;

  logIn(user: string): Customer {
    const customer = { session: crypto.randomUUID(), token: crypto.randomUUID(), user, cart: new Map() };
    const oldest = this.#bySession.size >= MAX_KEPT ? this.#bySession.values().next().value : undefined;
    if (oldest !== undefined) this.logOut(oldest);
    this.#bySession.set(customer.session, customer);
    this.#byToken.set(customer.token, customer);
    return customer;
  }

  logOut({ session, token }: Customer): void {
    this.#bySession.delete(session);
    this.#byToken.delete(token);
  }

  /** Whoever shows this session or this token. */
  customerOf(
    { session, token }: { readonly session?: string | undefined; readonly token?: string | undefined },
  ) {
    return this.#bySession.get(session ?? "") ?? this.#byToken.get(token ?? "");
  }

  /** A value that a login form must send back, once. */
  newFormToken(): string {
    const token = `${crypto.randomUUID().slice(0, 13)}&${crypto.randomUUID().slice(0, 4)}`;
    if (this.#forms.size >= MAX_KEPT) this.#forms.delete(this.#forms.values().next().value!);
    this.#forms.add(token);
    return token;
  }

  /** Whether a form of that value was handed out and has not come back before. */
  takeFormToken(token: string): boolean {
    return this.#forms.delete(token);
  }

  /** Turns a cart into an order; its number. */
  order(customer: Customer): number {
    const { total } = cartOf(customer);
    customer.cart.clear();
    if (this.#orders.size >= MAX_KEPT) this.#orders.delete(this.#orders.keys().next().value!);
    this.#orders.set(++this.#lastOrder, { user: customer.user, total, asked: 0 });
    return this.#lastOrder;
  }

  /** What has become of an order. */
  orderOf(id: number): { readonly id: number; readonly status: string; readonly total: number } | undefined {
    const order = this.#orders.get(id);
    if (order === undefined) return undefined;
    return { id, status: ++order.asked < 3 ? "packing" : "shipped", total: order.total };
  }
}

/** A cart with its prices. */
export function cartOf({ cart }: Customer): { readonly lines: readonly CartLine[]; readonly total: number } {
  const lines = [...cart].map(([item, quantity]): CartLine => {
    const { name, price } = findItem(item)!;
    return { item, name, quantity, price: price * quantity };
  });
  return { lines, total: lines.reduce((sum, { price }) => sum + price, 0) };
}
