"""Pages of a file as pictures, in a process of its own: `python -I -m casework.operations.documents.render pdf 3`.

The file comes on standard input. On standard output goes the page as a PNG, or for page 0, as JSON, how many there are and how
large each is. Files of strangers are read here, so the process may use little of the machine, writes nothing, and says nothing
when it fails.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pypdfium2
    from PIL.Image import Image

#: The longest side of a picture, and how many pages are drawn at most.
LONGEST, MOST_PAGES = 1_400, 20
#: Of a picture that is drawn smaller; it is unpacked first.
MOST_PIXELS = 50_000_000
#: A page that is smaller than a stamp is not blown up to a whole screen.
MOST_SCALE = 4.0
CPU_S, MEMORY = 5, 768 * 1024**2
KINDS = ("pdf", "png", "jpg", "jpeg")


def limit() -> None:
    """Let this process use little, write no file and start no other one."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def measure(content: bytes, kind: str) -> tuple[int, list[tuple[int, int]]]:
    """How many pages there are, and how wide and high the picture of each is. Raises whatever the libraries do."""
    if kind != "pdf":
        with _open_picture(content, kind) as picture:
            return 1, [_fitted(*_upright(picture))]
    document = _open_pdf(content)
    return len(document), [_measures(document, n)[0] for n in range(min(len(document), MOST_PAGES))]


def draw(content: bytes, kind: str, page: int) -> bytes:
    """One page, from 1, as a PNG of pixels and nothing else. Raises whatever the libraries do."""
    if kind != "pdf":
        if page != 1:
            raise IndexError(page)
        return _draw_picture(content, kind)
    document = _open_pdf(content)
    if not 1 <= page <= min(len(document), MOST_PAGES):
        raise IndexError(page)
    _, scale = _measures(document, page - 1)
    bitmap = document[page - 1].render(scale=scale, may_draw_forms=False)
    return _as_png(bitmap.to_pil())


def _open_pdf(content: bytes) -> pypdfium2.PdfDocument:
    import pypdfium2

    return pypdfium2.PdfDocument(content)


def _measures(document: pypdfium2.PdfDocument, n: int) -> tuple[tuple[int, int], float]:
    width, height = document.get_page_size(n)
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise ValueError("a page of no size")
    scale = min(LONGEST / max(width, height), MOST_SCALE)
    return (max(1, round(width * scale)), max(1, round(height * scale))), scale


def _open_picture(content: bytes, kind: str) -> Image:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return Image.open(io.BytesIO(content), formats=["PNG" if kind == "png" else "JPEG"])


def _upright(picture: Image) -> tuple[int, int]:
    """How wide and high it is once it stands as it was taken."""
    turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    return (picture.height, picture.width) if turned else picture.size


def _fitted(width: int, height: int) -> tuple[int, int]:
    scale = min(LONGEST / max(width, height), 1.0)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _draw_picture(content: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps

    with _open_picture(content, kind) as picture:
        picture.draft("RGB", (LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST, LONGEST))
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            seen = upright.convert("RGBA")
            ground = Image.new("RGB", seen.size, "white")
            ground.paste(seen, mask=seen.getchannel("A"))
            return _as_png(ground)
        return _as_png(upright)


def _as_png(picture: Image) -> bytes:
    """The pixels alone: no profile, no place, no comment."""
    plain, written = picture.convert("RGB"), io.BytesIO()
    plain.info = {}
    plain.save(written, "PNG")
    return written.getvalue()


def main(arguments: Sequence[str], taken: BinaryIO, given: BinaryIO) -> int:
    """0 where it was drawn; 1 for whatever went wrong, in silence."""
    kind, page = arguments
    try:
        content = taken.read()
        answer = draw(content, kind, int(page)) if int(page) else json.dumps(measure(content, kind)).encode()
        given.write(answer)
        given.flush()
    except Exception:
        return 1
    return 0


if __name__ == "__main__":
    limit()
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
