#!/usr/bin/python3
"""GStreamer's webrtcbin as a peer; see README.md for what it is asked."""

import json
import sys
import threading
import time
import traceback

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

from json_lines import answer, messages_of, tell, tell_message  # noqa: E402

# Its argument: webrtcbin's bundle policy.
BUNDLE = sys.argv[1] if len(sys.argv) > 1 else "max-bundle"
# Media goes in only once there is somebody to take it: webrtcbin would count what came earlier.
PIPELINE = """
  webrtcbin name=peer bundle-policy={bundle}
  audiotestsrc is-live=true wave=sine ! opusenc
    ! valve name=audio drop=true drop-mode=transform-to-gap ! rtpopuspay name=audio-payloader pt=111
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! peer.
  videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1
    ! vp8enc deadline=1 keyframe-max-dist=30 ! valve name=video drop=true drop-mode=forward-sticky-events
    ! rtpvp8pay name=video-payloader pt=96
    ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer.
"""
# What is received: caps to ask for, and how the stream is decoded.
CAPS = "application/x-rtp,media={},encoding-name={},payload={},clock-rate={}"
RECEIVED = {
    "audio": (CAPS.format("audio", "OPUS", 111, 48000) + ",encoding-params=(string)2",
              "rtpopusdepay ! opusdec"),
    "video": (CAPS.format("video", "VP8", 96, 90000), "rtpvp8depay ! vp8dec"),
}
CAPS_TIMEOUT_S = 20  # Encoders start slowly on a busy machine.
TYPES = {"offer": GstWebRTC.WebRTCSDPType.OFFER, "answer": GstWebRTC.WebRTCSDPType.ANSWER}


class GstreamerPeer:
    def __init__(self):
        self.pipeline = None
        self.publishes = False
        self.decoded = {"audio": 0, "video": 0}

    def publish(self, _):
        self.publishes = True
        self._start(PIPELINE.format(bundle=BUNDLE))
        for pad in self.peer.sinkpads:
            self._await_caps(pad)

    def _await_caps(self, pad):
        # An offer made before its payloader has settled has half a codec in it ("OPUS/48000", one channel).
        settled = threading.Event()
        pad.connect("notify::caps", lambda *_: settled.set())
        if pad.get_current_caps() is None and not settled.wait(CAPS_TIMEOUT_S):
            raise RuntimeError(f"{pad.get_name()}: no caps")

    def receive(self, request):
        self._start(f"webrtcbin name=peer bundle-policy={BUNDLE} fakesrc num-buffers=0 ! fakesink", self._on_pad)
        for caps, _ in RECEIVED.values() if request["offers"] else []:
            self.peer.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY,
                           Gst.Caps.from_string(caps))

    def _on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        decoder = Gst.parse_bin_from_description(
            f"{RECEIVED[kind][1]} ! fakesink name=sink signal-handoffs=true sync=false", True)
        decoder.get_by_name("sink").connect("handoff", self._on_decoded, kind)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def _on_decoded(self, _sink, _buffer, _pad, kind):
        self.decoded[kind] += 1

    def received(self, _):
        return {"decoded": self.decoded}

    def _start(self, description, on_pad=None):
        self.pipeline = Gst.parse_launch(description)
        self.peer = self.pipeline.get_by_name("peer")
        self.peer.connect("notify::connection-state", self._on_state)
        self.peer.connect("notify::ice-gathering-state", self._on_gathering)
        self.peer.connect("on-ice-candidate", self._on_candidate)
        self.peer.connect("on-data-channel", self._on_channel)
        if on_pad is not None:
            self.peer.connect("pad-added", on_pad)
        self.pipeline.set_state(Gst.State.PLAYING)

    def _on_state(self, *_):
        state = self.peer.get_property("connection-state").value_nick
        tell("state", state=state)
        if state == "connected" and self.publishes:
            self._let_through(True)

    def _let_through(self, on):
        for name in ("audio", "video"):
            self.pipeline.get_by_name(name).set_property("drop", not on)

    def _on_gathering(self, *_):
        state = self.peer.get_property("ice-gathering-state")
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            tell("candidate", candidate=None)

    def _on_candidate(self, _, index, candidate):
        tell("candidate", candidate={"candidate": candidate, "sdpMLineIndex": index})

    def _on_channel(self, _, channel):
        self._tell_messages(channel)
        channel.connect("on-message-string", lambda c, text: c.emit("send-string", text))
        channel.connect("on-message-data", lambda c, data: c.emit("send-data", data))

    def _tell_messages(self, channel):
        label = channel.get_property("label")
        channel.connect("on-message-string", lambda _, text: tell_message(label, text))
        channel.connect("on-message-data",
                        lambda _, data: tell_message(label, data.get_data() or b""))

    def channel(self, request):
        channel = self.peer.emit("create-data-channel", request["label"], None)
        self._tell_messages(channel)
        channel.connect("on-open", self._on_open, messages_of(request))

    def _on_open(self, channel, messages):
        for message in messages:
            if isinstance(message, str):
                channel.emit("send-string", message)
            else:
                channel.emit("send-data", GLib.Bytes.new(message))

    def _ask(self, signal, *arguments):
        promise = Gst.Promise.new()
        self.peer.emit(signal, *arguments, promise)
        if promise.wait() != Gst.PromiseResult.REPLIED:
            raise RuntimeError(f"{signal}: no reply")
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(f"{signal}: {reply.get_value('error')}")
        return reply

    def _describe(self, kind):
        reply = self._ask(f"create-{kind}", None)  # What is taken out lives as long as it does.
        text = reply.get_value(kind).sdp.as_text()
        self._ask("set-local-description", self._description(kind, text))
        return {"sdp": text}

    def _description(self, kind, text):
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        return GstWebRTC.WebRTCSessionDescription.new(TYPES[kind], sdp)

    def _remote(self, kind, request):
        self._ask("set-remote-description", self._description(kind, request["sdp"]))

    def offer(self, _):
        return self._describe("offer")

    def answer(self, request):
        self._remote("offer", request)
        return self._describe("answer")

    def accept(self, request):
        self._remote("answer", request)

    def candidate(self, request):
        init = request["candidate"]
        if init is not None and init["candidate"]:
            self.peer.emit("add-ice-candidate", init["sdpMLineIndex"], init["candidate"])

    def stop(self, _):
        self._let_through(False)
        time.sleep(0.2)  # For what is in the queues.
        # webrtcbin's statistics tell of one stream of a bundle only, its payloaders' of each.
        sent = {}
        for kind in ("audio", "video"):
            stats = self.pipeline.get_by_name(f"{kind}-payloader").get_property("stats")
            sent[kind] = (stats.get_value("seqnum") - stats.get_value("seqnum-offset") + 1) & 0xFFFF
        return {"sent": sent}

    def close(self):
        if self.pipeline is not None:
            self.pipeline.set_state(Gst.State.NULL)


def main():
    Gst.init(None)
    tell("ready", version=Gst.version_string())
    peer = GstreamerPeer()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer(request, getattr(peer, request["do"])(request))
        except Exception:
            answer(request, error=traceback.format_exc())
    peer.close()


if __name__ == "__main__":
    main()
