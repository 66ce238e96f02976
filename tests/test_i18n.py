"""The screen speaks the operator's language."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from console import i18n

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


def catalogue(folder: Path, **files: str) -> i18n.Catalogue:
    for name, body in files.items():
        (folder / f"{name}.po").write_text(HEADER + body, encoding="utf-8")
    return i18n.load(folder, "zh_CN")


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese with three sentences of our own."""
    loaded = catalogue(
        tmp_path,
        one='msgid "Acknowledge"\nmsgstr "确认"\n\nmsgctxt "verb"\nmsgid "Open"\nmsgstr "打开"\n\n'
        'msgctxt "state"\nmsgid "Open"\nmsgstr "未关闭"\n',
        two='msgid "{n} alarm"\nmsgid_plural "{n} alarms"\nmsgstr[0] "{n} 条报警"\n',
    )
    monkeypatch.setattr(i18n._in_force, "catalogue", loaded)


def test_that_a_process_speaks_english_until_it_is_told_otherwise() -> None:
    program = "from console import i18n; print(i18n.language(), i18n._('Acknowledge'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["en", "Acknowledge"]


def test_that_the_catalogues_of_all_areas_are_merged(chinese: None) -> None:
    assert i18n._("Acknowledge") == "确认"
    assert i18n.ngettext("{n} alarm", "{n} alarms", 2).format(n=2) == "2 条报警"


def test_that_a_sentence_without_translation_is_said_in_english(chinese: None) -> None:
    assert i18n._("Never translated") == "Never translated"
    assert i18n.ngettext("{n} goose", "{n} geese", 1) == "{n} goose"
    assert i18n.ngettext("{n} goose", "{n} geese", 0) == "{n} geese"


def test_that_a_word_of_two_meanings_is_told_apart_by_its_context(chinese: None) -> None:
    assert (i18n.pgettext("verb", "Open"), i18n.pgettext("state", "Open"), i18n._("Open")) == ("打开", "未关闭", "Open")


def test_that_english_counts_one_and_many() -> None:
    assert [i18n.ngettext("{n} alarm", "{n} alarms", n).format(n=n) for n in (0, 1, 2)] == [
        "0 alarms",
        "1 alarm",
        "2 alarms",
    ]


def test_that_a_marked_sentence_is_looked_up_only_when_it_is_shown(chinese: None) -> None:
    marked = i18n.N_("Acknowledge")
    assert (marked, i18n._(marked)) == ("Acknowledge", "确认")


def test_that_an_empty_sentence_stays_empty_and_does_not_become_the_header() -> None:
    i18n.set_language("zh_CN")
    assert i18n._("") == ""


def test_that_fuzzy_obsolete_and_untranslated_entries_are_not_shown(tmp_path: Path) -> None:
    loaded = catalogue(
        tmp_path,
        unsure='#, fuzzy\nmsgid "Fire"\nmsgstr "大概是火"\n',
        open='msgid "Door"\nmsgstr ""\n',
        gone='#~ msgid "Gone"\n#~ msgstr "没了"\n',
    )
    assert loaded.sentences == {}


def test_that_a_paper_can_be_in_another_language_than_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.set_language("zh_CN")
    assert i18n.translate("Acknowledge", "en") == "Acknowledge"
    assert i18n.language() == "zh_CN"


def test_that_an_unknown_language_is_refused_and_the_old_one_stays() -> None:
    i18n.set_language("zh_CN")
    with pytest.raises(ValueError, match="no such language: 'fr'"):
        i18n.set_language("fr")
    assert i18n.language() == "zh_CN"


def test_that_every_language_names_itself() -> None:
    assert dict(i18n.LANGUAGES) == {"zh_CN": "简体中文", "en": "English"}
    for language in i18n.LANGUAGES:
        assert i18n.catalogue(language).language == language


def test_that_the_language_holds_in_every_thread() -> None:
    i18n.set_language("zh_CN")
    heard: list[str] = []
    thread = threading.Thread(target=lambda: heard.append(i18n.language()))
    thread.start()
    thread.join()
    assert heard == ["zh_CN"]
