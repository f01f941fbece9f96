// An echo and a broadcast over gorilla/websocket, for tests. Prints its port, and ends with its input.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{
	EnableCompression: true,
	CheckOrigin:       func(*http.Request) bool { return true },
}

var (
	lock  sync.Mutex
	peers = map[*websocket.Conn]bool{}
)

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	lock.Lock()
	peers[conn] = true
	lock.Unlock()
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			break
		}
		lock.Lock()
		if r.URL.Path == "/broadcast" {
			for peer := range peers {
				peer.WriteMessage(kind, message)
			}
		} else {
			conn.WriteMessage(kind, message)
		}
		lock.Unlock()
	}
	lock.Lock()
	delete(peers, conn)
	lock.Unlock()
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go http.Serve(listener, http.HandlerFunc(serve))
	io.Copy(io.Discard, os.Stdin)
}
