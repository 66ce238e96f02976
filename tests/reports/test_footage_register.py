"""The register of footage counts who looked apart from what was handed over, and the form of one request says which."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.i18n import LANGUAGES
from console.models.footage import RequestId, RequestKind, RequestState
from console.models.words import LOOKED_AT, word
from console.reports import printing
from tests.reports import reading, registers

pytestmark = reading.needs_poppler


def said(key: str, content: Any, language: str, folder: Path) -> str:
    file = folder / f"{key}.pdf"
    file.write_bytes(printing.forms()[key].build(content, language).data)
    return reading.squeezed(reading.text_of(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_who_looked_is_counted_apart_from_what_was_handed_over(language: str, tmp_path: Path) -> None:
    month = registers.footage_register_file()
    more = [replace(month.requests[-1], id=RequestId(f"fr-more-{n}"), number=f"2026-01{n:02d}") for n in range(2)]
    text = said("footage_register", replace(month, requests=(*month.requests, *more)), language, tmp_path)
    counted = [word(state).in_language(language) + "1" for state in RequestState] + [LOOKED_AT.in_language(language) + "3"]
    assert "".join(counted).replace(" ", "") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_the_form_of_a_request_says_that_somebody_looked(language: str, tmp_path: Path) -> None:
    whole = registers.footage_request_file()
    looked = replace(whole.request, kind=RequestKind.VIEWING, job=None, package=None, medium="")
    text = said("footage_request", replace(whole, request=looked), language, tmp_path)
    looked_at, handed_over = (one.in_language(language).replace(" ", "") for one in (LOOKED_AT, word(RequestState.HANDED_OVER)))
    assert looked.number + looked_at in text
    assert looked.number + handed_over not in text
