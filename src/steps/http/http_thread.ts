/**
 * The HTTP steps of a scenario, ready to run in one thread.
 *
 * @module
 */
import type { CookieJar } from "../../client/exchange/cookie_jar.ts";
import type { Exchange, PreparedRequest } from "../../client/exchange/http_client.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import type { StepRecorder, StepRunner, StepThread, StepUser } from "../step_kind.ts";
import { type CompiledHttpStep, compileHttpStep, type HttpCompileContext } from "./compile_step.ts";
import { HttpRunner, type HttpWork } from "./http_runner.ts";

/** What a thread's HTTP steps are made with. */
export interface HttpThreadOptions
  extends
    Omit<HttpCompileContext, "recorder">,
    Pick<HttpWork, "recorder" | "lengths" | "observe" | "hide" | "decodeBody" | "now"> {
  /** A jar for a user who keeps cookies. */
  createJar(): CookieJar;
}

/** A thread's HTTP steps. */
export class HttpThread implements StepThread<HttpStep>, HttpWork {
  readonly steps: (CompiledHttpStep | undefined)[] = [];
  readonly scenario: HttpThreadOptions["scenario"];
  readonly recorder: StepRecorder;
  readonly lengths: HttpThreadOptions["lengths"];
  readonly observe: HttpThreadOptions["observe"];
  readonly hide?: HttpWork["hide"];
  readonly hasFreshCookies: boolean;
  readonly #options: HttpThreadOptions;

  constructor(options: HttpThreadOptions) {
    this.#options = options;
    this.scenario = options.scenario;
    this.recorder = options.recorder;
    this.lengths = options.lengths;
    this.observe = options.observe;
    this.hide = options.hide;
    this.hasFreshCookies = options.scenario.cookies === "fresh_per_iteration";
  }

  add(step: HttpStep, index: number): void {
    this.steps[index] = compileHttpStep(step, index, this.#options);
  }

  newRunner(user: StepUser, beside?: StepRunner): StepRunner {
    return new HttpRunner(user, this, beside instanceof HttpRunner ? beside : undefined);
  }

  firstRequest(step: number): PreparedRequest | null {
    return this.steps[step]?.fixed?.request ?? null;
  }

  createJar(): CookieJar | null {
    return this.scenario.cookies === "ignore" ? null : this.#options.createJar();
  }

  decodeBody(exchange: Exchange): Promise<void> | null {
    return this.#options.decodeBody(exchange);
  }

  now(): number {
    return this.#options.now();
  }
}
