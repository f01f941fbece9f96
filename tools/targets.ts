/**
 * The systems that standalone programs are built for, and what the programs may do.
 *
 * @module
 */

/** One system. */
export interface Target {
  /** Last part of the program's file name: `linux-x64`. */
  readonly name: string;
  /** As `deno compile --target` calls it. */
  readonly triple: string;
  /** `Deno.build.os` and `Deno.build.arch` of a machine that runs it. */
  readonly os: string;
  readonly arch: string;
}

/** All of them. */
export const TARGETS: readonly Target[] = [
  { name: "linux-x64", triple: "x86_64-unknown-linux-gnu", os: "linux", arch: "x86_64" },
  { name: "linux-arm64", triple: "aarch64-unknown-linux-gnu", os: "linux", arch: "aarch64" },
  { name: "macos-x64", triple: "x86_64-apple-darwin", os: "darwin", arch: "x86_64" },
  { name: "macos-arm64", triple: "aarch64-apple-darwin", os: "darwin", arch: "aarch64" },
  { name: "windows-x64", triple: "x86_64-pc-windows-msvc", os: "windows", arch: "x86_64" },
];

/** The target of the machine that this runs on, if there is one. */
export function nativeTarget(
  build: { readonly os: string; readonly arch: string } = Deno.build,
): Target | undefined {
  return TARGETS.find(({ os, arch }) => os === build.os && arch === build.arch);
}

/**
 * The program's file name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(TARGETS.map(fileNameOf).at(-1), "bench-windows-x64.exe");
 * ```
 */
export function fileNameOf({ name, os }: Target): string {
  return `bench-${name}${os === "windows" ? ".exe" : ""}`;
}

/**
 * Connect and listen, read what it is given and write reports where it is told, read its own options from the environment,
 * the machine's name, by which a worker calls itself, and the public roots, which it trusts besides a bundle's; the
 * runtime knows no flag for these alone.
 */
const EVERYWHERE = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
] as const;

/**
 * What a program is allowed to do; it starts no programs and fetches no code. Calls of the system's own libraries are
 * allowed where the program makes some. Not by the libraries' names: the runtime would then look for them in the folder
 * where the program is started, and load what lies there.
 */
export function permissionsOf({ os }: Target): readonly string[] {
  return os === "windows" ? EVERYWHERE : [...EVERYWHERE, "--allow-ffi"];
}
