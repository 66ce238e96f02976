"""The pretend transmitter: it sends again until it is answered, and gives up like a real one."""

import socket
import threading

from console.demo.fire import FIRE, FireTransmitter
from console.sources.gb26875 import wire
from console.sources.gb26875.wire import Command, Frame, Framer

PATIENCE_S = 60.0


def test_that_a_report_is_sent_again_with_the_same_bytes_until_it_is_confirmed() -> None:
    heard: list[Frame] = []

    def centre(server: socket.socket) -> None:
        while len(heard) < 3:
            line, _address = server.accept()
            with line:
                frames = [one for one in Framer().feed(line.recv(4096)) if isinstance(one, Frame)]
                heard.extend(frames)
                if len(heard) == 3:
                    line.sendall(wire.confirm(frames[0], bytes(6)))

    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=centre, args=(server,))
        answering.start()
        with FireTransmitter("127.0.0.1", server.getsockname()[1], 889, timeout_s=PATIENCE_S) as device:
            told = device.part(FIRE, "大厅")
        answering.join()
    assert (told.confirmed, told.attempts) == (True, 3)
    assert len({frame.raw for frame in heard}) == 1
    assert (heard[0].source, heard[0].command) == (889, Command.SEND)


def test_that_a_transmitter_gives_up_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nowhere: tuple[str, int] = server.getsockname()
    with FireTransmitter(nowhere[0], nowhere[1], 889, attempts=2) as device:
        told = device.heartbeat()
    assert (told.command, told.attempts) == (None, 2)
