/**
 * A package registry as JSR's, for one package: takes what `deno publish` sends, and serves it as the real one does.
 *
 * @module
 */
import { run } from "./run.ts";

/** A running registry. */
export interface Registry extends AsyncDisposable {
  /** For `JSR_URL`. */
  readonly url: string;
  /** Paths of what was published. */
  readonly files: readonly string[];
  /** Requests that it had nothing for. */
  readonly missed: readonly string[];
}

/** What was published, as a version. */
interface Published {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

const VERSION_PATH = /^\/api\/scopes\/(\w+)\/packages\/(\w+)\/versions\/([^/]+)$/;
const TYPES: Readonly<Record<string, string>> = { ts: "text/typescript", js: "text/javascript" };

/** Starts a registry that keeps its files in a folder. */
export function startRegistry(folder: string): Registry {
  let published: Published | undefined;
  const missed: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const version = VERSION_PATH.exec(pathname)?.[3];
    if (version !== undefined && request.method === "POST") {
      const files = await unpacked(await request.bytes(), folder);
      const config = files.get(searchParams.get("config") ?? "/deno.json")!;
      published = { version, files, exports: JSON.parse(new TextDecoder().decode(config)).exports };
      return Response.json({ id: "1", status: "success", error: null });
    }
    if (version !== undefined) {
      const isKnown = published?.version === version;
      return Response.json(isKnown ? {} : { code: "notFound", message: "none" }, {
        status: isKnown ? 200 : 404,
      });
    }
    if (pathname.startsWith("/api/publish_status/")) {
      return Response.json({ id: "1", status: "success", error: null });
    }
    if (pathname.startsWith("/api/")) {
      return Response.json({ scope: "x", name: "bench", latestVersion: null });
    }
    const served = published && await fileOf(published, pathname);
    if (served) return served;
    missed.push(pathname);
    return new Response("none", { status: 404 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    get files() {
      return [...published?.files.keys() ?? []];
    },
    missed,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function fileOf(
  { version, exports, files }: Published,
  pathname: string,
): Promise<Response | undefined> {
  const path = pathname.replace(/^\/@x\/bench\//, "");
  if (path === "meta.json") {
    return Response.json({ scope: "x", name: "bench", latest: version, versions: { [version]: {} } });
  }
  if (path === `${version}_meta.json`) {
    const manifest: Record<string, { readonly size: number; readonly checksum: string }> = {};
    for (const [name, bytes] of files) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      manifest[name] = { size: bytes.length, checksum: `sha256-${digest.toHex()}` };
    }
    return Response.json({ manifest, exports });
  }
  const bytes = files.get(path.slice(version.length));
  return bytes && new Response(bytes, {
    headers: { "content-type": TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "text/plain" },
  });
}

/** The files of an archive, by their paths with a slash in front. */
async function unpacked(
  archive: Uint8Array<ArrayBuffer>,
  folder: string,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  await Deno.mkdir(`${folder}/files`);
  await Deno.writeFile(`${folder}/package.tgz`, archive);
  const { code, err } = await run("tar", ["-xzf", "package.tgz", "-C", "files"], { cwd: folder });
  if (code !== 0) throw new Error(err);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const read = async (below: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/files/${below}`)) {
      if (isDirectory) await read(`${below}${name}/`);
      else files.set(`/${below}${name}`, await Deno.readFile(`${folder}/files/${below}${name}`));
    }
  };
  await read("");
  return files;
}
