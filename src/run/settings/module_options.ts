/**
 * The options that a module of the user's exports: the keys of a configuration file, below everything else that is given.
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { UsageError } from "../../lib/errors.ts";
import { noteInput } from "../../lib/files/input_files.ts";
import type { ConfigSource } from "../../options/resolve.ts";
import { moduleOf } from "./module_file.ts";
import { loadModule } from "../../steps/code/load_module.ts";

/** Keys that a module cannot set: they say which module it is. */
const NOT_ITS_OWN = ["scenario", "config"];

/**
 * Loads a module and reads its options.
 *
 * @throws {UsageError} when it cannot be loaded, or exports something else under that name
 */
export async function loadModuleOptions(path: string): Promise<ConfigSource> {
  noteInput(path);
  const module = moduleOf(path);
  const { options = {} } = await loadModule(module);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new UsageError(`${module.name}: expected options to be an object of option names and values`);
  }
  for (const key of NOT_ITS_OWN) {
    if (Object.hasOwn(options, key)) throw new UsageError(`${module.name}: options cannot hold "${key}"`);
  }
  const values = Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]),
  );
  const folder = dirname(path);
  return {
    name: module.name,
    values: {
      ...values,
      ...("data" in values && { data: besides(values["data"], folder) }),
      ...Object.fromEntries(
        PATHS.filter((key) => key in values).map((key) => [key, pathsBeside(values[key], folder)]),
      ),
    },
  };
}

/** Options that name files of schemas, which lie beside the module. */
const PATHS = ["proto", "proto-path", "protoset"];

function pathsBeside(paths: unknown, folder: string): unknown {
  if (Array.isArray(paths)) return paths.map((path) => pathsBeside(path, folder));
  return typeof paths !== "string" || isAbsolute(paths) ? paths : join(folder, paths);
}

/** `NAME=FILE` with files that are beside the module. */
function besides(data: unknown, folder: string): unknown {
  if (Array.isArray(data)) return data.map((item) => besides(item, folder));
  const [, name, file] = typeof data === "string" ? /^([^=]+)=(.+)$/s.exec(data) ?? [] : [];
  return file === undefined || isAbsolute(file) ? data : `${name}=${join(folder, file)}`;
}
