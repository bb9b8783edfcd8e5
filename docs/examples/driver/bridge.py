#!/usr/bin/env python3
"""Actions over HTTP for a device that is steered by JSON lines on its standard input.

bridge.py PORT COMMAND...   starts the command and offers `POST /ACTION` with the arguments as a JSON object on 127.0.0.1:PORT.
A line for the device is {"id","action","args"}; its answer is {"type":"done"|"impossible","id","reason"}.
"""

import json
import queue
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, command = int(sys.argv[1]), sys.argv[2:]
device = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
answers: dict[str, queue.Queue] = {}
lock = threading.Lock()


def read() -> None:
    """Hand each answer of the device to the request that waits for it; the bridge ends with its device."""
    for line in device.stdout:
        message = json.loads(line)
        if message.get("id") in answers:
            answers[message["id"]].put(message)
    server.shutdown()


def ask(action: str, args: dict) -> dict:
    """Have the device do something; returns its answer."""
    with lock:
        number = str(len(answers) + 1)
        answers[number] = queue.Queue()
        device.stdin.write(json.dumps({"id": number, "action": action, "args": args}) + "\n")
    return answers[number].get()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        args = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = ask(self.path.strip("/"), args)
        body = json.dumps({"reason": answer.get("reason", "")}).encode()
        self.send_response(200 if answer["type"] == "done" else 409)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
print(f"listening on port {server.server_port}", flush=True)
threading.Thread(target=read, daemon=True).start()
server.serve_forever()
