"""The tour: the whole story played on the real window with real keys and clicks, in pictures and papers.

It is what a newcomer would do in a minute and a half, and it is a test: where anything that has to be seen does not
come, it says what, keeps a picture of that moment, and ends with an exit code that is not 0.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QMainWindow

from console.demo.tour.hands import Hands
from console.demo.tour.paper import render
from console.demo.tour.scenes import SCENES, Scene, Stage
from console.models.errors import ConsoleError
from console.models.text import Text
from console.views.demo_accounts import DemoAccounts

SIZE_PX: Final = (1920, 1080)
FAILED: Final = 1


class Tour:
    """Plays the story into `folder`. `say` gets every line for the person at the terminal, in `language`."""

    def __init__(
        self,
        folder: Path,
        language: str,
        *,
        data_dir: Path | None,
        size_px: tuple[int, int] = SIZE_PX,
        scenes: Iterable[Scene] = SCENES,
        say: Callable[[str], Any] = lambda line: sys.stdout.write(line + "\n"),
    ) -> None:
        self._folder = folder
        self._language = language
        self._data_dir = data_dir
        self._size_px = size_px
        self._scenes = tuple(scenes)
        self._say_line = say

    def play(self, window: QMainWindow) -> int:
        """Play all scenes on the window; gives the exit code."""
        began_s = time.monotonic()
        self._prepare_folder()
        hands = Hands(window, self._folder)
        bridge: Any = getattr(window, "bridge", None)
        stage = Stage(
            panels=getattr(window, "panels", {}),
            bridge=bridge,
            language=self._language,
            data_dir=self._data_dir or bridge.surroundings.data_dir,
            papers=[],
        )
        for accounts in window.findChildren(DemoAccounts):
            accounts.stay()  # somebody is there: on a slow machine the first account would sign on amid the typing
        window.resize(*self._size_px)
        window.show()
        window.activateWindow()
        try:
            for scene in self._scenes:
                scene.play(hands, stage)
                picture = hands.picture(scene.name)
                self._say(Text(f"  {picture.name}  {scene.title.zh}", f"  {picture.name}  {scene.title.en}"))
            papers = [self._keep(paper) for paper in stage.papers]
        except ConsoleError as error:
            picture = hands.picture("failed")
            self._say(
                Text(
                    f"演示中断：{error.text.zh} 当时的画面：{picture}，键盘在“{hands.focus_name()}”。",
                    f"The tour broke off. {error.text.en} That moment: {picture}, the keys at “{hands.focus_name()}”.",
                )
            )
            return FAILED
        took_s = time.monotonic() - began_s
        self._say(
            Text(
                f"演示完成，用时 {took_s:.0f} 秒：{len(hands.pictures)} 张截图，{len(papers)} 份 PDF，都在 {self._folder}",
                f"The tour took {took_s:.0f} s: {len(hands.pictures)} pictures and {len(papers)} PDFs in {self._folder}",
            )
        )
        return 0

    def _prepare_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConsoleError(
                f"文件夹 {self._folder} 无法建立：{error.strerror}。",
                f"The folder {self._folder} cannot be made: {error.strerror}.",
            ) from error
        self._say(
            Text(
                f"演示自动播放，截图和 PDF 存放在 {self._folder}",
                f"The story plays by itself; pictures and PDFs go to {self._folder}",
            )
        )

    def _keep(self, paper: Path) -> Path:
        """Copy a PDF into the folder and draw its pages beside it."""
        kept = self._folder / paper.name
        shutil.copy2(paper, kept)
        pages = render(kept, self._folder)
        self._say(Text(f"  {kept.name}  共 {len(pages)} 页", f"  {kept.name}  {len(pages)} pages"))
        return kept

    def _say(self, text: Text) -> None:
        self._say_line(text.in_language(self._language))
        sys.stdout.flush()


__all__ = ["Tour"]
