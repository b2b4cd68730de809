#!/usr/bin/python3
"""aiortc as a peer; see README.md for what it is asked."""

import asyncio
import json
import sys
import traceback

import aiortc
from aiortc.contrib.media import MediaStreamTrack  # noqa: F401  (its import makes the codecs known)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

from json_lines import answer, messages_of, tell, tell_message


class Picture(VideoStreamTrack):
    """A grey that grows brighter."""

    shade = 0

    async def recv(self):
        frame = await super().recv()
        self.shade = (self.shade + 1) % 256
        for plane in frame.planes:
            plane.update(bytes([self.shade]) * plane.buffer_size)
        return frame


class AiortcPeer:
    def __init__(self):
        self.connection = aiortc.RTCPeerConnection()
        self.connection.on("connectionstatechange", self._on_state)
        self.connection.on("datachannel", self._on_channel)
        self.decoded = {"audio": 0, "video": 0}
        self.consumers = []

    def _on_state(self):
        tell("state", state=self.connection.connectionState)

    def _on_channel(self, channel):
        @channel.on("message")
        def on_message(message):
            tell_message(channel.label, message)
            channel.send(message)

    async def publish(self, _):
        self.connection.addTrack(AudioStreamTrack())
        self.connection.addTrack(Picture())

    async def receive(self, request):
        self.connection.on("track", self._on_track)
        for kind in self.decoded if request["offers"] else []:
            self.connection.addTransceiver(kind, direction="recvonly")

    def _on_track(self, track):
        self.consumers.append(asyncio.ensure_future(self._consume(track)))

    async def _consume(self, track):
        try:
            while True:
                await track.recv()
                self.decoded[track.kind] += 1
        except MediaStreamError:
            pass  # The track has ended.

    async def received(self, _):
        return {"decoded": self.decoded}

    async def channel(self, request):
        channel = self.connection.createDataChannel(request["label"])
        channel.on("message", lambda message: tell_message(channel.label, message))

        @channel.on("open")
        def on_open():
            for message in messages_of(request):
                channel.send(message)

    async def offer(self, _):
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return {"sdp": self.connection.localDescription.sdp}

    async def answer(self, request):
        await self._remote("offer", request)
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return {"sdp": self.connection.localDescription.sdp}

    async def accept(self, request):
        await self._remote("answer", request)

    async def _remote(self, kind, request):
        description = aiortc.RTCSessionDescription(sdp=request["sdp"], type=kind)
        await self.connection.setRemoteDescription(description)

    async def candidate(self, request):
        init = request["candidate"]
        if init is None:
            return  # Takes none, as of this version: an end is told by the description alone.
        if not init["candidate"]:
            return
        candidate = candidate_from_sdp(init["candidate"].split(":", 1)[1])
        candidate.sdpMid = init["sdpMid"]
        candidate.sdpMLineIndex = init["sdpMLineIndex"]
        await self.connection.addIceCandidate(candidate)

    async def stop(self, _):
        for sender in self.connection.getSenders():
            sender.replaceTrack(None)
        await asyncio.sleep(0.2)  # A frame may be under way in the encoder's thread.
        sent = {}
        for entry in (await self.connection.getStats()).values():
            if entry.type == "outbound-rtp":
                sent[entry.kind] = entry.packetsSent
        return {"sent": sent}


async def main():
    tell("ready", version=f"aiortc {aiortc.__version__}")
    peer = AiortcPeer()
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        request = json.loads(line)
        try:
            answer(request, await getattr(peer, request["do"])(request))
        except Exception:
            answer(request, error=traceback.format_exc())
    await peer.connection.close()


if __name__ == "__main__":
    asyncio.run(main())
