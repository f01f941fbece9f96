/**
 * The replies of server reflection, as far as they are read.
 *
 * @module
 */
import type { ProtoTypes } from "../../plan/grpc/proto_types.ts";

/** A reply; bytes are base64. */
export interface ReflectionResponse {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly string[] };
  readonly list_services_response?: { readonly service: readonly { readonly name?: string }[] };
  readonly error_response?: { readonly error_code?: number; readonly error_message?: string };
}

/** The types, by short names. */
export const REFLECTION_TYPES: ProtoTypes = {
  messages: [
    {
      name: "Response",
      fields: [
        message("file_descriptor_response", 4, "Files"),
        message("list_services_response", 6, "Services"),
        message("error_response", 7, "Problem"),
      ],
    },
    {
      name: "Files",
      fields: [{
        name: "file_descriptor_proto",
        json: "file_descriptor_proto",
        number: 1,
        type: "bytes",
        kind: "scalar",
        repeated: true,
      }],
    },
    {
      name: "Services",
      fields: [{
        name: "service",
        json: "service",
        number: 1,
        type: "Service",
        kind: "message",
        repeated: true,
      }],
    },
    { name: "Service", fields: [scalar("name", 1, "string")] },
    { name: "Problem", fields: [scalar("error_code", 1, "int32"), scalar("error_message", 2, "string")] },
  ],
  enums: [],
};

function message(
  name: string,
  number: number,
  type: string,
): ProtoTypes["messages"][number]["fields"][number] {
  return { name, json: name, number, type, kind: "message", explicit: true };
}

function scalar(name: string, number: number, type: "string" | "int32"): ReturnType<typeof message> {
  return { name, json: name, number, type, kind: "scalar", explicit: true };
}
