# bench in a container: the program, the C library it needs, certificates, and nothing else; no shell, no root.
# Built from programs that exist already: container/amd64/bench, container/arm64/bench (see the release workflow).
#
#   docker run --rm --network host ghcr.io/OWNER/bench -d 10s http://localhost:8080/
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" ghcr.io/OWNER/bench --scenario login.yaml --json results.json
FROM gcr.io/distroless/cc-debian12:nonroot
ARG TARGETARCH
COPY --chmod=755 container/${TARGETARCH}/bench /usr/local/bin/bench
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/bench"]
CMD ["--help"]
