"""Writes the frames of IVF files (VP8) and Ogg files (Opus) as C++ constants; arguments: NAME=FILE."""

import struct
import sys


def ivf_frames(data):
    """The frames, and the frame rate."""
    signature, _, header_size, _, _, _, rate, scale = struct.unpack_from("<4sHH4sHHII", data)
    if signature != b"DKIF" or rate % scale != 0:
        sys.exit("not an IVF file with a whole frame rate")
    frames = []
    at = header_size
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        frames.append(data[at + 12 : at + 12 + size])
        at += 12 + size
    return frames, rate // scale


def ogg_packets(data):
    """The packets of the only stream of an Ogg file (RFC 3533)."""
    packets = []
    packet = b""
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS":
            sys.exit("not an Ogg page")
        segments = data[at + 27 : at + 27 + data[at + 26]]
        at += 27 + len(segments)
        for length in segments:
            packet += data[at : at + length]
            at += length
            if length < 255:
                packets.append(packet)
                packet = b""
    return packets


def opus_frames(data):
    packets = ogg_packets(data)
    if not packets[0].startswith(b"OpusHead") or not packets[1].startswith(b"OpusTags"):
        sys.exit("not an Opus stream")
    return packets[2:]


def write_clip(name, frames, rate):
    if not frames or not all(frames):
        sys.exit("an empty frame")
    joined = b"".join(frames)
    print(f"const uint8_t k{name}Bytes[] = {{")
    for at in range(0, len(joined), 24):
        print(",".join(str(byte) for byte in joined[at : at + 24]) + ",")
    print("};")
    print(f"const ClipFrame k{name}Frames[] = {{")
    offset = 0
    for frame in frames:
        print(f"{{{offset},{len(frame)}}},")
        offset += len(frame)
    print("};")
    return f"const Clip k{name}Clip = {{k{name}Bytes, k{name}Frames, {rate}}};"


def read_clip(path):
    with open(path, "rb") as file:
        data = file.read()
    return ivf_frames(data) if path.endswith(".ivf") else (opus_frames(data), 50)


def main():
    print('#include "engine/media/sending/clip/clip.h"')
    print("namespace pcd::media {")
    print("namespace {")
    clips = []
    for name, path in (argument.split("=", 1) for argument in sys.argv[1:]):
        clips.append(write_clip(name, *read_clip(path)))
    print("}  // namespace")
    for clip in clips:
        print(clip)
    print("}  // namespace pcd::media")


main()
