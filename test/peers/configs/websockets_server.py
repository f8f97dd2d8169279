"""Servers of the websockets library, one a port, each with settings of its own. Ports come as name=port."""
import asyncio
import http
import sys

import websockets
from websockets.legacy.server import serve

HOST = "127.0.0.1"


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def by_path(socket):
    path = socket.path
    if path.startswith("/close/"):
        code, _, reason = path[len("/close/") :].partition("/")
        await socket.close(int(code), reason.replace("-", " "))
    elif path == "/raise":
        raise RuntimeError("the handler failed")
    else:
        await echo(socket)


async def process_request(path, headers):
    if path == "/unauthorized":
        return http.HTTPStatus.UNAUTHORIZED, [("WWW-Authenticate", 'Bearer realm="api"')], b"A token is missing\n"
    if path == "/health":
        return http.HTTPStatus.OK, [], b"OK\n"
    return None


async def main(ports):
    await serve(by_path, HOST, ports["plain"], process_request=process_request)
    await serve(echo, HOST, ports["origins"], origins=["https://app.example"])
    await serve(echo, HOST, ports["protocols"], subprotocols=["chat.v2"])
    await serve(echo, HOST, ports["small"], max_size=64)
    await serve(echo, HOST, ports["pinging"], ping_interval=0.5, ping_timeout=0.5)
    await asyncio.Future()


print("websockets", websockets.__version__, flush=True)
asyncio.run(main({name: int(port) for name, port in (item.split("=") for item in sys.argv[1:])}))
