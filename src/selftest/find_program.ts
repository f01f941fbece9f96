/**
 * Finds installed programs.
 *
 * @module
 */

/**
 * A program's path, from the folders of `PATH` and the system folders that are often not on it; `undefined`: not
 * installed.
 */
export function findProgram(name: string, path: string): string | undefined {
  const isWindows = Deno.build.os === "windows";
  const folders = path.split(isWindows ? ";" : ":").concat("/usr/sbin", "/usr/local/sbin");
  const file = isWindows ? `${name}.exe` : name;
  return folders.filter((folder) => folder !== "").map((folder) => `${folder}/${file}`).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // Unreadable or absent: either way it cannot be started.
  }
}
