/**
 * `deno task sbom`: what a compiled program is made of, as CycloneDX 1.6 in JSON, on standard output.
 *
 * @module
 */
import manifest from "../deno.json" with { type: "json" };
import { ENTRIES } from "./bundle.ts";
import { type Package, packagesOf } from "./packages.ts";

/** The document; the runtime is a part, too. */
export function sbomOf(packages: readonly Package[], runtime: string): Readonly<Record<string, unknown>> {
  const part = (name: string, version: string, license: string, purl: string) => ({
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }],
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", name: "bench", version: manifest.version, "bom-ref": "bench" },
    },
    components: [
      { ...part("deno", runtime, "MIT", `pkg:github/denoland/deno@v${runtime}`), type: "platform" },
      ...packages.map(({ name, version, license }) =>
        part(name, version, license, `pkg:npm/${name.replace("@", "%40")}@${version}`)
      ),
    ],
  };
}

if (import.meta.main) {
  const packages = await packagesOf(new URL("../", import.meta.url).href, ENTRIES);
  const text = `${JSON.stringify(sbomOf(packages, Deno.version.deno), undefined, 2)}\n`;
  await new Response(text).body!.pipeTo(Deno.stdout.writable);
}
