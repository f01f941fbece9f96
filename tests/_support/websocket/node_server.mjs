// An echo and a broadcast over Node and its package ws, for tests: `node node_server.mjs URL_OF_WS`. Prints its port, and
// ends with its input.
import { createServer } from "node:http";

const { WebSocketServer } = await import(process.argv[2]);
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: true });
server.on("connection", (socket, { url }) => {
  socket.on("message", (data, binary) => {
    for (const peer of url === "/broadcast" ? server.clients : [socket]) peer.send(data, { binary });
  });
});
http.listen(0, "127.0.0.1", () => process.stdout.write(`${http.address().port}\n`));
process.stdin.on("end", () => process.exit()).resume();
