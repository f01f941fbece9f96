// A gRPC server that does as it is told: the service of probe.proto, with reflection, over HTTP/2 without TLS.
// usage: server FOLDER_OF_PROBE_PROTO [--no-reflection]; the port is the first line that it prints.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/bufbuild/protocompile"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

var ask, reply, counts protoreflect.MessageDescriptor
var calls, messages atomic.Int64

func number(m *dynamicpb.Message, name protoreflect.Name) int64 {
	return m.Get(m.Descriptor().Fields().ByName(name)).Int()
}

func text(m *dynamicpb.Message, name protoreflect.Name) string {
	return m.Get(m.Descriptor().Fields().ByName(name)).String()
}

func set(m *dynamicpb.Message, name protoreflect.Name, value any) {
	m.Set(m.Descriptor().Fields().ByName(name), protoreflect.ValueOf(value))
}

// Waits as told and fails if told.
func obey(ctx context.Context, in *dynamicpb.Message) error {
	if ms := number(in, "delay_ms"); ms > 0 {
		select {
		case <-time.After(time.Duration(ms) * time.Millisecond):
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
	if code := number(in, "status"); code != 0 {
		return status.Error(codes.Code(code), text(in, "message"))
	}
	return nil
}

func replyTo(ctx context.Context, in *dynamicpb.Message, received int32) *dynamicpb.Message {
	out := dynamicpb.NewMessage(reply)
	set(out, "text", text(in, "text"))
	set(out, "id", number(in, "id"))
	set(out, "received", received)
	set(out, "data", make([]byte, number(in, "size")))
	if deadline, ok := ctx.Deadline(); ok {
		set(out, "deadline_ms", time.Until(deadline).Milliseconds())
	}
	if md, ok := metadata.FromIncomingContext(ctx); ok && len(md.Get("x-echo")) > 0 {
		m := out.Mutable(reply.Fields().ByName("metadata")).Map()
		m.Set(protoreflect.ValueOf("x-echo").MapKey(), protoreflect.ValueOf(md.Get("x-echo")[0]))
		grpc.SetTrailer(ctx, metadata.Pairs("x-trailer", md.Get("x-echo")[0]))
	}
	return out
}

func compressIfAsked(ctx context.Context) {
	if md, ok := metadata.FromIncomingContext(ctx); ok && len(md.Get("x-gzip")) > 0 {
		grpc.SetSendCompressor(ctx, "gzip")
	}
}

func unary(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	in := dynamicpb.NewMessage(ask)
	if err := decode(in); err != nil {
		return nil, err
	}
	calls.Add(1)
	messages.Add(1)
	compressIfAsked(ctx)
	if err := obey(ctx, in); err != nil {
		return nil, err
	}
	return replyTo(ctx, in, 1), nil
}

func count(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	if err := decode(dynamicpb.NewMessage(ask)); err != nil {
		return nil, err
	}
	out := dynamicpb.NewMessage(counts)
	set(out, "calls", calls.Load())
	set(out, "messages", messages.Load())
	return out, nil
}

func download(_ any, stream grpc.ServerStream) error {
	in := dynamicpb.NewMessage(ask)
	if err := stream.RecvMsg(in); err != nil {
		return err
	}
	calls.Add(1)
	messages.Add(1)
	compressIfAsked(stream.Context())
	for i := int64(0); i < number(in, "count"); i++ {
		if ms := number(in, "delay_ms"); ms > 0 {
			time.Sleep(time.Duration(ms) * time.Millisecond)
		}
		if err := stream.SendMsg(replyTo(stream.Context(), in, int32(i+1))); err != nil {
			return err
		}
	}
	if code := number(in, "status"); code != 0 {
		return status.Error(codes.Code(code), text(in, "message"))
	}
	return nil
}

func upload(_ any, stream grpc.ServerStream) error {
	calls.Add(1)
	last := dynamicpb.NewMessage(ask)
	received := int32(0)
	for {
		in := dynamicpb.NewMessage(ask)
		err := stream.RecvMsg(in)
		if err == io.EOF {
			return stream.SendMsg(replyTo(stream.Context(), last, received))
		}
		if err != nil {
			return err
		}
		messages.Add(1)
		received++
		last = in
		if err := obey(stream.Context(), in); err != nil {
			return err
		}
	}
}

func talk(_ any, stream grpc.ServerStream) error {
	calls.Add(1)
	received := int32(0)
	for {
		in := dynamicpb.NewMessage(ask)
		err := stream.RecvMsg(in)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		messages.Add(1)
		received++
		if err := obey(stream.Context(), in); err != nil {
			return err
		}
		if err := stream.SendMsg(replyTo(stream.Context(), in, received)); err != nil {
			return err
		}
	}
}

func main() {
	compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{ImportPaths: []string{os.Args[1]}}}
	files, err := compiler.Compile(context.Background(), "probe.proto")
	if err != nil {
		panic(err)
	}
	file, err := protodesc.NewFile(protodesc.ToFileDescriptorProto(files[0]), protoregistry.GlobalFiles)
	if err != nil {
		panic(err)
	}
	if err := protoregistry.GlobalFiles.RegisterFile(file); err != nil {
		panic(err)
	}
	ask, reply, counts = file.Messages().ByName("Ask"), file.Messages().ByName("Reply"), file.Messages().ByName("Counts")
	var _ proto.Message = dynamicpb.NewMessage(ask)
	server := grpc.NewServer(grpc.MaxConcurrentStreams(1000))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "probe.Probe",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: unary}, {MethodName: "Count", Handler: count}},
		Streams: []grpc.StreamDesc{
			{StreamName: "Download", Handler: download, ServerStreams: true},
			{StreamName: "Upload", Handler: upload, ClientStreams: true},
			{StreamName: "Talk", Handler: talk, ClientStreams: true, ServerStreams: true},
		},
		Metadata: "probe.proto",
	}, struct{}{})
	if len(os.Args) < 3 || os.Args[2] != "--no-reflection" {
		reflection.Register(server)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	// Ends with its parent, which holds the other end.
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	server.Serve(listener)
}
