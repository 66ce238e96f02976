"""What is asked of a network camera before a codec touches it."""

import socket
import threading

import pytest

from console.demo.rtsp_server import Clip, Manner, RtspServer
from console.models.errors import ConsoleError
from console.video.rtsp_talk import ask, authorization, with_login

CLIP = Clip(pictures=((b"\x67\x42\x00\x1e", b"\x68\xce", b"\x65\x88"),), fps=25.0)
LOGIN, PASSWORD = "operator@post", "p@ss:w/rd?"


def test_that_a_camera_that_answers_and_lets_us_in_is_accepted() -> None:
    with RtspServer(CLIP) as server:
        ask(server.url, "", "")
    with RtspServer(CLIP, login=LOGIN, password=PASSWORD) as server:
        ask(server.url, LOGIN, PASSWORD)


def test_that_a_wrong_password_is_told_as_such_and_is_not_repeated_in_the_sentence() -> None:
    with RtspServer(CLIP, login=LOGIN, password=PASSWORD) as server, pytest.raises(ConsoleError) as raised:
        ask(server.url, LOGIN, "not-the-password")
    assert "does not accept the login or password" in raised.value.text.en
    assert "用户名或密码不对" in raised.value.text.zh
    assert "not-the-password" not in str(raised.value) + raised.value.text.zh


def test_that_a_stream_that_does_not_exist_is_told_as_such() -> None:
    with RtspServer(CLIP) as server, pytest.raises(ConsoleError, match="no such stream"):
        ask(server.url + "-of-another-name", "", "")


def test_that_a_camera_that_takes_the_connection_and_says_nothing_is_given_up() -> None:
    with RtspServer(CLIP, manner=Manner.SILENT) as server, pytest.raises(ConsoleError, match="does not answer"):
        ask(server.url, "", "")


def test_that_something_that_does_not_speak_rtsp_is_told_as_such() -> None:
    with RtspServer(CLIP, manner=Manner.NONSENSE) as server, pytest.raises(ConsoleError, match="does not speak RTSP"):
        ask(server.url, "", "")


def test_that_a_port_where_nobody_listens_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConsoleError, match="refuses connections"):
        ask(f"rtsp://127.0.0.1:{port}/live", "", "")


def test_that_an_answer_without_end_is_not_read_for_ever() -> None:
    def pour(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            line.recv(4096)
            try:
                while True:
                    line.sendall(b"x" * 4096)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=pour, args=(listener,))
        thread.start()
        with pytest.raises(ConsoleError, match="does not speak RTSP"):
            ask(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/live", "", "")
        thread.join(5)


def test_that_login_and_password_are_quoted_into_the_decoders_address() -> None:
    address = with_login("rtsp://10.0.0.8:554/Streaming/101", LOGIN, PASSWORD)
    assert address == "rtsp://operator%40post:p%40ss%3Aw%2Frd%3F@10.0.0.8:554/Streaming/101"
    assert with_login("rtsp://10.0.0.8/1", "", "unused") == "rtsp://10.0.0.8/1"


def test_that_the_digest_is_that_of_the_standards_own_example() -> None:
    # RFC 2617 3.5, with its values; the answer there was made with qop=auth and a client nonce.
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    proof = authorization(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life")
    # Without qop (RFC 2069): MD5(HA1:nonce:HA2) of the same names.
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in proof
    assert "Circle" not in proof


def test_that_a_digest_with_quality_of_protection_carries_a_count_and_a_nonce_of_ours() -> None:
    proof = authorization('Digest realm="r", nonce="n", qop="auth", opaque="o"', "DESCRIBE", "rtsp://h/1", "me", "pw")
    assert 'opaque="o"' in proof
    assert "qop=auth, nc=00000001, cnonce=" in proof


def test_that_basic_is_answered_where_only_basic_is_offered() -> None:
    assert authorization('Basic realm="r"', "DESCRIBE", "rtsp://h/1", "me", "pw") == "Basic bWU6cHc="
