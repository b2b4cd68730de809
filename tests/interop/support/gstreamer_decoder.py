#!/usr/bin/python3
"""GStreamer as the receiver of one sink: gstreamer_decoder.py FILE.sdp

Writes `frame=` and a number for each frame of the file's one video section that it has decoded.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp  # noqa: E402

DECODERS = {"VP8": "rtpvp8depay ! vp8dec", "VP9": "rtpvp9depay ! vp9dec"}


def main():
    Gst.init(None)
    with open(sys.argv[1], "rb") as file:
        _, sdp = GstSdp.SDPMessage.new_from_text(file.read().decode())
    media = sdp.get_media(0)
    caps = media.get_caps_from_media(int(media.get_format(0)))
    # SDP does not tell GStreamer that its sections are RTP.
    caps = Gst.Caps.from_string(caps.to_string().replace("application/x-unknown", "application/x-rtp"))
    codec = caps.get_structure(0).get_string("encoding-name")
    pipeline = Gst.parse_launch(
        f"udpsrc name=source address=127.0.0.1 port={media.get_port()}"
        f" ! {DECODERS[codec]}"
        " ! fakesink name=sink signal-handoffs=true sync=false")
    pipeline.get_by_name("source").set_property("caps", caps)
    frames = 0

    def on_frame(*_):
        nonlocal frames
        frames += 1
        print(f"frame={frames}", flush=True)

    def on_error(_, message):
        print(message.parse_error(), file=sys.stderr)
        loop.quit()

    loop = GLib.MainLoop()
    pipeline.get_by_name("sink").connect("handoff", on_frame)
    pipeline.bus.add_signal_watch()
    pipeline.bus.connect("message::error", on_error)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    pipeline.set_state(Gst.State.NULL)
    return 1


if __name__ == "__main__":
    sys.exit(main())
