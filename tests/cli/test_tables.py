"""Points on the command line: written, tried and taken in."""

from pathlib import Path

import pytest

from console.cli import main
from console.cli.speech import FINDINGS, FINE
from tests.site.tables import HEADING, big_site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = big_site(tmp_path / "site")
    text = (made / "site.yaml").read_text("utf-8")
    (made / "site.yaml").write_text(text.replace("kind: synthetic, address: a", 'kind: usb, address: "0"'), "utf-8")
    return made


def test_that_a_table_is_tried_taken_and_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "new.csv"
    asked = ["--lang", "en", "points", "import", str(file), "--site", str(folder)]
    file.write_text(f"{HEADING}\nd1,甲,A,fier,z1\n", "utf-8")
    assert main(asked) == FINDINGS
    assert 'row 2 class: No such alarm class: "fier".' in capsys.readouterr().out
    file.write_text(f"{HEADING}\nd1,甲,A,fire,z1\n", "utf-8")
    assert main([*asked, "--preview"]) == FINE
    assert not (folder / "points.csv").exists()
    assert main(asked) == FINE
    assert "1 points: 1 new, 0 changed, 0 removed" in capsys.readouterr().out
    assert main(["--lang", "en", "points", "export", str(tmp_path / "o.xlsx"), "--site", str(folder), "--json"]) == FINE
    assert '"points":1' in capsys.readouterr().out.replace(" ", "")
