"""Receive intrusion and panic panels that speak SIA DC-09 (SIA-DCS and Contact ID, plain or AES)."""

from typing import Final

from console.models.text import Text
from console.sources.sia_dc09.canary import probe
from console.sources.sia_dc09.receiver import Receiver
from console.sources.sia_dc09.setup import TRANSPORTS, read_setup
from console.sources.source import Option, OptionKind, SourceSpec
from console.sources.starting import check_by, start_by

OPTIONS: Final = (
    Option(name="host", kind=OptionKind.TEXT, label=Text("监听地址", "Listens at"), default="127.0.0.1"),
    Option(name="port", kind=OptionKind.WHOLE, label=Text("端口", "Port")),
    Option(
        name="transport", kind=OptionKind.CHOICE, label=Text("传输方式", "Transport"), default="tcp", choices=TRANSPORTS
    ),
    Option(
        name="check_length", kind=OptionKind.FLAG, label=Text("核对长度字段", "The length field is checked"), default=True
    ),
    Option(
        name="max_connections", kind=OptionKind.WHOLE, label=Text("同时连接数上限", "Connections at most"), default=128
    ),
    Option(name="idle_s", kind=OptionKind.NUMBER, label=Text("空闲断开（秒）", "Idle connections end after (s)")),
    Option(name="accounts", kind=OptionKind.DATA, label=Text("账号", "Accounts"), default=[]),
)


SPEC: Final = SourceSpec(
    kind="sia_dc09",
    name=Text("SIA DC-09 报警主机（网络）", "SIA DC-09 panels (IP)"),
    check=check_by(read_setup),
    start=start_by(read_setup, Receiver),
    options=OPTIONS,
    probe=probe,
)
