"""The two weights of Noto Sans SC, embedded as subsets, with a correct way back from glyph to character."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFStream
from reportlab.pdfbase.ttfonts import TTFont
from typing_extensions import override

from console import resources

REGULAR: Final = "NotoSansSC"
BOLD: Final = "NotoSansSC-Bold"
_FILES: Final = {REGULAR: "fonts/NotoSansSC-Regular.ttf", BOLD: "fonts/NotoSansSC-Bold.ttf"}
_CMAP_NAME: Final = "toUnicodeCMap:"
_CHARACTERS_A_BLOCK: Final = 100  # ISO 32000-1 9.10.3 through Adobe TN 5411: at most 100 entries in a bfchar block


def _way_back(name: str, subset: list[int]) -> str:
    """The ToUnicode table of one subset: code -> UTF-16BE, two units for characters above U+FFFF.

    Codes without a character (the padding of the first subset) are left out: they are never drawn.
    """
    entries = [
        f"<{code:02X}> <{chr(character).encode('utf-16-be').hex().upper()}>"
        for code, character in enumerate(subset)
        if character
    ]
    blocks: list[str] = []
    for start in range(0, len(entries), _CHARACTERS_A_BLOCK):
        block = entries[start : start + _CHARACTERS_A_BLOCK]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


class EmbeddedFont(TTFont):
    """A TrueType font whose text can be searched and copied.

    reportlab 5.1 writes a character above U+FFFF into the ToUnicode table as five hex digits; readers take that for two
    characters, so that a rare surname (𬱖, U+2CC56) prints right and copies wrong. The tables are written anew here.
    """

    @override
    def addObjects(self, doc: PDFDocument) -> None:
        state = self.state[doc]
        subsets = list(state.subsets)
        before = set(doc.idToObject)
        super().addObjects(doc)
        written = [name for name in doc.idToObject if name not in before and name.startswith(_CMAP_NAME)]
        for name, subset in zip(written, subsets, strict=True):
            stream = doc.idToObject[name]
            assert isinstance(stream, PDFStream)
            stream.content = _way_back(name.removeprefix(_CMAP_NAME), subset)


@cache
def font(name: str) -> TTFont:
    """One of the two weights, read once a process (0.2 s) and known to reportlab from then on."""
    loaded = EmbeddedFont(name, str(resources.path(_FILES[name])))
    pdfmetrics.registerFont(loaded)
    return loaded


def load() -> None:
    """Make both weights known to reportlab; does nothing the second time."""
    for name in _FILES:
        font(name)


def width_pt(text: str, name: str, size_pt: float) -> float:
    """How wide a text is, in points."""
    face = font(name).face
    widths, default = face.charWidths, face.defaultWidth
    units: float = sum(widths.get(ord(letter), default) for letter in text)
    return units * size_pt / 1000.0


def _shown(text: str) -> Iterator[str]:
    known = font(REGULAR).face.charToGlyph
    for letter in text:
        code = ord(letter)
        if letter in "\n\t" or (code >= 0x20 and code in known):
            yield letter
        elif letter in "\u200b\u200c\u200d\u2060\ufeff" or 0xFE00 <= code <= 0xFE0F:
            continue  # joiners and variation selectors have no shape of their own
        elif code < 0x20 or 0x7F <= code < 0xA0:
            yield " "
        else:
            yield f"[U+{code:04X}]"


def printable(text: str) -> str:
    """`text` as the font can show it: a character it lacks (an emoji) stands as its number, "[U+1F525]".

    Nothing that somebody wrote disappears from the paper, and no box stands for two different things.
    """
    return "".join(_shown(text.replace("\r\n", "\n").replace("\r", "\n")))
