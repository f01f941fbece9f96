/**
 * A client that sends a trace context with a share of the requests, above any other client. The others go on as they
 * are; a context that the user gave stays.
 *
 * @module
 */
import {
  changedRequest,
  type Exchange,
  type HttpClient,
  type PreparedRequest,
} from "../exchange/http_client.ts";
import { fieldNamed, idsOf, type TraceSampler } from "./trace_context.ts";

/** One user's client. */
export class TracingClient implements HttpClient {
  readonly #inner: HttpClient;
  readonly #sampler: TraceSampler;

  /** `sampler` may be shared by the users of a thread. */
  constructor(inner: HttpClient, sampler: TraceSampler) {
    this.#inner = inner;
    this.#sampler = sampler;
  }

  get deadlineMs(): number {
    return this.#inner.deadlineMs;
  }

  exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    out.traceParent = "";
    return this.#inner.exchange(this.#sampler.draw() ? this.#traced(request, out) : request, out);
  }

  warm(request: PreparedRequest, scratch: Exchange): Promise<void> {
    return this.#inner.warm(request, scratch);
  }

  abort(failure: number): void {
    this.#inner.abort(failure);
  }

  close(): void {
    this.#inner.close();
  }

  #traced(request: PreparedRequest, out: Exchange): PreparedRequest {
    const given = fieldNamed(request.headers, "traceparent");
    if (given !== undefined) {
      if (idsOf(given[1]) !== undefined) out.traceParent = given[1].trim();
      return request;
    }
    out.traceParent = this.#sampler.parent();
    return this.#withFields(request, out.traceParent);
  }

  #withFields(request: PreparedRequest, parent: string): PreparedRequest {
    const { headers, unasked } = request;
    const hasState = fieldNamed(headers, "tracestate") !== undefined;
    return changedRequest(request, {
      headers: [
        ...headers,
        ["traceparent", parent],
        ...(hasState ? [] : [["tracestate", this.#sampler.state] as const]),
      ],
      // Its bytes are those of no other request.
      isRepeated: false,
      ...(unasked && { unasked: () => this.#withFields(unasked(), parent) }),
    });
  }
}
