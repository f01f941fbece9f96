"""A gRPC server that does as it is told: the service of probe.proto, with reflection where that is installed.

Usage: server.py; the port is the first line that it prints. It ends with its input.
"""

import sys
import threading
import time
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

INT32, INT64, STRING, BYTES, MESSAGE = 5, 3, 9, 12, 11

file = descriptor_pb2.FileDescriptorProto(name="probe.proto", package="probe", syntax="proto3")


def declare(name, *fields):
    message = file.message_type.add(name=name)
    for number, (field, kind) in enumerate(fields, 1):
        message.field.add(name=field, number=number, type=kind, label=1)
    return message


declare("Ask", ("text", STRING), ("status", INT32), ("message", STRING), ("delay_ms", INT32), ("size", INT32),
        ("count", INT32), ("id", INT64))
reply = declare("Reply", ("text", STRING), ("id", INT64), ("data", BYTES), ("received", INT32), ("deadline_ms", INT64))
reply.field.add(name="metadata", number=6, type=MESSAGE, label=3, type_name=".probe.Reply.MetadataEntry")
entry = reply.nested_type.add(name="MetadataEntry")
entry.options.map_entry = True
entry.field.add(name="key", number=1, type=STRING, label=1)
entry.field.add(name="value", number=2, type=STRING, label=1)
declare("Counts", ("calls", INT64), ("messages", INT64))
service = file.service.add(name="Probe")
for method, asks, replies, output in [
    ("Unary", False, False, "Reply"),
    ("Download", False, True, "Reply"),
    ("Upload", True, False, "Reply"),
    ("Talk", True, True, "Reply"),
    ("Count", False, False, "Counts"),
]:
    service.method.add(name=method, input_type=".probe.Ask", output_type=f".probe.{output}", client_streaming=asks,
                       server_streaming=replies)

pool = descriptor_pool.Default()
pool.Add(file) if not hasattr(pool, "AddSerializedFile") else pool.AddSerializedFile(file.SerializeToString())
Ask, Reply, Counts = (message_factory.GetMessageClass(pool.FindMessageTypeByName(f"probe.{name}"))
                      for name in ("Ask", "Reply", "Counts"))
CODES = {code.value[0]: code for code in grpc.StatusCode}

lock = threading.Lock()
seen = {"calls": 0, "messages": 0}


def count(kind):
    with lock:
        seen[kind] += 1


def metadata_of(context):
    return {key: value for key, value in context.invocation_metadata()}


def obey(ask, context):
    until = time.monotonic() + ask.delay_ms / 1000
    while time.monotonic() < until and context.is_active():
        time.sleep(0.01)
    if ask.status:
        context.abort(CODES[ask.status], ask.message)


def reply_to(ask, context, received):
    out = Reply(text=ask.text, id=ask.id, received=received, data=bytes(ask.size))
    left = context.time_remaining()
    if left is not None and left < 1e6:
        out.deadline_ms = int(left * 1000)
    echo = metadata_of(context).get("x-echo")
    if echo is not None:
        out.metadata["x-echo"] = echo
        context.set_trailing_metadata((("x-trailer", echo),))
    return out


def compress_if_asked(context):
    if "x-gzip" in metadata_of(context):
        context.set_compression(grpc.Compression.Gzip)


def unary(ask, context):
    count("calls")
    count("messages")
    compress_if_asked(context)
    obey(ask, context)
    return reply_to(ask, context, 1)


def download(ask, context):
    count("calls")
    count("messages")
    compress_if_asked(context)
    for i in range(ask.count):
        time.sleep(ask.delay_ms / 1000)
        yield reply_to(ask, context, i + 1)
    if ask.status:
        context.abort(CODES[ask.status], ask.message)


def upload(asks, context):
    count("calls")
    received, last = 0, Ask()
    for ask in asks:
        count("messages")
        received, last = received + 1, ask
        obey(ask, context)
    return reply_to(last, context, received)


def talk(asks, context):
    count("calls")
    for received, ask in enumerate(asks, 1):
        count("messages")
        obey(ask, context)
        yield reply_to(ask, context, received)


def counts(_ask, _context):
    return Counts(**seen)


def handler(make, run, output=Reply):
    return make(run, request_deserializer=Ask.FromString, response_serializer=output.SerializeToString)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("probe.Probe", {
    "Unary": handler(grpc.unary_unary_rpc_method_handler, unary),
    "Download": handler(grpc.unary_stream_rpc_method_handler, download),
    "Upload": handler(grpc.stream_unary_rpc_method_handler, upload),
    "Talk": handler(grpc.stream_stream_rpc_method_handler, talk),
    "Count": handler(grpc.unary_unary_rpc_method_handler, counts, Counts),
}),))
try:
    from grpc_reflection.v1alpha import reflection
    reflection.enable_server_reflection(("probe.Probe", reflection.SERVICE_NAME), server)
except ImportError:
    pass
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(0)
