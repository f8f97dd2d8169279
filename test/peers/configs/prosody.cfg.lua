modules_enabled = { "roster"; "saslauth"; "disco"; "websocket"; "http" }
http_ports = { {{plain}} }
http_interfaces = { "127.0.0.1" }
https_ports = {}
c2s_ports = {}
s2s_ports = {}
pidfile = "{{folder}}/prosody.pid"
data_path = "{{folder}}"
log = { error = "{{folder}}/error.log" }
run_as_root = true
consider_websocket_secure = true
VirtualHost "localhost"
http_host = "127.0.0.1"
