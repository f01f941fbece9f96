/** A program whose dashboard is open when something goes wrong; `tmux_test.ts` looks at the terminal it leaves. */
import { Screen } from "../../src/live/screen.ts";

const screen = new Screen();
screen.open();
screen.draw(() => ["Frame before the crash"]);
setTimeout(() => {
  if (Deno.args[0] === "rejection") void Promise.reject(new Error("Nobody caught this promise"));
  else if (Deno.args[0] === "exit") Deno.exit(7);
  else throw new Error("Nobody caught this");
}, 300);
