"""`run.py` prepares a machine, says what is wrong in one sentence, and passes everything else on."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(run.__file__).parent


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `run.py` of this checkout in a folder of nobody."""
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd="/",
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


# ------------------------------------------------------------------ what it runs


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("demo --tour out", [["-m", "console", "demo", "--tour", "out"]]),
        ("verify", [["-m", "console", "verify"]]),
        ("a-verb-of-tomorrow x", [["-m", "console", "a-verb-of-tomorrow", "x"]]),
        ("bench wall", [["-m", "bench", "wall"]]),
        ("lint", [["-m", "ruff", "check"], ["-m", "mypy"]]),
        ("test", [["-m", "pytest", "-n", "3", "--dist", "worksteal"]]),
        (
            "test tests/store -x --no-header",
            [["-m", "pytest", "-n", "3", "--dist", "worksteal", "tests/store", "-x", "--no-header"]],
        ),
        ("test -n0 -k ring", [["-m", "pytest", "-n0", "-k", "ring"]]),
        ("test --pdb", [["-m", "pytest", "--pdb"]]),
    ],
)
def test_that_a_verb_becomes_the_right_command(line: str, commands: list[list[str]]) -> None:
    verb, *rest = line.split()
    assert run.commands_of(verb, rest) == commands


def test_that_asking_for_nothing_prints_the_verbs_in_both_languages() -> None:
    done = call()
    assert done.returncode == run.EXIT_USAGE
    assert "demo     演示" in done.stdout
    assert "run the tests" in done.stdout


def test_that_asking_for_help_is_no_mistake() -> None:
    assert call("--help").returncode == 0


def test_that_a_terminal_without_chinese_still_gets_the_help() -> None:
    done = call("--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "a pretend site" in done.stdout


# ------------------------------------------------------------------ system libraries


def test_that_a_library_is_found_by_opening_it() -> None:
    assert run.is_there("lib:libc.so.6")
    assert not run.is_there("lib:libno-such-thing.so.1")


def test_that_a_program_and_a_file_are_found(tmp_path: Path) -> None:
    assert run.is_there("bin:sh")
    assert not run.is_there("bin:no-such-program")
    assert run.is_there(f"file:{tmp_path}")
    assert not run.is_there(f"file:{tmp_path}/missing")


def test_that_every_library_in_the_list_is_one_this_machine_opens() -> None:
    # The suite runs on Qt: a probe that fails here is a mistyped soname.
    assert [need for need in run.LIBRARIES if not run.is_there(need.probe)] == []


def test_that_checking_the_style_needs_no_library_at_all() -> None:
    assert run.needs_of("lint", {"DISPLAY": ":0"}) == ((), ())


def test_that_the_libraries_of_a_screen_are_required_only_where_there_is_one() -> None:
    without, _ = run.needs_of("demo", {})
    with_screen, _ = run.needs_of("demo", {"DISPLAY": ":0"})
    assert without == run.LIBRARIES
    assert with_screen == run.LIBRARIES + run.SCREEN


def test_that_the_tests_want_their_tools_but_can_do_without() -> None:
    required, wanted = run.needs_of("test", {})
    assert required == run.LIBRARIES
    assert {"xvfb", "poppler-utils", "ffmpeg", "opencv-doc", "libxcb-cursor0"} <= {need.package for need in wanted}


def test_that_a_missing_library_ends_in_the_one_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "LIBRARIES", (run.Need("libthing1", "lib:libthing.so.1"),))
    monkeypatch.setattr(run, "as_root", lambda: None)
    with pytest.raises(SystemExit) as ended:
        run.see_to_system("demo")
    assert ended.value.code == run.EXIT_NOT_READY
    assert "sudo apt-get install -y --no-install-recommends libthing1\n" in capsys.readouterr().err


def test_that_a_missing_tool_of_the_tests_does_not_stop_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "TOOLS", (run.Need("thing-utils", "bin:no-such-thing"),))
    monkeypatch.setattr(run, "as_root", lambda: None)
    run.see_to_system("test")
    assert "apt-get install -y --no-install-recommends thing-utils" in capsys.readouterr().err


def test_that_one_unknown_package_does_not_take_the_others_along(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # An apt-get that knows every package but one, and installs all of a line or nothing.
    (tmp_path / "apt-get").write_text(
        f'#!/bin/sh\ncase "$*" in *unknown*|update) exit 100;; esac\nfor name; do :; done\ntouch {tmp_path}/has-$name\n'
    )
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(run, "as_root", list)
    run.install(["one", "unknown", "two"])
    assert sorted(file.name for file in tmp_path.glob("has-*")) == ["has-one", "has-two"]


# ------------------------------------------------------------------ the environment


NOTHING = "# nothing is needed\n"


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment made from a lock that asks for nothing."""
    folder = tmp_path_factory.mktemp("environment")
    (folder / "requirements.lock").write_text(NOTHING)
    run.see_to_venv(folder / "venv", folder / "requirements.lock")
    return folder / "venv"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_text(NOTHING)
    return file


@pytest.fixture
def checkout(tmp_path: Path, venv: Path) -> Path:
    """A checkout whose environment is ready, without a program yet."""
    folder = tmp_path / "checkout"
    (folder / "console").mkdir(parents=True)
    shutil.copy(ROOT / "run.py", folder)
    (folder / "requirements.lock").write_text(NOTHING)
    (folder / ".venv").symlink_to(venv)
    return folder


@pytest.mark.parametrize(
    ("version", "suits"), [((3, 10, 13), False), ((3, 11, 0), True), ((3, 12, 9), True), ((3, 13, 0), False)]
)
def test_that_only_a_python_the_lock_was_made_for_is_taken(version: tuple[int, ...], suits: bool) -> None:
    assert run.suits(version) is suits


def test_that_an_environment_is_made_once_and_brought_up_to_date_when_the_lock_changes(
    tmp_path: Path, venv: Path, lock: Path
) -> None:
    assert not run.is_current(tmp_path / "no-venv", lock)
    assert run.is_current(venv, lock)
    python = run.see_to_venv(venv, lock)
    made = python.lstat().st_mtime_ns

    lock.write_text("# nothing is needed, said differently\n")
    assert not run.is_current(venv, lock)
    run.see_to_venv(venv, lock)
    assert run.is_current(venv, lock)
    assert python.lstat().st_mtime_ns == made  # updated, not made anew
    (venv / "lock.sha256").write_text(hashlib.sha256(NOTHING.encode()).hexdigest())


def test_that_a_package_that_is_not_the_locked_one_is_refused_and_nothing_is_stamped(
    tmp_path: Path,
    venv: Path,
    lock: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    shutil.make_archive(str(wheels / "thing"), "zip", tmp_path, "requirements.lock")
    (wheels / "thing.zip").rename(wheels / "thing-1.0-py3-none-any.whl")
    lock.write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    with pytest.raises(SystemExit) as ended:
        run.see_to_venv(venv, lock)
    assert ended.value.code == run.EXIT_NOT_READY
    assert "not the locked one" in capsys.readouterr().err
    assert not run.is_current(venv, lock)


def test_that_without_a_network_there_is_a_sentence_and_no_traceback(
    tmp_path: Path,
    venv: Path,
    lock: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock.write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")  # nobody listens there
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(SystemExit):
        run.see_to_venv(venv, lock)
    said = capsys.readouterr().err
    assert "check the network" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: No matching distribution found for x", "check the network"),
        ("WARNING: Retrying ... Name resolution\nERROR: Could not find a version", "check the network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "refused"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something else", "could not be installed"),
        ("", "could not be installed"),
    ],
)
def test_that_what_pip_complains_of_becomes_a_sentence(output: str, sentence: str) -> None:
    assert sentence in run.why_pip_failed(output)[1]


# ------------------------------------------------------------------ handing over


WITHOUT_SCREEN = {name: value for name, value in os.environ.items() if name != "DISPLAY"}


def test_that_the_exit_code_the_folder_and_the_arguments_are_passed_on(checkout: Path, tmp_path: Path) -> None:
    program = "import os, sys\nprint(os.getcwd(), sys.argv[1:])\nsys.exit(7)\n"
    (checkout / "console" / "__main__.py").write_text(program)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "console").mkdir(parents=True)  # must not be taken for the program
    done = subprocess.run(
        [sys.executable, str(checkout / "run.py"), "verify", "--all"],
        cwd=elsewhere,
        env=WITHOUT_SCREEN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert done.stdout == f"{elsewhere} ['verify', '--all']\n"


def test_that_a_signal_reaches_the_program_itself(checkout: Path) -> None:
    program = (
        "import signal, sys\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "print('up', flush=True)\nsignal.sigwait([signal.SIGTERM])\nsys.exit(9)\n"
    )
    (checkout / "console" / "__main__.py").write_text(program)
    command = [sys.executable, str(checkout / "run.py"), "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=WITHOUT_SCREEN, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "up\n"
        started.terminate()
        assert started.wait(timeout=60) == 9
