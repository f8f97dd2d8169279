// Servers of gorilla/websocket and coder/websocket (as nhooyr.io/websocket) on one port.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
	coder "nhooyr.io/websocket"
)

func main() {
	upgrader := websocket.Upgrader{}
	http.HandleFunc("/gorilla", func(w http.ResponseWriter, r *http.Request) {
		connection, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer connection.Close()
		for {
			kind, message, err := connection.ReadMessage()
			if err != nil || connection.WriteMessage(kind, message) != nil {
				return
			}
		}
	})
	http.HandleFunc("/coder", func(w http.ResponseWriter, r *http.Request) {
		connection, err := coder.Accept(w, r, nil)
		if err != nil {
			return
		}
		connection.Close(coder.StatusPolicyViolation, "no token")
	})
	// What a proxy does that takes hop-by-hop headers out.
	http.HandleFunc("/stripped/", func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Upgrade")
		r.Header.Del("Connection")
		r.URL.Path = r.URL.Path[len("/stripped"):]
		http.DefaultServeMux.ServeHTTP(w, r)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
