/** A terminal of a test's own: tmux on a socket of its own, a shell in it. */
import { programPath } from "./peers.ts";
import { pause, until } from "./wait.ts";

/** What the terminal's modes are; `stty` is what the shell sees. */
export interface TerminalModes {
  readonly isAlternate: boolean;
  readonly isCursorShown: boolean;
}

/** A terminal with a shell. Ends with `await using`. */
export class Tmux implements AsyncDisposable {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** Starts a terminal of this size, in this directory. */
  static async open(size: { columns: number; rows: number; cwd: string }): Promise<Tmux> {
    const directory = await Deno.makeTempDir({ prefix: "bench-tmux-" });
    const tmux = new Tmux(`${directory}/socket`);
    await tmux.#run(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      `${size.columns}`,
      "-y",
      `${size.rows}`,
      ...[
        "-c",
        size.cwd,
        "env",
        "-i",
        `PATH=${Deno.env.get("PATH")}`,
        `HOME=${Deno.env.get("HOME") ?? "/"}`,
        ...["DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) =>
          Deno.env.has(name) ? [`${name}=${Deno.env.get(name)}`] : []
        ),
        "TERM=tmux-256color",
        "LC_ALL=C.UTF-8",
        "PS1=ready$ ",
        "sh",
      ],
    );
    await tmux.until((screen) => screen.includes("ready$"));
    return tmux;
  }

  /** Types a line and Enter. */
  async type(line: string): Promise<void> {
    await this.#run("send-keys", "-l", line);
    await this.#run("send-keys", "Enter");
  }

  /** Presses a key by tmux's name of it. */
  async press(key: string): Promise<void> {
    await this.#run("send-keys", key);
  }

  /** Gives the terminal another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#run("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** What is on the screen. */
  screen(): Promise<string> {
    return this.#run("capture-pane", "-p");
  }

  /** The terminal's modes. */
  async modes(): Promise<TerminalModes> {
    const [alternate, cursor] = (await this.#run("display-message", "-p", "#{alternate_on} #{cursor_flag}"))
      .trim().split(" ");
    return { isAlternate: alternate === "1", isCursorShown: cursor === "1" };
  }

  /**
   * Waits until the screen is as wished.
   * @throws {Error} with what is on the screen instead.
   */
  async until(isWished: (screen: string) => boolean): Promise<string> {
    let screen = "";
    await until(async () => {
      if (screen !== "") await pause(100);
      return isWished(screen = await this.screen());
    }).catch((error) => {
      throw new Error(`The screen did not become as wished:\n${screen}`, { cause: error });
    });
    return screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("kill-server").catch(() => {}); // It may have ended with its shell.
    await Deno.remove(this.#socket.replace(/\/socket$/, ""), { recursive: true });
  }

  async #run(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(programPath("tmux")!, {
      args: ["-S", this.#socket, ...args],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux ${args[0]}: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }
}
