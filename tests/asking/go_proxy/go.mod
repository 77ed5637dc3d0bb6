module example.com/callerid/go_proxy

go 1.21
