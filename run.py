#!/usr/bin/env python3
"""Prepare this checkout and run one thing in it: `python3 run.py demo`.

Only the standard library is used. The first call makes `.venv` from `requirements.lock` (every file
checked against its hash) and sees to the system libraries Qt and OpenCV open at run time; later
calls start at once, until the lock changes.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 12)

EXIT_USAGE = 2
EXIT_NOT_READY = 3

USAGE = """\
python3 run.py <what> [arguments]

  demo     演示：虚拟园区，完整走一遍值守流程      a pretend site, the whole story    (--tour DIR)
  run      启动值守台                              start the console
  serve    无界面运行                              the same without a window
  verify   校验日志链与证据                        check the journal and the evidence
  test     运行全部测试                            run the tests                      (pytest arguments)
  lint     代码检查与类型检查                      check style and types
  bench    性能测量                                measure
  setup    只准备环境                              only prepare
  ...      其他命令原样交给值守台                  anything else is a command of the console
"""


@dataclass(frozen=True)
class Need:
    """One system package and how to see that it is there without asking the package system.

    `probe` is "lib:" and the soname Qt or OpenCV opens, "bin:" and a program, or "file:" and a path.
    """

    package: str
    probe: str


# What the wheels of Qt, its multimedia module and OpenCV open on Linux (measured on bare Debian 12 and 13).
LIBRARIES = (
    Need("libegl1", "lib:libEGL.so.1"),
    Need("libgl1", "lib:libGL.so.1"),
    Need("libglib2.0-0", "lib:libgthread-2.0.so.0"),
    Need("libfontconfig1", "lib:libfontconfig.so.1"),
    Need("libdbus-1-3", "lib:libdbus-1.so.3"),
    Need("libxkbcommon0", "lib:libxkbcommon.so.0"),
    Need("libgssapi-krb5-2", "lib:libgssapi_krb5.so.2"),
    Need("libpulse0", "lib:libpulse.so.0"),
)
# What a window on an X screen opens besides.
SCREEN = (
    Need("libxcb-cursor0", "lib:libxcb-cursor.so.0"),
    Need("libxcb-icccm4", "lib:libxcb-icccm.so.4"),
    Need("libxcb-keysyms1", "lib:libxcb-keysyms.so.1"),
    Need("libxcb-shape0", "lib:libxcb-shape.so.0"),
    Need("libxkbcommon-x11-0", "lib:libxkbcommon-x11.so.0"),
)
# What some tests look through; without it they are skipped and say so.
TOOLS = (
    Need("xvfb", "bin:Xvfb"),
    Need("xauth", "bin:xauth"),
    Need("poppler-utils", "bin:pdftotext"),
    Need("ffmpeg", "bin:ffmpeg"),
)
# Real footage of people walking, for the story and the measurements.
FOOTAGE = (Need("opencv-doc", "file:/usr/share/doc/opencv-doc/examples/data/vtest.avi"),)


def say(zh: str, en: str) -> None:
    """Tell the person at the terminal, in both languages, beside the command's own output."""
    print(f"· {zh}\n  {en}", file=sys.stderr, flush=True)


def stop(zh: str, en: str) -> NoReturn:
    """Tell why it cannot go on, and end."""
    say(zh, en)
    sys.exit(EXIT_NOT_READY)


# ------------------------------------------------------------------ system libraries


def is_there(probe: str) -> bool:
    """Tell whether what a probe names can be opened or found."""
    kind, _, name = probe.partition(":")
    if kind == "bin":
        return shutil.which(name) is not None
    if kind == "file":
        return Path(name).exists()
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def needs_of(verb: str, environment: dict[str, str]) -> tuple[tuple[Need, ...], tuple[Need, ...]]:
    """Give what a verb cannot do without, and what it would rather have."""
    if verb == "lint":
        return (), ()
    if verb == "test":
        return LIBRARIES, SCREEN + TOOLS + FOOTAGE
    if verb == "bench":
        return LIBRARIES, (*TOOLS, *FOOTAGE)
    return LIBRARIES + (SCREEN if environment.get("DISPLAY") else ()), ()


def apt_command(packages: list[str], *options: str) -> list[str]:
    """Give the one command that installs the packages."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *options, *packages]


def as_root() -> list[str] | None:
    """Give what to put before apt-get to be allowed to install, None where we are not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and quiet(["sudo", "-n", "true"]) == 0:
        return ["sudo", "-n"]
    return None


def quiet(command: list[str]) -> int:
    """Run a command that asks nothing and shows nothing, and give its exit code."""
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    ).returncode


def install(packages: list[str]) -> None:
    """Install system packages where that is allowed; what is still missing is looked at afterwards."""
    before = as_root()
    if before is None:
        return
    say("正在安装系统组件：" + " ".join(packages), "Installing system packages, this may take a minute.")
    before = [*before, "env", "DEBIAN_FRONTEND=noninteractive"]
    wait = ("-o", "DPkg::Lock::Timeout=120")  # another apt may be running
    if quiet([*before, *apt_command(packages, *wait)]) == 0:
        return
    quiet([*before, "apt-get", "update"])  # the lists may be missing (a fresh image) or old
    if quiet([*before, *apt_command(packages, *wait)]) != 0 and len(packages) > 1:
        for package in packages:  # one unknown name must not take the others along
            quiet([*before, *apt_command([package], *wait)])


def see_to_system(verb: str) -> None:
    """Install the missing system libraries, or say the one line that does; end if it cannot go on."""
    if not sys.platform.startswith("linux"):
        return
    required, wanted = needs_of(verb, dict(os.environ))
    missing = [need.package for need in required + wanted if not is_there(need.probe)]
    if missing:
        install(missing)
    missing = [need.package for need in required if not is_there(need.probe)]
    if missing:
        line = " ".join(["sudo", *apt_command(missing)])
        stop(f"缺少系统组件，请执行：\n  {line}", "System libraries are missing; run the line above, then try again.")
    missing = [need.package for need in wanted if not is_there(need.probe)]
    if missing:
        line = " ".join(["sudo", *apt_command(missing)])
        say(f"以下组件可选，缺少时相关部分会跳过：\n  {line}", "Optional, what needs it is skipped: the line above.")


# ------------------------------------------------------------------ the virtual environment


def suits(version: tuple[int, ...]) -> bool:
    """Tell whether a Python of this version can run the console."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def find_python() -> str:
    """Give a Python that can run the console: this one if it can, else one on the path."""
    if suits(sys.version_info[:2]):
        return sys.executable
    for minor in (11, 12):
        found = shutil.which(f"python3.{minor}")
        if found and quiet([found, "-c", ""]) == 0:
            return found
    stop(
        f"需要 Python 3.11 或 3.12，当前为 {sys.version.split()[0]}。",
        "Python 3.11 or 3.12 is needed and was not found.",
    )


def fingerprint(lock: Path) -> str:
    """Give what the stamp of an up-to-date environment says: the hash of the lock."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def venv_python(venv: Path) -> Path:
    """Give the interpreter of a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_current(venv: Path, lock: Path) -> bool:
    """Tell whether an environment was made from exactly this lock."""
    stamp = venv / "lock.sha256"
    return (
        venv_python(venv).exists()
        and stamp.is_file()
        and stamp.read_text(encoding="ascii").strip() == fingerprint(lock)
    )


def make_venv(venv: Path) -> None:
    """Make an empty virtual environment, with Debian's missing piece if need be."""
    python = find_python()
    if quiet([python, "-c", "import ensurepip, venv"]) != 0:
        install(["python3-venv"])
        if quiet([python, "-c", "import ensurepip, venv"]) != 0:
            line = " ".join(["sudo", *apt_command(["python3-venv"])])
            stop(f"缺少 Python 的 venv 模块，请执行：\n  {line}", "Python's venv is missing; run the line above.")
    if quiet([python, "-m", "venv", "--clear", str(venv)]) != 0:
        stop(f"无法创建虚拟环境 {venv}，请检查磁盘空间和权限。", "The virtual environment could not be made.")


def see_to_venv(venv: Path = VENV, lock: Path = LOCK) -> Path:
    """Give the interpreter of an environment that holds exactly the locked packages."""
    python = venv_python(venv)
    if is_current(venv, lock):
        return python
    if not python.exists() or quiet([str(python), "-c", "import pip"]) != 0:
        make_venv(venv)
    say("正在按锁定清单安装依赖（约一分钟）……", "Installing the locked packages, about a minute.")
    done = subprocess.run(
        [
            *(str(python), "-m", "pip", "install", "--require-hashes", "-r", str(lock)),
            *("--no-input", "--quiet", "--disable-pip-version-check", "--progress-bar", "off"),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        stop(*why_pip_failed(done.stderr))
    (venv / "lock.sha256").write_text(fingerprint(lock) + "\n", encoding="ascii")
    return python


def why_pip_failed(output: str) -> tuple[str, str]:
    """Turn pip's complaint into one sentence a person can act on, in both languages."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
    last = errors[-1] if errors else ""
    text = output.lower()
    if "do not match the hashes" in text:
        return f"下载的文件与锁定清单不符，已拒绝安装。\n  {last}", "A downloaded file is not the locked one: refused."
    if "no space left" in text:
        return "磁盘空间不足，依赖未装完。", "The disk is full; the packages were not installed."
    if any(sign in text for sign in ("connection", "timed out", "name resolution", "no matching distribution")):
        return f"无法下载依赖，请检查网络后重试。\n  {last}", "The packages could not be fetched; check the network."
    return f"依赖安装失败。\n  {last}", "The packages could not be installed."


# ------------------------------------------------------------------ what to run


def commands_of(verb: str, arguments: list[str]) -> list[list[str]]:
    """Give what to run inside the environment, each after the interpreter; all of them run."""
    if verb == "test":
        chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
        # Three on two cores: many tests wait for what takes its time, a disk that is refused or a camera that is silent.
        return [["-m", "pytest", *([] if chosen else ["-n", "3", "--dist", "worksteal"]), *arguments]]
    if verb == "lint":
        return [["-m", "ruff", "check", *arguments], ["-m", "mypy"]]
    if verb == "bench":
        return [["-m", "bench", *arguments]]
    return [["-m", "console", verb, *arguments]]


def main(arguments: list[str]) -> int:
    """Prepare what the verb needs, run it, and give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Chinese still runs
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0 if arguments else EXIT_USAGE
    verb, *rest = arguments
    see_to_system(verb)
    python = see_to_venv()
    if verb == "setup":
        return 0
    # A console verb keeps the caller's folder, so that `--tour DIR` means what it says there.
    here = ROOT if verb in ("test", "lint", "bench") else Path.cwd()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    environment.pop("PYTHONHOME", None)
    # Where compiled modules may not be kept, each of our processes compiles hundreds of them at its start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    commands = [[str(python), *command] for command in commands_of(verb, rest)]
    if os.name == "posix" and len(commands) == 1:  # become it: signals and the exit code are its own
        os.chdir(here)
        os.execve(commands[0][0], commands[0], environment)
    codes = [subprocess.run(command, cwd=here, env=environment, check=False).returncode for command in commands]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
