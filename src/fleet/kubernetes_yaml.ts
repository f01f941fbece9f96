/**
 * YAML as Kubernetes reads it: version 1.1, to which `yes` is true and `12:30` a number unless they stand in quotes.
 *
 * A module of its own, so that it can be loaded late: the package itself cannot be, since an `import()` of a CommonJS
 * package has no names in a bundle.
 *
 * @module
 */
import { stringify } from "yaml";

/** The text of a value. */
export function kubernetesYaml(value: unknown): string {
  return stringify(value, { version: "1.1", lineWidth: 0 });
}
