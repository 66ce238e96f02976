"""The SOAP library, imported late and kept from meddling with the process.

Importing it takes about half a second and installs a handler on the root logger; what it logs at DEBUG holds whole
requests with their security headers. Reading the four service descriptions takes about a quarter of a second more.
"""

import logging
import threading
from typing import Any, Final

_LOADING: Final = threading.Lock()
_SILENCED: Final = ("onvif", "zeep", "zeep.client", "httpx", "aiohttp.client", "threading", "wsdiscovery")


def load() -> Any:
    """Give the package `onvif`, with its logs held at WARNING and the root logger as it was."""
    with _LOADING:
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        import onvif
        import onvif.client

        for handler in [one for one in root.handlers if one not in handlers]:
            root.removeHandler(handler)
        root.setLevel(level)
        for name in _SILENCED:
            logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger(name).level))
    return onvif
