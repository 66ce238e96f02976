"""Disks for tests: small, read-only or full, where this machine lets a test mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own at `path`, in memory; the test is skipped where nothing may be mounted."""
    path.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(path)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("needs the mount program")
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=False, capture_output=True)


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """While this lasts, nothing new can be written below `path`; what is open for writing already goes on being written."""
    for how in (["--bind", str(path), str(path)], ["-o", "remount,bind,ro", str(path)]):
        done = subprocess.run(["mount", *how], check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"a mount cannot be made read-only here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True, capture_output=True)


def fill_up(path: Path) -> Path:
    """Write until the disk takes nothing more; gives the file that takes up the room."""
    filler = path / "somebody else's"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def needs_permissions(folder: Path) -> None:
    """Skip the test where permissions mean nothing to this process."""
    probe = folder / "probe"
    probe.mkdir(mode=0o500)
    if os.access(probe, os.W_OK):
        pytest.skip("permissions mean nothing to this user")
    probe.rmdir()
