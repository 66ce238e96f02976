"""Every link of the documents leads somewhere, every picture is there, and none lies about unused."""

import re
from pathlib import Path

import pytest

from tests.docs.reading import ROOT, documents

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<(?:img|a)[^>]+(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 6_000_000
EACH = pytest.mark.parametrize("file", documents(), ids=lambda file: str(file.relative_to(ROOT)))


def links(file: Path) -> list[str]:
    text = FENCE.sub("", file.read_text(encoding="utf-8"))
    return [inside or outside for inside, outside in LINK.findall(text)]


def headings(file: Path) -> set[str]:
    """What a link may jump to, as the usual viewers make it of a heading."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", file.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.replace("`", "")).strip().lower().replace(" ", "-") for text in found}


@EACH
def test_that_every_link_leads_somewhere(file: Path) -> None:
    wrong = []
    for link in links(file):
        path, _, place = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or (place and target.suffix == ".md" and place not in headings(target)):
            wrong.append(link)
    assert not wrong


@EACH
def test_that_no_document_asks_a_stranger(file: Path) -> None:
    # What is shown comes with the product; badges and counters would call home from every reader.
    assert not [link for link in links(file) if link.endswith((".png", ".svg", ".gif")) and "://" in link]


def test_that_every_picture_is_shown_somewhere() -> None:
    shown = {(file.parent / link).resolve() for file in documents() for link in links(file) if "://" not in link}
    assert not [image.name for image in sorted(IMAGES.glob("*")) if image.resolve() not in shown]


def test_that_the_pictures_do_not_weigh_much() -> None:
    assert sum(image.stat().st_size for image in IMAGES.glob("*")) < MOST_BYTES


def test_that_every_document_in_chinese_and_its_english_one_name_each_other() -> None:
    for file in documents():
        if file.name.endswith(".zh-CN.md"):
            english = file.with_name(file.name.replace(".zh-CN.md", ".md"))
            assert english.exists(), file
            assert file.name in links(english), english
            assert english.name in links(file), file


def test_that_no_document_is_left_where_nobody_finds_it() -> None:
    linked = {
        (file.parent / link.partition("#")[0]).resolve()
        for file in documents()
        for link in links(file)
        if "://" not in link
    }
    lost = [
        str(file.relative_to(ROOT))
        for file in documents()
        if file not in linked and file.name != "README.md" and file.parent.name != "decisions"
    ]
    assert not lost
