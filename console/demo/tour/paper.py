"""The PDFs of the tour as pictures, so that one sees at a glance what was printed."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPdf import QPdfDocument

from console.models.errors import ConsoleError

WIDTH_PX: Final = 1000


def render(pdf: Path, folder: Path) -> list[Path]:
    """Draw every page of a PDF into `folder` as `name-p1.png`, 1000 pixels wide; ConsoleError for one that is damaged."""
    document = QPdfDocument()
    try:
        if document.load(str(pdf)) is not QPdfDocument.Error.None_:
            raise ConsoleError(f"PDF 无法打开：{pdf}", f"The PDF cannot be opened: {pdf}")
        pages = []
        for number in range(document.pageCount()):
            size = document.pagePointSize(number)
            height_px = round(WIDTH_PX * size.height() / size.width())
            page = QImage(WIDTH_PX, height_px, QImage.Format.Format_RGB32)
            page.fill(QColor("white"))
            painter = QPainter(page)
            painter.drawImage(0, 0, document.render(number, QSize(WIDTH_PX, height_px)))
            painter.end()
            file = folder / f"{pdf.stem}-p{number + 1}.png"
            page.save(str(file))
            pages.append(file)
        return pages
    finally:
        document.close()
