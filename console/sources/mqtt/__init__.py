"""Hear an MQTT broker: any topic by a mapping, and Frigate, Home Assistant and Zigbee2MQTT as they are."""

from typing import Final

from console.models.text import Text
from console.sources.mqtt.canary import probe
from console.sources.mqtt.receiver import Receiver
from console.sources.mqtt.setup import PORT, PROTOCOLS, read_setup
from console.sources.source import Option, OptionKind, SourceSpec
from console.sources.starting import check_by, start_by

OPTIONS: Final = (
    Option(name="host", kind=OptionKind.TEXT, label=Text("服务器", "Broker"), default="127.0.0.1"),
    Option(name="port", kind=OptionKind.WHOLE, label=Text("端口（加密时 8883）", "Port (8883 with TLS)"), default=PORT),
    Option(name="protocol", kind=OptionKind.CHOICE, label=Text("协议版本", "Protocol"), default="5", choices=PROTOCOLS),
    Option(name="login", kind=OptionKind.TEXT, label=Text("登录名", "Login"), default=""),
    Option(name="password", kind=OptionKind.SECRET, label=Text("口令名称", "Name of the password"), default=""),
    Option(name="tls", kind=OptionKind.FLAG, label=Text("加密连接（TLS）", "TLS"), default=False),
    Option(name="ca_file", kind=OptionKind.TEXT, label=Text("CA 证书文件", "CA certificate file"), default=""),
    Option(
        name="certificate_file", kind=OptionKind.TEXT, label=Text("本机证书文件", "Own certificate file"), default=""
    ),
    Option(name="key_file", kind=OptionKind.TEXT, label=Text("本机私钥文件", "Own key file"), default=""),
    Option(name="client_id", kind=OptionKind.TEXT, label=Text("客户端编号", "Client id"), default=""),
    Option(name="keepalive_s", kind=OptionKind.WHOLE, label=Text("保活间隔（秒）", "Keep alive (s)"), default=30),
    Option(
        name="session_s",
        kind=OptionKind.WHOLE,
        label=Text("会话保留（秒）", "Session kept for (s)"),
        default=7 * 86400,
    ),
    Option(
        name="heartbeat_s",
        kind=OptionKind.NUMBER,
        label=Text("至少多久有消息（秒）", "Heard at least every (s)"),
        default=0.0,
    ),
    Option(
        name="max_bytes", kind=OptionKind.WHOLE, label=Text("消息最大字节", "Largest message (bytes)"), default=65_536
    ),
    Option(
        name="announce", kind=OptionKind.FLAG, label=Text("公布本机在线状态", "Publish our own state"), default=True
    ),
    Option(name="map", kind=OptionKind.DATA, label=Text("主题映射", "Mapping of topics"), default=[]),
)


SPEC: Final = SourceSpec(
    kind="mqtt",
    name=Text("MQTT（Frigate、智能家居、物联网）", "MQTT (Frigate, smart home, IoT)"),
    check=check_by(read_setup),
    start=start_by(read_setup, Receiver),
    options=OPTIONS,
    probe=probe,
)
