"""Cameras on the network, before they are in a site folder: find them, and have them describe themselves."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from console.cli.speech import FINDINGS, FINE, put_json
from console.i18n import _

if TYPE_CHECKING:
    from console.models.onvif import CameraDescription


def discover(asked: argparse.Namespace) -> int:
    """List the cameras that answer on the local network; exit code 1 where there is none."""
    from console.onvif.discovery import discover as look

    found = look(asked.wait, known=_known(asked))
    for camera in found:
        if asked.json:
            put_json(camera)
        else:
            known = _("known as {camera}").format(camera=camera.known) if camera.known else _("not in the site")
            print(f"{camera.address}\t{camera.name}\t{camera.hardware}\t{known}")
    if not found and not asked.json:
        print(_("No camera answered."))
    return FINE if found else FINDINGS


def _known(asked: argparse.Namespace) -> list[Any]:
    if asked.site is None:
        return []
    from console.app.post import read_ground

    return [(one.id, one.onvif.address) for one in read_ground(asked.site).site.cameras if one.onvif is not None]


def describe(asked: argparse.Namespace) -> int:
    """Ask one camera what it is; prints a camera ready to be pasted into a site folder."""
    from console.onvif.camera import Camera, asked_once

    described = asked_once(asked.address, asked.login, _password(asked), Camera.describe)
    if asked.json:
        put_json(described)
    else:
        print(as_yaml(described, asked.id, asked.number, asked.login), end="")
    return FINE


def _password(asked: argparse.Namespace) -> str:
    """Never from the command line, where others could read it."""
    if not asked.login:
        return ""
    if asked.secret:
        from console.config import Secrets, data_folder

        return Secrets(data_folder(asked.data).root).resolve(asked.secret)
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(_("Password for {name}: ").format(name=asked.login))
    return sys.stdin.readline().rstrip("\r\n")


def as_yaml(described: "CameraDescription", camera: str, number: int, login: str) -> str:
    """The camera as a site folder has it, with what it says about itself as comments."""
    import yaml

    from console.app.onvif import streams_of
    from console.models.site import OnvifSetup

    usable = [one for one in described.profiles if one.stream]
    sub, main = streams_of(usable, OnvifSetup(address=described.address)) if usable else ("", "")
    by_stream = {one.stream: one.token for one in reversed(usable)}
    name = f"{described.maker} {described.model}".strip() or camera
    entry: dict[str, Any] = {"id": camera, "number": number, "name": {"zh": name, "en": name}, "kind": "rtsp"}
    if sub:
        entry |= {"address": sub, **({"main_address": main} if main != sub else {})}
    if login:
        entry |= {"login": login, "password": f"secret:{camera}"}
    entry["onvif"] = {"address": described.address}
    if usable:
        entry["onvif"] |= {"main": by_stream[main], "sub": by_stream[sub]}
    written = yaml.safe_dump({"cameras": [entry]}, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(f"# {line}\n" for line in _about(described)) + written


def _about(described: "CameraDescription") -> list[str]:
    lines = [
        _("{maker} {model}, firmware {firmware}").format(
            maker=described.maker, model=described.model, firmware=described.firmware
        ),
        *(
            _("profile {token}: {codec} {width}x{height}, {fps} fps").format(
                token=one.token, codec=one.codec, width=one.width_px, height=one.height_px, fps=f"{one.fps:g}"
            )
            for one in described.profiles
        ),
    ]
    lines.append(_("can be turned") if described.turns else _("cannot be turned"))
    events = _("tells events") if described.events.pull_point else _("tells no events")
    lines.append(_("{events}, and keeps them").format(events=events) if described.events.keeps_events else events)
    if described.clock_offset_s is not None:
        lines.append(_("its clock is off by {seconds} s").format(seconds=f"{described.clock_offset_s:+.1f}"))
    return [" ".join(line.split()) for line in lines]
