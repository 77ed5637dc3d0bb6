// Prints, for each URL given, whether Go's HTTP client takes the proxy of the environment or not.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	for _, url := range os.Args[1:] {
		request, err := http.NewRequest("GET", url, nil)
		if err != nil {
			fmt.Println(err)
			continue
		}
		proxy, err := http.ProxyFromEnvironment(request)
		switch {
		case err != nil:
			fmt.Println(err)
		case proxy == nil:
			fmt.Println("direct")
		default:
			fmt.Println("proxy")
		}
	}
}
