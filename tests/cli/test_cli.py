"""The real command, as a process: what it says, in which language, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from console import __version__
from console.cli.speech import language_of
from console.config import Secrets, data_folder
from console.models.alarms import Alarm
from console.models.clock import FakeClock
from console.models.events import AlarmRaised, ConsoleStarted, PersonChanged
from console.models.ids import PersonId
from console.models.people import Person, Role
from console.models.site import Site
from console.models.text import Text
from console.store.opening import open_store
from console.store.store import Ground
from tests.store.samples import sample

ROOT = Path(__file__).parents[2]
FINE, FINDINGS, USAGE, WORLD = 0, 1, 2, 3
SITE = "id: campus\nname: {zh: 学院, en: College}\ncontacts:\n" + "".join(
    f"  - {{id: {role}, name: {{zh: {role}, en: {role}}}, phone: '110', role: {role}}}\n"
    for role in ("fire", "fire_responsible", "supervisor", "medical", "leader", "police", "police_station", "property")
)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "console", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONIO"))}
    return {**kept, "LANG": "en_GB.UTF-8", **more}


def zhishou(*arguments: str | Path, said: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end; everything it says is UTF-8, whatever the environment."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(**more),
        input=said,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=110,
    )


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of three alarms, one of them live, an hour apart; only read by the tests."""
    folder = tmp_path_factory.mktemp("cli") / "data"
    ground, clock, dice = Ground(site=Site(id="t", name=Text("测试", "Test"))), FakeClock(), Random(1)
    with open_store(folder) as store:
        for number in range(3):
            closed_at = None if number == 2 else clock.now()
            made: dict[str, Any] = {name: getattr(sample(Alarm, dice), name) for name in Alarm.__slots__}
            alarm = Alarm(
                **{
                    **made,
                    "key": str(number),
                    "first_at": clock.now(),
                    "closed_at": closed_at,
                    "title": Text(f"报警{number}", f"Alarm {number}"),
                }
            )
            with store.begin(ground, clock) as tx:
                tx.put(alarm)
                tx.record(AlarmRaised(at=clock.now(), by="dc09", alarm=alarm))
            clock.advance(3600)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.yaml").write_text(SITE, encoding="utf-8")
    return folder


# ------------------------------------------------------------------ language and usage


@pytest.mark.parametrize(
    ("arguments", "variables", "language"),
    [
        ([], {}, "zh_CN"),
        ([], {"LANG": "C"}, "zh_CN"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh_CN"),
        (["verify", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["--lang=zh", "verify"], {"LANG": "en_GB.UTF-8"}, "zh_CN"),
        (["verify", "--lang"], {}, "zh_CN"),
    ],
)
def test_that_the_language_is_the_one_asked_for(arguments: list[str], variables: dict[str, str], language: str) -> None:
    assert language_of(arguments, variables) == language


def test_that_the_version_is_told() -> None:
    done = zhishou("--version")
    assert (done.returncode, done.stdout) == (FINE, f"zhishou {__version__}\n")


def test_that_chinese_is_written_in_utf_8_whatever_the_terminal_claims() -> None:
    done = zhishou("--help", LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == FINE
    assert "安全监控岗值守台" in done.stdout
    assert "用法：zhishou" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Missing: COMMAND"),
        (["frobnicate"], "'frobnicate' is no choice of COMMAND"),
        (["verify", "--dat", "x"], "Unknown: --dat x"),
        (["alarms", "--since", "yesterday"], "--since: yesterday is no time"),
        (["verify", "--head", "12"], "--head: 12 is not NUMBER:HASH"),
        (["run"], "Missing: --site"),
    ],
)
def test_that_a_wrong_command_line_is_told_in_a_sentence(arguments: list[str], sentence: str) -> None:
    done = zhishou(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("Usage: zhishou")
    assert done.stderr.splitlines()[-1] == sentence


def test_that_only_running_a_window_loads_qt() -> None:
    program = "import sys; from console.cli import main; main(sys.argv[1:]); print([m for m in sys.modules if 'PySide6' in m])"
    for arguments in (["alarms", "--data", "nowhere"], ["verify", "--data", "nowhere"], ["site", "check", "nowhere"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.splitlines()[-1] == "[]", done.stderr


# ------------------------------------------------------------------ looking


def test_that_alarms_are_listed_as_one_object_a_line(data: Path) -> None:
    done = zhishou("alarms", "--data", data, "--json")
    assert done.returncode == FINE
    alarms = objects(done.stdout)
    assert [alarm["title"]["zh"] for alarm in alarms] == ["报警0", "报警1", "报警2"]
    assert {"id", "state", "priority", "first_at", "closed_at"} <= alarms[0].keys()


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [(["--live"], [2]), (["--since", "2026-03-14T13:00:00+00:00"], [1, 2]), (["--since", "1s", "--live"], [])],
)
def test_that_alarms_are_chosen_by_what_they_are_and_when(data: Path, arguments: list[str], numbers: list[int]) -> None:
    done = zhishou("alarms", "--data", data, "--json", *arguments)
    assert [alarm["title"]["en"] for alarm in objects(done.stdout)] == [f"Alarm {number}" for number in numbers]


def test_that_a_person_reads_alarms_and_lines_in_words(data: Path) -> None:
    assert "Alarm 2" in zhishou("alarms", "--data", data, "--live").stdout
    line = zhishou("journal", "--data", data, "--after", "2", "--lang", "zh").stdout
    assert re.match(r"3  2026-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d  ", line), "a time without its zone is no time"
    assert "报警：报警2" in line


def test_that_a_line_of_the_journal_names_who_did_it(tmp_path: Path) -> None:
    ground, clock = Ground(site=Site(id="t", name=Text("测试", "Test"))), FakeClock()
    guard = Person(id=PersonId("01GUARD"), login="lin", name="林晓峰", role=Role.OPERATOR)
    with open_store(tmp_path) as store, store.begin(ground, clock) as tx:
        tx.put(guard)
        tx.record(PersonChanged(at=clock.now(), by=guard.id, person=guard))
    (line,) = zhishou("journal", "--data", tmp_path).stdout.splitlines()
    assert "  林晓峰  " in line
    assert guard.id not in line


def test_that_the_journal_is_told_line_by_line(data: Path) -> None:
    lines = objects(zhishou("journal", "--data", data, "--json", "--after", "1").stdout)
    assert [line["seq"] for line in lines] == [2, 3]
    assert lines[0]["body"]["alarm"]["title"]["en"] == "Alarm 1"
    assert lines[1]["previous"] == lines[0]["hash"]


def test_that_following_the_journal_tells_what_comes_and_ends_when_asked(tmp_path: Path) -> None:
    ground, clock = Ground(site=Site(id="t", name=Text("测试", "Test"))), FakeClock()
    with open_store(tmp_path) as store:
        following = subprocess.Popen(
            command("journal", "--data", tmp_path, "--json", "--follow"),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        with following:
            assert following.stdout is not None
            for number in range(1, 4):
                with store.begin(ground, clock) as tx:
                    alarm = sample(Alarm, Random(number))
                    tx.record(AlarmRaised(at=clock.now(), alarm=alarm))
                assert json.loads(following.stdout.readline())["seq"] == number
            following.send_signal(signal.SIGTERM)
            assert following.wait(60) == FINE


def test_that_a_reader_who_has_had_enough_ends_the_list_quietly(tmp_path: Path) -> None:
    ground, clock = Ground(site=Site(id="t", name=Text("测试", "Test"))), FakeClock()
    with (
        open_store(tmp_path) as store,
        subprocess.Popen(
            command("journal", "--data", tmp_path, "--json", "--follow"),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as following,
    ):
        assert following.stdout is not None
        assert following.stderr is not None

        def happen() -> None:
            with store.begin(ground, clock) as tx:
                tx.record(ConsoleStarted(at=clock.now(), version="1"))

        happen()
        following.stdout.readline()
        following.stdout.close()
        happen()
        assert following.wait(60) == FINE
        assert following.stderr.read() == ""


@pytest.mark.parametrize("arguments", [["alarms"], ["journal"], ["verify"], ["backup", "x.tar"]])
def test_that_a_folder_without_a_record_is_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    done = zhishou(*arguments, "--data", tmp_path / "nothing")
    assert (done.returncode, done.stdout) == (WORLD, "")
    assert done.stderr == f"There is no record in {tmp_path / 'nothing'}. Check --data.\n"


# ------------------------------------------------------------------ verify, backup, restore


def test_that_a_sound_record_verifies(data: Path) -> None:
    done = zhishou("verify", "--data", data)
    assert done.returncode == FINE
    assert "Everything fits." in done.stdout
    assert done.stderr == ""  # progress is for terminals
    (told,) = objects(zhishou("verify", "--data", data, "--json").stdout)
    assert told["verified"]["fits"] is True
    head = f"{told['verified']['seq']}:{told['verified']['head']}"
    assert zhishou("verify", "--data", data, "--head", head).returncode == FINE


def test_that_what_does_not_fit_is_told_and_seen_by_scripts(data: Path) -> None:
    done = zhishou("verify", "--data", data, "--head", f"2:{'ab' * 32}")
    assert done.returncode == FINDINGS
    assert done.stdout.splitlines()[0] == "The given head knows another journal line 2 than there is now."
    finding, summary = objects(zhishou("verify", "--data", data, "--json", "--head", f"2:{'ab' * 32}").stdout)
    assert finding["finding"]["seq"] == 2
    assert summary["verified"]["found"] == 1


def test_that_a_backup_comes_back(data: Path, site: Path, tmp_path: Path) -> None:
    made = zhishou("backup", tmp_path / "b.tar", "--data", data, "--site", site)
    assert made.returncode == FINE, made.stderr
    assert "The passwords of cameras and panels are not in it." in made.stderr
    back = zhishou("restore", tmp_path / "b.tar", "--data", tmp_path / "new", "--site", tmp_path / "newsite")
    assert back.returncode == FINE, back.stderr
    assert zhishou("verify", "--data", tmp_path / "new").stdout == zhishou("verify", "--data", data).stdout
    assert (tmp_path / "newsite" / "site.yaml").read_text(encoding="utf-8") == SITE
    again = zhishou("restore", tmp_path / "b.tar", "--data", tmp_path / "new")
    assert again.returncode == WORLD
    assert "is not an empty folder" in again.stderr


def test_that_a_server_is_backed_up_with_its_own_tools(tmp_path: Path) -> None:
    done = zhishou("backup", tmp_path / "b", "--database", "postgresql://x/y")
    assert done.returncode == WORLD
    assert "pg_dump" in done.stderr


# ------------------------------------------------------------------ site and secrets


def test_that_a_site_folder_is_checked_to_the_last_mistake(site: Path) -> None:
    done = zhishou("site", "check", site)
    assert done.returncode == FINE, done.stdout
    assert done.stdout.startswith("College: 0 cameras")
    (site / "site.yaml").write_text(SITE + "cameras:\n  - {id: a}\n  - {id: b, kind: telescope}\n", encoding="utf-8")
    done = zhishou("site", "check", site)
    assert done.returncode == FINDINGS
    mistakes = [line for line in done.stdout.splitlines() if line.startswith("site.yaml:")]
    assert len(mistakes) > 3
    assert done.stdout.splitlines()[-1] == f"{len(mistakes)} mistakes in {site}."
    found = objects(zhishou("site", "check", site, "--json").stdout)
    assert {"file", "line", "column", "zh", "en"} == found[0]["mistake"].keys()
    assert len(found) == len(mistakes)


def test_that_passwords_are_kept_and_never_told(tmp_path: Path) -> None:
    assert zhishou("secret", "set", "cam-07", "--data", tmp_path, said="hunter2\n").returncode == FINE
    assert Secrets(tmp_path).get("cam-07") == "hunter2"
    listed = zhishou("secret", "list", "--data", tmp_path)
    assert (listed.returncode, listed.stdout, listed.stderr) == (FINE, "cam-07\n", "")
    empty = zhishou("secret", "set", "cam-08", "--data", tmp_path, said="\n")
    assert (empty.returncode, empty.stderr) == (WORLD, "The password is empty; nothing was kept.\n")
    assert zhishou("secret", "remove", "cam-07", "--data", tmp_path).returncode == FINE
    assert zhishou("secret", "remove", "cam-07", "--data", tmp_path).returncode == WORLD


# ------------------------------------------------------------------ running


@pytest.fixture
def served(site: Path, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A console without a window, on a site of its own."""
    with subprocess.Popen(
        command("serve", "--site", site, "--data", tmp_path / "data"),
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def follow(data: Path, until: str) -> list[str]:
    """Give the kinds of the journal's lines up to the first of kind `until`."""
    with subprocess.Popen(
        command("journal", "--data", data, "--json", "--follow"),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        kinds: list[str] = []
        while until not in kinds:
            kinds.append(json.loads(following.stdout.readline())["kind"])
        following.terminate()
    return kinds


def wait_for(file: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a file is there; fail at once where the process has ended."""
    while not file.exists():
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"ended with {process.returncode}: {process.stderr.read() if process.stderr else ''}")


def test_that_a_served_console_can_be_looked_at_verified_and_asked_to_stop(
    served: "subprocess.Popen[str]", site: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    wait_for(data_folder(data).database, served)
    assert follow(data, "SiteLoaded") == ["ConsoleStarted", "SiteLoaded"]
    assert zhishou("verify", "--data", data).returncode == FINE
    second = zhishou("serve", "--site", site, "--data", data)
    assert second.returncode == WORLD
    assert f"Another console (process {served.pid})" in second.stderr
    served.send_signal(signal.SIGTERM)
    assert served.wait(60) == FINE
    assert objects(zhishou("journal", "--data", data, "--json").stdout)[-1]["kind"] == "ConsoleStopped"


@pytest.mark.parametrize("arguments", [["run"], ["run", "--unwatched"], ["serve"]])
def test_that_a_site_folder_with_mistakes_is_not_run_and_not_tried_again(tmp_path: Path, arguments: list[str]) -> None:
    done = zhishou(*arguments, "--site", tmp_path / "nowhere", "--data", tmp_path / "data", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == WORLD, done.stderr
    assert "There is no site.yaml" in done.stderr or "cannot be read" in done.stderr


@pytest.mark.parametrize("arguments", [["run"], ["run", "--unwatched"]])
def test_that_without_a_screen_the_window_is_not_tried_again_and_again(
    site: Path, tmp_path: Path, arguments: list[str]
) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    done = zhishou(*arguments, "--site", site, "--data", tmp_path / "data", **nowhere)
    assert done.returncode == WORLD, done.stderr
    assert "zhishou serve" in done.stderr
    assert not (tmp_path / "data").exists()
