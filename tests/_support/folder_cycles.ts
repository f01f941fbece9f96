/** Circles between folders, at every depth, in a graph of files. */

/** Which files each file imports; paths from one root. */
export type FileGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Folders that import each other, as `fleet: protocol, transport`; `.` stands for the files directly in a folder. What
 * `doors` import does not count: a registry or an entry reaches into the rooms that use what stands beside it.
 */
export function folderCycles(files: FileGraph, doors: ReadonlySet<string> = new Set()): readonly string[] {
  const parents = new Set([...files.keys()].flatMap(foldersOf));
  return [...parents].sort().flatMap((parent) => {
    const rooms = new Map<string, Set<string>>();
    for (const [from, targets] of files) {
      const room = roomIn(from, parent);
      if (room === undefined || doors.has(from)) continue;
      const reached = rooms.get(room) ?? new Set();
      rooms.set(room, reached);
      for (const to of targets.map((target) => roomIn(target, parent))) {
        if (to !== undefined && to !== room) reached.add(to);
      }
    }
    return knotsOf(rooms).map((knot) => `${parent === "" ? "src" : parent.slice(0, -1)}: ${knot.join(", ")}`);
  });
}

/** `""`, `a/` and `a/b/` of `a/b/c.ts`. */
function foldersOf(path: string): readonly string[] {
  return path.split("/").map((_, i, parts) => parts.slice(0, i).map((part) => `${part}/`).join(""));
}

/** The child of a folder that a file lies in: a folder, or `.`; files of the root are rooms by themselves. */
function roomIn(path: string, parent: string): string | undefined {
  if (!path.startsWith(parent)) return undefined;
  const [first = "", ...more] = path.slice(parent.length).split("/");
  return more.length > 0 || parent === "" ? first : ".";
}

/** Rooms that can be reached from each other, sorted. */
function knotsOf(rooms: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const reachable = new Map([...rooms.keys()].map((room) => {
    const seen = new Set<string>();
    const left = [...rooms.get(room)!];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      left.push(...rooms.get(next) ?? []);
    }
    return [room, seen] as const;
  }));
  const knots = [...reachable].filter(([room, seen]) => seen.has(room)).map(([room, seen]) =>
    [...seen].filter((other) => reachable.get(other)?.has(room)).sort()
  );
  return [...new Map(knots.map((knot) => [knot.join(), knot])).values()];
}
