"""Servers and frameworks of Python, each in a process of its own. Ports come as name=port; called again with one to run it."""
import subprocess
import sys
from wsgiref.simple_server import make_server

HOST = "127.0.0.1"


async def asgi(scope, receive, send):
    """Accepts at /ws, closes before accepting at /refuse, raises at /raise, and is a web application besides."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"no page"})
        return
    await receive()
    if scope["path"] == "/refuse":
        await send({"type": "websocket.close", "code": 4401})
        return
    if scope["path"] == "/raise":
        raise RuntimeError("the application failed")
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": message.get("text") or ""})


def tornado(port):
    import tornado.ioloop
    import tornado.web
    import tornado.websocket

    class Echo(tornado.websocket.WebSocketHandler):
        def on_message(self, message):
            self.write_message(message)

    tornado.web.Application([("/ws", Echo)]).listen(port, HOST)
    tornado.ioloop.IOLoop.current().start()


def aiohttp(port):
    from aiohttp import web

    async def echo(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    application = web.Application()
    application.add_routes([web.get("/ws", echo)])
    web.run_app(application, host=HOST, port=port)


def socketio(port):
    import socketio as library
    from aiohttp import web

    server = library.AsyncServer(async_mode="aiohttp", cors_allowed_origins=["http://allowed.example"])
    application = web.Application()
    server.attach(application)

    @server.event
    async def connect(sid, environ, auth):
        if not auth:
            raise library.exceptions.ConnectionRefusedError("authentication failed")

    web.run_app(application, host=HOST, port=port)


def wsgi(port):
    def application(environ, start_response):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"no page"]

    make_server(HOST, port, application).serve_forever()


def fastapi(port):
    import uvicorn
    from fastapi import FastAPI, WebSocket

    application = FastAPI()

    @application.websocket("/ws")
    async def echo(socket: WebSocket):
        await socket.accept()
        while True:
            await socket.send_text(await socket.receive_text())

    uvicorn.run(application, host=HOST, port=port)


def module(*arguments):
    return lambda port: subprocess.call([sys.executable, "-m", *(str(part).replace("PORT", str(port)) for part in arguments)])


SERVERS = {
    "uvicorn": module("uvicorn", "python_frameworks:asgi", "--port", "PORT"),
    "wsproto": module("uvicorn", "python_frameworks:asgi", "--port", "PORT", "--ws", "wsproto"),
    "bare": module("uvicorn", "python_frameworks:asgi", "--port", "PORT", "--ws", "none"),
    "hypercorn": module("hypercorn", "python_frameworks:asgi", "--bind", f"{HOST}:PORT"),
    "daphne": module("daphne", "--bind", HOST, "--port", "PORT", "python_frameworks:asgi"),
    "fastapi": fastapi,
    "tornado": tornado,
    "aiohttp": aiohttp,
    "socketio": socketio,
    "wsgi": wsgi,
}

if __name__ == "__main__":
    ports = dict(argument.split("=") for argument in sys.argv[1:])
    if len(ports) == 1:
        [(name, port)] = ports.items()
        SERVERS[name](int(port))
    else:
        children = [subprocess.Popen([sys.executable, __file__, f"{name}={port}"]) for name, port in ports.items()]
        for child in children:
            child.wait()
