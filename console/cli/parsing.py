"""What may be asked for on the command line, in either language."""

import argparse
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from typing_extensions import override

from console import __version__
from console.cli import cameras, looking, package, passwords, record, running, tables
from console.cli.speech import USAGE, Run, say
from console.i18n import N_, _

# What argparse says in English, as sentences that can be said in either language.
_COMPLAINTS: Final = (
    (re.compile(r"the following arguments are required: (?P<what>.+)"), N_("Missing: {what}")),
    (re.compile(r"unrecognized arguments: (?P<what>.+)"), N_("Unknown: {what}")),
    (re.compile(r"argument (?P<name>\S+): expected one argument"), N_("{name} needs a value")),
    (re.compile(r"argument (?P<name>\S+): invalid choice: (?P<what>'[^']*').*"), N_("{what} is no choice of {name}")),
    (re.compile(r"argument (?P<name>\S+): (?P<what>.+)"), N_("{name}: {what}")),
)


class _Parser(argparse.ArgumentParser):
    """argparse, speaking both languages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **options)
        self._optionals.title = _("Options")
        self._positionals.title = _("Arguments")
        self.add_argument("-h", "--help", action="help", help=_("show this help"))

    @override
    def format_help(self) -> str:
        return super().format_help().replace("usage: ", _("Usage: "), 1)

    @override
    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", _("Usage: "), 1)

    @override
    def error(self, message: str) -> NoReturn:
        for pattern, sentence in _COMPLAINTS:
            fits = pattern.fullmatch(message)
            if fits:
                message = _(sentence).format(**fits.groupdict())
                break
        say(self.format_usage() + message)
        raise SystemExit(USAGE)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line, in the language in force."""
    top = _Parser(prog="zhishou", description=_("The duty console of a security monitoring post"))
    top.add_argument("--version", action="version", version=f"zhishou {__version__}", help=_("show the version"))
    _language(top)
    commands = _commands(top)
    _add_running(commands)
    _add_keeping(commands)
    _add_looking(commands)
    _add_passwords(commands)
    _add_cameras(commands)
    return top


def _commands(to: argparse.ArgumentParser) -> Any:
    return to.add_subparsers(title=_("Commands"), metavar=_("COMMAND"), required=True, dest="command")


def _add(commands: Any, name: str, text: str, run: Run | None = None) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.set_defaults(run=run)
    _language(made)
    return made


def _add_running(commands: Any) -> None:
    run = _add(commands, "run", _("start the console; it is started again if it dies"), running.run)
    serve = _add(commands, "serve", _("run without a window"), running.serve)
    for starts in (run, serve):
        starts.add_argument("--site", type=Path, required=True, metavar="DIR", help=_("the site folder"))
        starts.add_argument("--seat", default="1", metavar="NAME", help=_("the name of this seat"))
        _record(starts)
    run.add_argument("--look", choices=("night", "day"), default="night", help=_("dark or light"))
    run.add_argument("--full-screen", action="store_true", help=_("without a frame"))
    run.add_argument("--unwatched", action="store_true", help=_("do not start again after a crash"))
    demo = _add(commands, "demo", _("a pretend site and everything that happens in one"), running.demo)
    demo.add_argument("--tour", type=Path, metavar="DIR", help=_("play the story and keep pictures of it here"))
    demo.add_argument("--data", type=Path, metavar="DIR", help=_("keep the record here; else it is thrown away"))


def _add_keeping(commands: Any) -> None:
    verify = _add(commands, "verify", _("check journal, records, signatures and files"), record.verify)
    _record(verify)
    head = _("a journal head that stands on paper")
    verify.add_argument("--head", action="append", type=_head, default=[], metavar="NUMBER:HASH", help=head)
    _json(verify)
    footage = _add(commands, "verify-package", _("check a package of footage that was handed over"), package.check)
    footage.add_argument("package", type=Path, metavar="FOLDER", help=_("the package's folder, or its .zip"))
    footage.add_argument("--key", default="", metavar="FINGERPRINT", help=_("the key's fingerprint on the paper form"))
    _json(footage)
    backup = _add(commands, "backup", _("copy record, evidence and site, beside a running console"), record.backup)
    target = _("a new folder, or a new file that ends with .tar")
    backup.add_argument("target", type=Path, metavar="TARGET", help=target)
    _record(backup)
    backup.add_argument("--site", type=Path, metavar="DIR", help=_("take this site folder along"))
    backup.add_argument("--with-secrets", action="store_true", help=_("take the passwords of cameras and panels along"))
    restore = _add(commands, "restore", _("bring a backup back into an empty folder"), record.restore)
    restore.add_argument("backup", type=Path, metavar="BACKUP", help=_("what was made with backup"))
    restore.add_argument("--data", type=Path, required=True, metavar="DIR", help=_("an empty or new data folder"))
    restore.add_argument("--site", type=Path, metavar="DIR", help=_("an empty or new folder for the site"))
    restore.add_argument("--anyway", action="store_true", help=_("restore although the record does not fit"))


def _add_looking(commands: Any) -> None:
    site = _commands(_add(commands, "site", _("look after a site folder")))
    check = _add(site, "check", _("find every mistake in a site folder"), looking.site_check)
    check.add_argument("folder", type=Path, metavar="DIR", help=_("the site folder"))
    _json(check)
    points = _commands(_add(commands, "points", _("the alarm points of a site, as a table")))
    export = _add(points, "export", _("write every point as .csv or .xlsx"), tables.write)
    take = _add(points, "import", _("take a table in, after every mistake in it is known"), tables.take)
    export.add_argument("file", type=Path, metavar="FILE", help=_("the table, .csv or .xlsx"))
    take.add_argument("file", type=Path, metavar="FILE", help=_("the table, .csv or .xlsx"))
    take.add_argument("--preview", action="store_true", help=_("only say what would happen"))
    for each in (export, take):
        each.add_argument("--site", type=Path, required=True, metavar="DIR", help=_("the site folder"))
        _json(each)
    alarms = _add(commands, "alarms", _("list alarms"), looking.alarms)
    _record(alarms)
    alarms.add_argument("--live", action="store_true", help=_("only those in the queue"))
    alarms.add_argument("--since", type=_since, metavar="WHEN", help=_("a time, or 90s, 30m, 8h, 7d ago"))
    _json(alarms)
    journal = _add(commands, "journal", _("list journal lines"), looking.journal)
    _record(journal)
    journal.add_argument("--after", type=int, default=0, metavar="NUMBER", help=_("only lines after this one"))
    journal.add_argument("--follow", action="store_true", help=_("go on with every new line"))
    _json(journal)


def _add_passwords(commands: Any) -> None:
    secrets = _commands(_add(commands, "secret", _("keep passwords of cameras and panels")))
    keep = _add(secrets, "set", _("keep a password, read from the terminal or standard input"), passwords.keep)
    forget = _add(secrets, "remove", _("forget a password"), passwords.forget)
    names = _add(secrets, "list", _("list the names, never the passwords"), passwords.names)
    for named in (keep, forget):
        named.add_argument("name", metavar="NAME", help=_("the name that the site folder uses"))
    for each in (keep, forget, names):
        each.add_argument("--data", type=Path, metavar="DIR", help=_("the data folder"))


def _add_cameras(commands: Any) -> None:
    devices = _commands(_add(commands, "cameras", _("find cameras on the network and ask them (ONVIF)")))
    find = _add(devices, "discover", _("list the cameras that answer on the local network"), cameras.discover)
    find.add_argument("--wait", type=float, default=3.0, metavar="SECONDS", help=_("how long to wait for answers"))
    find.add_argument("--site", type=Path, metavar="DIR", help=_("tell which are in this site folder"))
    _json(find)
    ask = _add(devices, "describe", _("print a camera ready for the site folder"), cameras.describe)
    ask.add_argument("address", metavar="ADDRESS", help=_("host, host:port, or the URL of the device service"))
    ask.add_argument("--login", default="", metavar="NAME", help=_("the camera's login; the password is asked for"))
    ask.add_argument("--secret", default="", metavar="NAME", help=_("a kept password, instead of asking"))
    ask.add_argument("--data", type=Path, metavar="DIR", help=_("the data folder"))
    ask.add_argument("--id", default="cam-01", metavar="ID", help=_("the camera's id in the site folder"))
    ask.add_argument("--number", type=int, default=1, metavar="NUMBER", help=_("the number that an operator types"))
    _json(ask)


def _language(to: argparse.ArgumentParser) -> None:
    to.add_argument("--lang", choices=("zh", "zh_CN", "en"), default=None, help=_("the language, Chinese or English"))


def _record(to: argparse.ArgumentParser) -> None:
    to.add_argument("--data", type=Path, metavar="DIR", help=_("the data folder; the user's own if not given"))
    to.add_argument(
        "--database", type=_database, default="", metavar="URL", help=_("a PostgreSQL database, instead of the folder's own")
    )


def _database(given: str) -> str:
    """A URL without a password: everybody on the machine may read the command line of a process."""
    if urlsplit(given).password is not None:
        raise argparse.ArgumentTypeError(_("no password in the address: put it into ~/.pgpass or into PGPASSWORD"))
    return given


def _json(to: argparse.ArgumentParser) -> None:
    to.add_argument("--json", action="store_true", help=_("one JSON object a line"))


def _since(given: str) -> datetime:
    span = re.fullmatch(r"(\d+)([smhd])", given)
    if span:
        seconds = int(span[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[span[2]]
        return datetime.now(UTC) - timedelta(seconds=seconds)
    try:
        return datetime.fromisoformat(given).astimezone(UTC)  # without a zone it is this machine's
    except ValueError:
        raise argparse.ArgumentTypeError(_("{given} is no time").format(given=given)) from None


def _head(given: str) -> tuple[int, str]:
    fits = re.fullmatch(r"(\d+):([0-9a-fA-F]{64})", given)
    if not fits:
        raise argparse.ArgumentTypeError(_("{given} is not NUMBER:HASH").format(given=given))
    return int(fits[1]), fits[2].lower()
