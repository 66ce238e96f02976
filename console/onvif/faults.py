"""What can go wrong with a camera, as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from console.models.errors import ConsoleError
from console.models.text import Text


class CameraFault(ConsoleError):
    """The camera could not do what was asked."""


class WrongPassword(CameraFault):
    """The camera does not accept login and password."""


class NotOnvif(CameraFault):
    """Something answers there, but it is no ONVIF camera."""


class Unreachable(CameraFault):
    """Nothing answers there, or not in time."""


class Refusal(CameraFault):
    """The camera understood and refused, or cannot do this."""


WRONG: Final = Text("摄像机不接受用户名或口令", "The camera does not accept login or password")
WRONG_OR_CLOCK: Final = Text(
    "摄像机不接受登录：用户名或口令有误，或摄像机时钟相差太大（它不肯在登录前报告时间）",
    "The camera refuses to sign us on: login or password is wrong, or its clock is far off (it does not tell the time unasked)",
)
NOT_ONVIF: Final = Text("该地址的设备没有按 ONVIF 应答", "What answers at this address does not speak ONVIF")
SILENT: Final = Text("摄像机没有在时限内应答", "The camera did not answer in time")
AWAY: Final = Text("连不上摄像机", "The camera cannot be reached")
TOO_MUCH: Final = Text("摄像机的应答过长，已放弃", "The camera's answer is far too long and was dropped")


def refused(detail: str) -> Refusal:
    """The camera said no, in its own words."""
    said = " ".join(detail.split())[:200]
    return Refusal(zh=f"摄像机拒绝：{said}", en=f"The camera refused: {said}")


@contextmanager
def told_as_sentences() -> Iterator[None]:
    """Turn what the library and the network raise into sentences; nothing of it quotes what was sent."""
    import aiohttp
    import zeep.exceptions
    from lxml.etree import LxmlError
    from onvif.exceptions import ONVIFError
    from onvif.util import is_auth_error

    try:
        yield
    except ConsoleError:
        raise
    except TimeoutError:
        raise Unreachable(zh=SILENT.zh, en=SILENT.en) from None
    except zeep.exceptions.Fault as fault:
        if is_auth_error(fault):
            raise WrongPassword(zh=WRONG.zh, en=WRONG.en) from None
        raise refused(str(fault.message or "?")) from None
    except zeep.exceptions.TransportError as error:
        if error.status_code in (401, 403):
            raise WrongPassword(zh=WRONG.zh, en=WRONG.en) from None
        raise NotOnvif(zh=NOT_ONVIF.zh, en=NOT_ONVIF.en) from None
    except (aiohttp.ClientConnectionError, aiohttp.InvalidURL) as error:
        name = type(getattr(error, "os_error", error)).__name__
        raise Unreachable(zh=f"{AWAY.zh}（{name}）", en=f"{AWAY.en} ({name})") from None
    except (zeep.exceptions.Error, LxmlError, aiohttp.ClientError, ONVIFError, UnicodeDecodeError):
        raise NotOnvif(zh=NOT_ONVIF.zh, en=NOT_ONVIF.en) from None
    except OSError as error:
        name = error.strerror or type(error).__name__
        raise Unreachable(zh=f"{AWAY.zh}（{name}）", en=f"{AWAY.en} ({name})") from None
