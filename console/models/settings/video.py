"""The numbers of video: pictures, recording, footage."""

from console.models.settings.kind import Setting
from console.models.text import Text

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "video.stale_s",
        2.0,
        "s",
        Text("画面陈旧", "A picture counts as stale after"),
        "control-room practice: over 2 s dim, over 5 s no signal",
        0.5,
        60,
    ),
    Setting(
        "video.offline_s",
        5.0,
        "s",
        Text("画面离线", "A camera counts as offline after"),
        "control-room practice",
        1,
        600,
    ),
)
