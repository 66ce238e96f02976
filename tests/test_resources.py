"""What is shipped is found, in a checkout and in a wheel."""

import subprocess
import sys
import tomllib
import wave
import zipfile
from pathlib import Path

import pytest

from console import resources
from tools import build_sounds

ROOT = Path(__file__).resolve().parents[1]


def test_that_a_shipped_file_is_found_by_its_name() -> None:
    assert resources.path("fonts/OFL.txt").read_text(encoding="utf-8").startswith("Copyright 2014-2021 Adobe")


def test_that_a_shipped_folder_is_found_by_its_name() -> None:
    assert (resources.path("icons") / "device-cctv.svg").is_file()


@pytest.mark.parametrize("name", ["/etc/hostname", "../pyproject.toml", "fonts/../../run.py", "fonts\\OFL.txt"])
def test_that_a_name_cannot_leave_the_resources(name: str) -> None:
    with pytest.raises(ValueError, match="not a resource name"):
        resources.path(name)


def test_that_a_missing_resource_is_heard_of_at_once() -> None:
    with pytest.raises(FileNotFoundError, match=r"not shipped: fonts/Comic\.ttf"):
        resources.path("fonts/Comic.ttf")


@pytest.mark.parametrize("name", ["NotoSansSC-Regular", "NotoSansSC-Bold"])
def test_that_the_fonts_hold_everyday_chinese_and_rare_surnames(name: str, qapp) -> None:
    from PySide6.QtGui import QRawFont

    font = QRawFont(str(resources.path(f"fonts/{name}.ttf")), 16)
    assert font.isValid()
    wanted = "值守台安全监控岗火警报警已确认巡逻交接班㛃䶮喆玥𬱖𫖯ABCabc0123456789：，。（）℃→"
    missing = [letter for letter in wanted if not font.supportsCharacter(ord(letter))]
    assert not missing


def test_that_every_icon_takes_the_colour_it_is_given(qapp) -> None:
    from PySide6.QtSvg import QSvgRenderer

    icons = sorted(resources.path("icons").glob("*.svg"))
    assert len(icons) > 60
    for icon in icons:
        drawing = icon.read_bytes()
        assert b"currentColor" in drawing, icon.name
        assert QSvgRenderer(drawing).isValid(), icon.name


def sound(file: Path) -> tuple[wave._wave_params, bytes]:
    with wave.open(str(file), "rb") as opened:
        return opened.getparams(), opened.readframes(opened.getnframes())


def test_that_the_committed_sounds_are_those_the_program_makes(tmp_path: Path) -> None:
    made = build_sounds.write(tmp_path)
    shipped = sorted(resources.path("sounds").glob("*.wav"))
    assert [file.name for file in shipped] == sorted(file.name for file in made)
    for file in made:
        fresh, kept = sound(file), sound(resources.path(f"sounds/{file.name}"))
        assert fresh[0] == kept[0]
        fresh_samples, kept_samples = memoryview(fresh[1]).cast("h"), memoryview(kept[1]).cast("h")
        # The sine of another machine's mathematics may round the other way.
        assert max(abs(a - b) for a, b in zip(fresh_samples, kept_samples, strict=True)) <= 1


def pulses(file: Path) -> int:
    """Count the stretches of sound that stand between silences of 30 ms and more."""
    params, frames = sound(file)
    gap = params.framerate * 30 // 1000
    count, silence = 0, gap
    for sample in memoryview(frames).cast("h"):
        if abs(sample) > 300:
            count += silence >= gap
            silence = 0
        else:
            silence += 1
    return count


@pytest.mark.parametrize(("name", "count"), [("p1", 10), ("p2", 3), ("p3", 1), ("p4", 1), ("system", 2), ("duty_check", 4)])
def test_that_the_urgency_of_a_sound_is_heard_from_its_pulses(name: str, count: int) -> None:
    assert pulses(resources.path(f"sounds/{name}.wav")) == count


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    program = f"import hatchling.build; print(hatchling.build.build_wheel({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.split()[-1]


def test_that_the_wheel_holds_every_resource_and_every_licence(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        f"console/_resources/{file.relative_to(ROOT / 'resources').as_posix()}"
        for file in (ROOT / "resources").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert shipped <= inside
    assert {f"console/{name}" for name in ("i18n.py", "py.typed", "models/clock.py")} <= inside
    licences = {name.split("licenses/")[1] for name in inside if "licenses/" in name}
    assert licences == {"LICENSE", "NOTICE", "resources/fonts/OFL.txt", "resources/icons/LICENSE"}
    assert not [name for name in inside if name.startswith(("tests/", "tools/", "bench/", "resources/"))]


def test_that_an_installed_wheel_finds_its_resources_on_a_read_only_disk(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    unpacked = sorted(site.rglob("*"))
    for entry in reversed(unpacked):  # the superuser may write all the same: see below
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    program = (
        "from console import i18n, resources; i18n.set_language('zh_CN');"
        "print(resources.path('fonts/OFL.txt'), resources.path('locale/zh_CN'))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    for entry in unpacked:
        entry.chmod(0o755)
    assert sorted(site.rglob("*")) == unpacked
    assert done.returncode == 0, done.stderr
    found = site / "console" / "_resources"
    assert done.stdout.split() == [str(found / "fonts" / "OFL.txt"), str(found / "locale" / "zh_CN")]


def test_that_the_command_zhishou_starts_the_console(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        name = next(name for name in packed.namelist() if name.endswith("entry_points.txt"))
        assert "zhishou = console.__main__:main" in packed.read(name).decode()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert declared == {"zhishou": "console.__main__:main"}
