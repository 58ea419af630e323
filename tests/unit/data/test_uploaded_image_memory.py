"""What images take while they are read: bounded for each format, and for several at once."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.data.uploaded_image import read
from core.errors import InvalidImage

MEGABYTE = 1_000_000
READERS = 4
# The 64 MB of one image and the tiles and grey values of one: never twice that.
ROOM = 110 * MEGABYTE
# libwebp reserves its two canvases of 4000 x 4000 pixels to read the size; it does not touch them.
ROOM_OF_CANVASES = 2 * 64 * MEGABYTE + ROOM

# Reads the files that are named, at once, when it may take no more than so many further bytes.
CHILD = """
import resource, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from core.errors import InvalidImage
from core.data.uploaded_image import read

warm, room = sys.argv[1], int(sys.argv[2])
files = [Path(name).read_bytes() for name in sys.argv[3:]]
barrier = threading.Barrier(len(files))

def told(content):
    barrier.wait()
    try:
        return "read" if read(content, "mnist-sample").image.any() else "black"
    except InvalidImage as refusal:
        return str(refusal)

read(Path(warm).read_bytes(), "mnist-sample")
status = dict(line.split(":") for line in open("/proc/self/status"))
most = int(status["VmSize"].split()[0]) * 1024 + room
threading.stack_size(256 * 1024)
with ThreadPoolExecutor(len(files)) as pool:
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    print("\\n".join(pool.map(told, files)))
"""


def page(edge: int, mode: str) -> Image.Image:
    """A square of ink on an empty page."""
    greys = np.zeros((edge, edge), np.uint8)
    greys[edge // 4 : edge // 2, edge // 4 : edge // 2] = 255
    if mode == "I;16":
        return Image.fromarray(greys.astype(np.uint16) * 257)
    return Image.fromarray(greys).convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def answers(folder: Path, files: list[bytes], room: int = ROOM) -> list[str]:
    """What a process says that reads the files at once with little memory."""
    paths = []
    for number, content in enumerate([saved(page(60, "RGB"), "WEBP"), *files]):
        paths.append(folder / f"{number}.image")
        paths[-1].write_bytes(content)
    # One arena: glibc reserves much more address space for each thread's own.
    done = subprocess.run(
        [sys.executable, "-c", CHILD, paths[0], str(room), *paths[1:]],
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a size")
@pytest.mark.parametrize(
    ("edge", "mode", "kind", "options"),
    [
        (2000, "RGBA", "WEBP", {"lossless": True}),
        (
            2000,
            "RGB",
            "WEBP",
            {"save_all": True, "append_images": [Image.new("RGB", (2000, 2000))]},
        ),
        (4000, "RGBA", "PNG", {}),
        (4000, "P", "PNG", {"transparency": 0}),
        (4000, "I;16", "PNG", {}),
        (4000, "RGB", "JPEG", {"progressive": True}),
        (3000, "RGB", "JPEG", {"subsampling": 0}),
        (4000, "L", "GIF", {"transparency": 0}),
    ],
    ids="webp webp-animation png png-palette png-16-bit jpeg jpeg-444 gif".split(),
)
def test_concurrent_large_images_take_the_memory_of_one(
    tmp_path: Path, edge: int, mode: str, kind: str, options: dict[str, Any]
) -> None:
    content = saved(page(edge, mode), kind, **options)
    assert answers(tmp_path, [content] * READERS) == ["read"] * READERS


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a size")
def test_a_webp_of_a_quarter_of_a_gigabyte_is_refused_to_every_visitor(
    tmp_path: Path,
) -> None:
    content = saved(page(4000, "RGB"), "WEBP")
    sentence = (
        "The image has 4,000 × 4,000 pixels; a WebP like this may have up to 4 million."
        " Make it smaller."
    )
    assert answers(tmp_path, [content] * 3, ROOM_OF_CANVASES) == [sentence] * 3


@pytest.mark.parametrize(
    ("edge", "mode", "sampling", "millions"),
    [
        # libjpeg keeps 2 bytes for each of 3 channels, or 1.5 where colours are sampled by halves.
        (4000, "RGB", "4:4:4", 10),
        (5000, "RGB", "4:2:0", 20),
        (3000, "CMYK", "4:4:4", 7),
    ],
)
def test_a_jpeg_is_limited_by_the_memory_of_its_decoder(
    edge: int, mode: str, sampling: str, millions: int
) -> None:
    image = saved(page(edge, mode), "JPEG", subsampling=sampling)
    with pytest.raises(InvalidImage, match=f"a JPEG like this may have up to {millions} million"):
        read(image, "mnist-sample")


def test_a_jpeg_with_many_slow_scans_is_refused() -> None:
    progressive = saved(page(400, "RGB"), "JPEG", progressive=True)
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    with pytest.raises(InvalidImage, match=r"a JPEG of 210 scans; up to 100 are allowed\."):
        read(progressive[:-2] + 200 * scan + progressive[-2:], "mnist-sample")
    assert read(progressive[:-2] + 80 * scan + progressive[-2:], "mnist-sample").image.any()


def test_a_png_that_unpacks_to_megabytes_of_text_is_refused() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    png = saved(page(60, "L"), "PNG")
    header = png.index(b"IDAT") - 4
    # Each character takes four bytes, for one of them is beyond the 16 bits of most.
    text = zlib.compress(("a" * 1_000_000 + "\U0001f600").encode())
    texts = [chunk(b"iTXt", b"%d\0\1\0\0\0" % number + text) for number in range(40)]
    with pytest.raises(InvalidImage, match="damaged or truncated"):
        read(png[:header] + b"".join(texts) + png[header:], "mnist-sample")
    assert read(png[:header] + texts[0] + png[header:], "mnist-sample").image.any()
