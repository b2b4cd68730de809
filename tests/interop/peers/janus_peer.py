#!/usr/bin/python3
"""Janus as a peer; see README.md for what it is asked.

    janus_peer.py streaming   its streaming plugin: passes media on, and sends messages
    janus_peer.py echotest    its echo test: sends media and messages back

A Janus of its own is started, with nothing but that plugin and a socket in a directory that ends with it.
"""

import json
import select
import socket
import subprocess
import sys
import tempfile
import time
import traceback

from json_lines import answer, messages_of, tell

START_SECONDS = 20
REPLY_SECONDS = 20
TRANSPORTS = ["http", "mqtt", "nanomsg", "rabbitmq", "websockets"]
PLUGINS = ["audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming",
           "textroom", "videocall", "videoroom", "voicemail"]


def configuration(directory, plugin):
    """Writes Janus's configuration files."""
    transports = ",".join(f"libjanus_{name}.so" for name in TRANSPORTS)
    plugins = ",".join(f"libjanus_{name}.so" for name in PLUGINS if name != plugin)
    with open(f"{directory}/janus.jcfg", "w", encoding="utf-8") as file:
        file.write(f"""
            general: {{ configs_folder = "{directory}"  debug_level = 3  debug_colors = false }}
            plugins: {{ disable = "{plugins}" }}
            transports: {{ disable = "{transports}" }}
        """)
    with open(f"{directory}/janus.transport.pfunix.jcfg", "w", encoding="utf-8") as file:
        file.write(f"""
            general: {{ enabled = true  json = "compact"
                        path = "{directory}/api"  type = "SOCK_SEQPACKET" }}
        """)


class Api:
    """Janus's API on a local socket."""

    def __init__(self, connection, on_event):
        self.on_event = on_event
        self.replies = {}
        self.last = 0
        self.ids = {}
        self.socket = connection

    def send(self, kind, **fields):
        self.last += 1
        message = {"janus": kind, "transaction": str(self.last), **self.ids, **fields}
        self.socket.send(json.dumps(message).encode())
        return str(self.last)

    def ask(self, kind, until=("success", "event"), **fields):
        """Sends a request and waits for its last reply."""
        transaction = self.send(kind, **fields)
        end = time.monotonic() + REPLY_SECONDS
        while time.monotonic() < end:
            for reply in self.replies.pop(transaction, []):
                if reply["janus"] == "error":
                    raise RuntimeError(reply["error"])
                if reply["janus"] in until:
                    data = reply.get("plugindata", {}).get("data", {})
                    if "error" in data:
                        raise RuntimeError(data["error"])
                    return reply
            if select.select([self.socket], [], [], 0.1)[0]:
                self.receive()
        raise RuntimeError(f"{kind}: no reply")

    def receive(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise RuntimeError("Janus has ended")
        message = json.loads(data)
        if "transaction" in message and message["transaction"]:
            self.replies.setdefault(message["transaction"], []).append(message)
        else:
            self.on_event(message)


class JanusPeer:
    def __init__(self, connection, plugin):
        self.plugin = plugin
        self.stream = None
        self.ports = {}
        self.api = Api(connection, self._on_event)
        info = self.api.ask("info", until=("server_info",))
        self.version = f"Janus {info['version_string']} {plugin}"
        self.api.ids["session_id"] = self.api.ask("create")["data"]["id"]
        attached = self.api.ask("attach", plugin=f"janus.plugin.{plugin}")
        self.api.ids["handle_id"] = attached["data"]["id"]

    def _on_event(self, event):
        if event["janus"] == "webrtcup":
            tell("state", state="connected")
        elif event["janus"] == "hangup":
            tell("state", state="closed")
        else:
            sys.stderr.write(json.dumps(event) + "\n")

    def publish(self, _):
        media = [
            {"type": "audio", "mid": "0", "port": 0, "pt": 111, "codec": "opus"},
            {"type": "video", "mid": "1", "port": 0, "pt": 96, "codec": "vp8"},
            {"type": "data", "mid": "2", "port": 0, "datatype": "binary"},
        ]
        reply = self.api.ask("message", body={"request": "create", "type": "rtp", "media": media})
        stream = reply["plugindata"]["data"]["stream"]
        self.stream = stream["id"]
        self.ports = {port["type"]: port["port"] for port in stream["ports"]}
        return {"feed": {"audio": self.ports["audio"], "video": self.ports["video"]}}

    def channel(self, request):
        """The streaming plugin makes a message of each datagram, on a channel with its own name."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for message in messages_of(request):
                sender.sendto(message, ("127.0.0.1", self.ports["data"]))

    def _negotiated(self, body, **fields):
        return {"sdp": self.api.ask("message", until=("event",), body=body, **fields)["jsep"]["sdp"]}

    def offer(self, _):
        return self._negotiated({"request": "watch", "id": self.stream})

    def answer(self, request):
        jsep = {"type": "offer", "sdp": request["sdp"]}
        if self.plugin == "echotest":
            return self._negotiated({"audio": True, "video": True}, jsep=jsep)
        return self._negotiated({"request": "watch", "id": self.stream}, jsep=jsep)

    def accept(self, request):
        self.api.ask("message", until=("event",), body={"request": "start"},
                     jsep={"type": "answer", "sdp": request["sdp"]})

    def candidate(self, request):
        candidate = request["candidate"] or {"completed": True}
        self.api.ask("trickle", until=("ack",), candidate=candidate)

    def stop(self, _):
        return {}


def start(directory, plugin):
    """Starts Janus and connects to it.

    Now and then 1.1.2 ends at once: the thread of its local socket looks whether it shall run
    before that is decided.
    """
    end = time.monotonic() + START_SECONDS
    janus = None
    while time.monotonic() < end:
        if janus is None or janus.poll() is not None:
            # It writes a core file where it stands if it dies, and sometimes it does when it ends.
            janus = subprocess.Popen(["janus", "-F", directory], cwd=directory,
                                     stdin=subprocess.DEVNULL, stdout=sys.stderr)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(f"{directory}/api")
            return janus, JanusPeer(connection, plugin)
        except (OSError, RuntimeError):
            connection.close()
            time.sleep(0.05)
    janus.kill()
    raise RuntimeError("Janus does not start")


def main():
    plugin = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        configuration(directory, plugin)
        janus, peer = start(directory, plugin)
        try:
            tell("ready", version=peer.version)
            serve(peer)
        finally:
            janus.terminate()
            janus.wait()


def serve(peer):
    buffered = b""
    while True:
        readable, _, _ = select.select([sys.stdin.buffer.raw, peer.api.socket], [], [])
        if peer.api.socket in readable:
            peer.api.receive()
            continue
        data = sys.stdin.buffer.raw.read(1 << 16)
        if not data:
            return
        *lines, buffered = (buffered + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            try:
                answer(request, getattr(peer, request["do"])(request))
            except Exception:
                answer(request, error=traceback.format_exc())


if __name__ == "__main__":
    main()
