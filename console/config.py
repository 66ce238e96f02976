"""Where the data of a post live, and its secrets.

Everything a post writes lies in one data folder: the user's own, or the one given with `--data DIR`. Passwords of
cameras and panels are never in the site folder, which is text to be read, copied and printed: it names them
(`secret:cam-07`), and the words themselves are kept encrypted in the data folder.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs
from cryptography.fernet import Fernet, InvalidToken

from console.models.errors import ConsoleError

APP_NAME: Final = "zhishou"
PREFIX: Final = "secret:"
KEY_FILE: Final = "secrets.key"
SECRETS_FILE: Final = "secrets.enc"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The places inside one data folder; nothing is made until `make` is called."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file that holds state and journal."""
        return self.root / "zhishou.db"

    @property
    def evidence(self) -> Path:
        """Snapshots and clips kept as evidence."""
        return self.root / "evidence"

    @property
    def reports(self) -> Path:
        """Printed forms."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """The technician's log."""
        return self.root / "log"

    def make(self) -> None:
        """Make the folder, readable by its owner only; raises ConsoleError where that cannot be done."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.evidence, self.reports, self.logs):
                folder.mkdir(exist_ok=True, mode=0o700)
            self._keep_to_owner()
            if not os.access(self.root, os.W_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConsoleError(
                zh=f"数据文件夹 {self.root} 无法使用：{reason}。请用 --data 指定另一个文件夹。",
                en=f"The data folder {self.root} cannot be used: {reason}. Name another one with --data.",
            ) from error

    def _keep_to_owner(self) -> None:
        """Close to others what somebody made beforehand, or an older version; a folder of somebody else's stays as it is."""
        for folder in (self.root, self.evidence, self.reports, self.logs):
            known = folder.stat()
            if os.name == "posix" and known.st_uid == os.geteuid() and known.st_mode & 0o077:
                folder.chmod(0o700)


def data_folder(given: Path | None = None) -> DataFolder:
    """The data folder given on the command line, or the user's own."""
    root = given if given is not None else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
    return DataFolder(root.expanduser().absolute())


class Secrets:
    """Passwords by name, encrypted on disk.

    The key lies beside them with mode 0600: it keeps a copied site folder, a backup of one file or a glance over a
    shoulder from giving passwords away; it does not protect against whoever may read the whole data folder.
    """

    def __init__(self, data_dir: Path) -> None:
        self._key_file = data_dir / KEY_FILE
        self._file = data_dir / SECRETS_FILE

    def list(self) -> tuple[str, ...]:
        """The names of all secrets, sorted."""
        return tuple(sorted(self._read()))

    def get(self, name: str) -> str:
        """The secret of that name; raises ConsoleError where there is none."""
        secrets = self._read()
        if name not in secrets:
            raise ConsoleError(
                zh=f"没有名为“{name}”的口令，请执行 zhishou secret set {name}。",
                en=f'There is no secret "{name}"; keep one with: zhishou secret set {name}',
            )
        return secrets[name]

    def set(self, name: str, value: str) -> None:
        """Keep a secret, in the place of one with the same name; it is on disk when this returns.

        Names hold letters, digits, dots, dashes and underscores, 64 at most; raises ConsoleError for others.
        """
        if not _NAME.fullmatch(name):
            raise ConsoleError(
                zh=f"名称“{name}”只能用字母、数字、点、横线和下划线，最长 64 个字。",
                en=f'The name "{name}" may hold letters, digits, dots, dashes and underscores, 64 at most.',
            )
        self._write({**self._read(), name: value})

    def remove(self, name: str) -> None:
        """Forget a secret; raises ConsoleError where there is none."""
        self.get(name)
        self._write({kept: value for kept, value in self._read().items() if kept != name})

    def resolve(self, written: str) -> str:
        """What a password of the site folder stands for: `secret:NAME` is looked up, nothing stays nothing.

        A bare NAME is looked up too. Raises ConsoleError for a secret that is not kept.
        """
        return self.get(written.removeprefix(PREFIX)) if written else ""

    def _read(self) -> Mapping[str, str]:
        try:
            sealed = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            read = json.loads(Fernet(self._key_file.read_bytes()).decrypt(sealed))
        except (OSError, InvalidToken, ValueError) as error:
            raise ConsoleError(
                zh=f"{self._file} 无法解密：密钥文件 {self._key_file.name} 缺失或不匹配，请恢复它或重新保存口令。",
                en=f"{self._file} cannot be decrypted: {self._key_file.name} is missing or another one. "
                "Restore it, or keep the secrets anew.",
            ) from error
        return {str(name): str(value) for name, value in read.items()}

    def _write(self, secrets: Mapping[str, str]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            sealed = Fernet(self._key()).encrypt(json.dumps(secrets, ensure_ascii=False).encode())
            _replace(self._file, sealed)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConsoleError(
                zh=f"口令无法保存到 {self._file}：{reason}。", en=f"{self._file} cannot be written: {reason}."
            ) from error

    def _key(self) -> bytes:
        if not self._key_file.exists():
            _replace(self._key_file, Fernet.generate_key())
        self._key_file.chmod(0o600)
        return self._key_file.read_bytes()


def _replace(file: Path, data: bytes) -> None:
    """Write a file for its owner's eyes only, whole or not at all."""
    new = file.with_name(file.name + ".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
