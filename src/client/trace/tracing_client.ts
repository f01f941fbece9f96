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
import { tracedHeaders, type TraceSampler, withContext } from "./trace_context.ts";

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
    const headers = tracedHeaders(request.headers, this.#sampler, out);
    return headers === request.headers ? request : this.#withFields(request, headers, out.traceParent);
  }

  #withFields(
    request: PreparedRequest,
    headers: PreparedRequest["headers"],
    parent: string,
  ): PreparedRequest {
    const { unasked } = request;
    return changedRequest(request, {
      headers,
      // Its bytes are those of no other request.
      isRepeated: false,
      ...(unasked && {
        unasked: () => {
          const plain = unasked();
          return this.#withFields(plain, withContext(plain.headers, this.#sampler, parent), parent);
        },
      }),
    });
  }
}
