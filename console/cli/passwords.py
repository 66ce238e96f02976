"""Keep the passwords of cameras and panels."""

import argparse
import sys
from typing import TYPE_CHECKING

from console.cli.speech import FINE
from console.i18n import _
from console.models.errors import ConsoleError

if TYPE_CHECKING:
    from console.config import Secrets


def keep(asked: argparse.Namespace) -> int:
    """Keep a password, never taken from the command line, where others could read it."""
    if sys.stdin.isatty():
        import getpass

        word = getpass.getpass(_("Password for {name}: ").format(name=asked.name))
    else:
        word = sys.stdin.readline().rstrip("\r\n")
    if not word:
        raise ConsoleError(zh="口令为空，未保存。", en="The password is empty; nothing was kept.")
    _secrets(asked).set(asked.name, word)
    return FINE


def forget(asked: argparse.Namespace) -> int:
    """Forget a password."""
    _secrets(asked).remove(asked.name)
    return FINE


def names(asked: argparse.Namespace) -> int:
    """List the names of the passwords."""
    for name in _secrets(asked).list():
        print(name)
    return FINE


def _secrets(asked: argparse.Namespace) -> "Secrets":
    from console.config import Secrets, data_folder

    return Secrets(data_folder(asked.data).root)
