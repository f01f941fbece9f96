/**
 * The frames that steer a connection: SETTINGS, PING, WINDOW_UPDATE, RST_STREAM, GOAWAY, PRIORITY and what is unknown.
 * Each is checked by RFC 9113, section 6; what it does to streams is the connection's.
 *
 * @module
 */
import { CODE, codeName, FLAG, FRAME, uint32At } from "./frames.ts";
import type { FrameHead, FramePayload } from "./frame_reader.ts";
import type { ConnectionProblem, Outgoing } from "./outgoing.ts";

/** Most of what a server says in its GOAWAY that is kept. */
const MAX_WORDS = 100;

/** What the connection does about these frames. */
export interface ControlHost {
  readonly isClosed: boolean;
  readonly out: Outgoing;
  /** The peer broke the rules: the connection ends. */
  broken(code: number, detail: string): void;
  /** A frame that brings nothing to anyone; too many of them end the connection. */
  countIdle(what: string): void;
  takeSettings(payload: FramePayload): ConnectionProblem | null;
  /** Stream 0: the connection's window. */
  takeWindow(stream: number, increment: number): void;
  takeReset(stream: number, code: number): void;
  /** Streams above `last` were not looked at. `reason`: empty without an error. */
  takeGoaway(last: number, code: number, reason: string): void;
}

/** Takes a frame other than DATA, HEADERS and the CONTINUATION of an open header block. */
export function takeControlFrame(host: ControlHost, head: FrameHead, payload: FramePayload): void {
  const { type, stream } = head;
  const { buffer, from, to } = payload;
  const size = to - from;
  switch (type) {
    case FRAME.settings:
      return takeSettings(host, head, payload);
    case FRAME.goaway:
      return takeGoaway(host, head, payload);
    case FRAME.ping:
      if (stream !== 0) return host.broken(CODE.protocolError, "PING on a stream");
      if (size !== 8) return host.broken(CODE.frameSizeError, "PING of a wrong size");
      host.countIdle("PING");
      if ((head.flags & FLAG.ack) === 0 && !host.isClosed) host.out.pong(buffer.subarray(from, to));
      return;
    case FRAME.windowUpdate:
      if (size !== 4) return host.broken(CODE.frameSizeError, "WINDOW_UPDATE of a wrong size");
      return host.takeWindow(stream, uint32At(buffer, from) & 0x7fff_ffff);
    case FRAME.rstStream:
      if (size !== 4) return host.broken(CODE.frameSizeError, "RST_STREAM of a wrong size");
      return host.takeReset(stream, uint32At(buffer, from));
    case FRAME.priority:
      if (stream === 0) return host.broken(CODE.protocolError, "PRIORITY without a stream");
      if (size !== 5) return host.broken(CODE.frameSizeError, "PRIORITY of a wrong size");
      return host.countIdle("PRIORITY");
    case FRAME.pushPromise:
      return host.broken(CODE.protocolError, "PUSH_PROMISE, which was switched off");
    case FRAME.continuation:
      return host.broken(CODE.protocolError, "CONTINUATION without HEADERS");
    default:
      return host.countIdle(`of type ${type}`);
  }
}

function takeSettings(host: ControlHost, { flags, stream }: FrameHead, payload: FramePayload): void {
  const size = payload.to - payload.from;
  if (stream !== 0) return host.broken(CODE.protocolError, "SETTINGS on a stream");
  if ((flags & FLAG.ack) !== 0 && size !== 0) {
    return host.broken(CODE.frameSizeError, "acknowledgement of SETTINGS with a payload");
  }
  if (size % 6 !== 0) return host.broken(CODE.frameSizeError, "SETTINGS of a wrong size");
  host.countIdle("SETTINGS");
  if (host.isClosed) return;
  if ((flags & FLAG.ack) !== 0) return void (host.out.isAcknowledged = true);
  const problem = host.takeSettings(payload);
  if (problem !== null) host.broken(problem.code, problem.detail);
}

function takeGoaway(host: ControlHost, { stream }: FrameHead, { buffer, from, to }: FramePayload): void {
  if (stream !== 0) return host.broken(CODE.protocolError, "GOAWAY on a stream");
  if (to - from < 8) return host.broken(CODE.frameSizeError, "GOAWAY of a wrong size");
  host.countIdle("GOAWAY");
  if (host.isClosed) return;
  const code = uint32At(buffer, from + 4);
  const words = new TextDecoder("latin1").decode(
    buffer.subarray(from + 8, Math.min(to, from + 8 + MAX_WORDS)),
  );
  const reason = words === "" ? codeName(code) : `${codeName(code)}: ${words}`;
  host.takeGoaway(uint32At(buffer, from) & 0x7fff_ffff, code, code === CODE.noError ? "" : reason);
}
