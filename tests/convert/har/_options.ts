/** What `bench har-import` is asked for unless a test says otherwise. */
import type { HarOptions } from "../../../src/convert/har/convert_har.ts";

export const HAR_OPTIONS: HarOptions = {
  label: "shop.har",
  format: "scenario",
  name: "shop",
  includeStatic: false,
  domains: [],
  exclude: [],
  include: [],
  preserveHeaders: false,
  thinkTimeMultiplier: 1,
  assertStatus: false,
  allowPrivate: false,
};
