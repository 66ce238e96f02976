"""Every key of the post, as data: the window obeys this table, the help page shows it, a test reads it."""

from dataclasses import dataclass
from typing import Final

from console.i18n import N_

WINDOW: Final = "window"
Target = tuple[str, str]  # a panel's key, or WINDOW, and the method that is called; the first that gives True did it


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that keys do.

    `keys` are key sequences of Qt; several mean the same, but for `digits`, whose number is handed on. `plain` keys
    are those without F or Ctrl: they come to the window only when no field or button wants them. `locked` actions
    are there while nobody is signed on.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    what: str
    goes_to: tuple[Target, ...]
    plain: bool = False
    digits: bool = False
    locked: bool = False

    @property
    def object_name(self) -> str:
        """The name of its QAction: "action.next_alarm"."""
        return f"action.{self.name}"


ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        name="next_alarm",
        keys=("F1",),
        title=N_("Most urgent alarm"),
        what=N_("Choose the most urgent alarm that nobody has acknowledged; its cameras and its place come to the front."),
        goes_to=(("queue", "next_alarm"),),
    ),
    Action(
        name="following_alarm",
        keys=("W",),
        title=N_("Next that waits"),
        what=N_("Choose the next alarm down the list that nobody has acknowledged, also inside a folded row."),
        goes_to=(("queue", "following_alarm"),),
        plain=True,
    ),
    Action(
        name="acknowledge",
        keys=("Space",),
        title=N_("Acknowledge"),
        what=N_("Acknowledge the chosen alarm, which stands out in the list; where none is chosen, go to the most urgent."),
        goes_to=(("queue", "acknowledge"),),
        plain=True,
    ),
    Action(
        name="acknowledge_group",
        keys=("A",),
        title=N_("Acknowledge group"),
        what=N_(
            "Acknowledge what is folded into the chosen row, after a question; life classes, critical alarms and a"
            " colleague's stay apart."
        ),
        goes_to=(("queue", "acknowledge_group"),),
        plain=True,
    ),
    Action(
        name="proceed",
        keys=("Return", "Enter"),
        title=N_("Open the plan, do the step"),
        what=N_("Open the plan of the chosen alarm; while a plan runs, do its present step."),
        goes_to=(("manual", "proceed"), ("response", "proceed"), ("queue", "open_plan")),
        plain=True,
    ),
    Action(
        name="verify",
        keys=("V",),
        title=N_("Verify"),
        what=N_("Say what is behind the chosen alarm, level 0 to 4, and how one knows."),
        goes_to=(("queue", "verify"),),
        plain=True,
    ),
    Action(
        name="claim",
        keys=("C",),
        title=N_("Claim"),
        what=N_("Make the chosen alarm one's own."),
        goes_to=(("queue", "claim"),),
        plain=True,
    ),
    Action(
        name="hand_over",
        keys=("H",),
        title=N_("Hand over"),
        what=N_("Give the chosen alarm to a colleague who is signed on, by number."),
        goes_to=(("queue", "hand_over"),),
        plain=True,
    ),
    Action(
        name="let_go",
        keys=("G",),
        title=N_("Let go"),
        what=N_("Give up the chosen alarm; anybody may claim it."),
        goes_to=(("queue", "let_go"),),
        plain=True,
    ),
    Action(
        name="park",
        keys=("P",),
        title=N_("Park"),
        what=N_("Put the chosen alarm off until a time, with a reason; again to end that."),
        goes_to=(("queue", "park"),),
        plain=True,
    ),
    Action(
        name="shelve",
        keys=("S",),
        title=N_("Shelve"),
        what=N_("Put a nuisance aside for a time or until it is normal; never a life class or a critical alarm."),
        goes_to=(("queue", "shelve"),),
        plain=True,
    ),
    Action(
        name="take_out",
        keys=("O",),
        title=N_("Out of service, on test"),
        what=N_("Begin a rule that takes the point of the chosen alarm out of service or puts it on test."),
        goes_to=(("queue", "take_out"),),
        plain=True,
    ),
    Action(
        name="not_a_test",
        keys=("N",),
        title=N_("Not a test: it is real"),
        what=N_("Bring back at once what a rule hides, because it is real."),
        goes_to=(("hidden", "not_a_test"),),
        plain=True,
    ),
    Action(
        name="bring_back",
        keys=("B",),
        title=N_("Bring back"),
        what=N_("Bring back the chosen shelved alarm, or end the chosen rule."),
        goes_to=(("hidden", "bring_back"),),
        plain=True,
    ),
    Action(
        name="reset",
        keys=("Z",),
        title=N_("Reset"),
        what=N_("Let a latched alarm go; with a note where it was checked on site."),
        goes_to=(("queue", "reset"),),
        plain=True,
    ),
    Action(
        name="cut_loose",
        keys=("U",),
        title=N_("Cut loose"),
        what=N_("Take the chosen alarm out from under its cause."),
        goes_to=(("queue", "cut_loose"),),
        plain=True,
    ),
    Action(
        name="unfold",
        keys=("Right",),
        title=N_("Unfold"),
        what=N_("Show what is folded under the chosen row."),
        goes_to=(("queue", "unfold"),),
        plain=True,
    ),
    Action(
        name="fold",
        keys=("Left",),
        title=N_("Fold"),
        what=N_("Fold the chosen row again, or go up to the row it belongs to."),
        goes_to=(("queue", "fold"),),
        plain=True,
    ),
    Action(
        name="show_new",
        keys=("J",),
        title=N_("Go to what is new"),
        what=N_("Scroll to alarms that wait outside the part of the queue that is seen."),
        goes_to=(("queue", "show_new"),),
        plain=True,
    ),
    Action(
        name="narrow",
        keys=("/",),
        title=N_("Narrow the queue"),
        what=N_("Show only what has these words; the queue says how many it keeps out of sight."),
        goes_to=(("queue", "narrow"),),
        plain=True,
    ),
    Action(
        name="search",
        keys=("Ctrl+F",),
        title=N_("Search all history"),
        what=N_("Find any alarm by words, class, priority, source and period; Page Down turns pages."),
        goes_to=(("queue", "search"),),
    ),
    Action(
        name="hidden",
        keys=("Ctrl+H",),
        title=N_("What is hidden"),
        what=N_("Everything shelved, suppressed, out of service or on test, and the rules that hide it."),
        goes_to=(("hidden", "begin"),),
    ),
    Action(
        name="duty_check",
        keys=("Y",),
        title=N_("Answer a duty check"),
        what=N_("Say that somebody is there when a centre asks (duty check)."),
        goes_to=((WINDOW, "answer_duty_check"),),
        plain=True,
    ),
    Action(
        name="tell",
        keys=("I",),
        title=N_("Told, not reached"),
        what=N_("Say whom one called of those who are to be told of the alarm, and how it went."),
        goes_to=(("response", "tell"),),
        plain=True,
    ),
    Action(
        name="answer",
        keys=("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        title=N_("Answer 1 to 9"),
        what=N_("Give the answer with this number to the present step."),
        goes_to=(("manual", "choose"), ("response", "choose")),
        plain=True,
        digits=True,
    ),
    Action(
        name="step_back",
        keys=("Esc",),
        title=N_("Back"),
        what=N_("Leave a field, a form, the single picture or what an alarm brought to the front. Nothing is lost."),
        goes_to=(
            *((panel, "leave") for panel in ("queue", "hidden", "response")),
            (WINDOW, "step_back"),
            ("manual", "leave"),
            ("wall", "step_back"),
        ),
        plain=True,
        locked=True,
    ),
    Action(
        name="camera",
        keys=("F2",),
        title=N_("Camera by number"),
        what=N_("Type the number of a camera, Enter brings it to the front of the wall."),
        goes_to=(("wall", "ask_number"),),
    ),
    Action(
        name="camera_list",
        keys=("F3",),
        title=N_("Cameras and layouts"),
        what=N_("The list of cameras beside the wall, with layouts, sequences and video rounds; again to close it."),
        goes_to=(("wall", "toggle_side"),),
    ),
    Action(
        name="video_round",
        keys=("F4",),
        title=N_("Video round"),
        what=N_("Begin the video round, or go on with it: camera by camera, Enter is normal, A is abnormal."),
        goes_to=(("wall", "begin_round"),),
    ),
    Action(
        name="wall_layout",
        keys=("Alt+1", "Alt+2", "Alt+3", "Alt+4", "Alt+5", "Alt+6", "Alt+7", "Alt+8", "Alt+9"),
        title=N_("Layout of the wall"),
        what=N_("1, 4, 9, 16, 25 or 36 pictures, one large with five or seven, or tiles of any size."),
        goes_to=(("wall", "choose_layout"),),
        digits=True,
    ),
    Action(
        name="next_layout",
        keys=("L",),
        title=N_("Next layout"),
        what=N_("Cut the wall the next way."),
        goes_to=(("wall", "next_layout"),),
        plain=True,
    ),
    Action(
        name="previous_layout",
        keys=("K",),
        title=N_("Layout before"),
        what=N_("Cut the wall the way before."),
        goes_to=(("wall", "previous_layout"),),
        plain=True,
    ),
    Action(
        name="replay",
        keys=("R",),
        title=N_("Instant replay"),
        what=N_("Show the last 30 seconds of the chosen camera over and over; again for the live picture."),
        goes_to=(("wall", "replay"),),
        plain=True,
    ),
    Action(
        name="turn_camera",
        keys=("T",),
        title=N_("Turn the camera"),
        what=N_(
            "Turn the chosen camera: arrows or the numeric pad while held, Shift slowly, + and - zoom, 1 to 9 go to a"
            " position; again or Esc to end it."
        ),
        goes_to=(("wall", "turn_camera"),),
        plain=True,
    ),
    Action(
        name="lift_masks",
        keys=("M",),
        title=N_("Lift privacy masks"),
        what=N_("Have the privacy masks of the chosen camera lifted for a while, with a reason; again to put them back at once."),
        goes_to=(("wall", "lift_masks"),),
        plain=True,
    ),
    Action(
        name="play_back",
        keys=("Ctrl+R",),
        title=N_("Play back"),
        what=N_(
            "Play the recordings from 30 seconds before what is chosen: an alarm, a case, a line of the log, an alarm found"
            " in the history, a replay on the wall; else of the camera chosen last."
        ),
        goes_to=(
            ("wall", "play_back"),
            ("queue", "play_back"),
            ("log", "play_back"),
            ("journal", "play_back"),
            ("footage", "play_back"),
            ("playback", "open_chosen"),
        ),
    ),
    Action(
        name="swap_tiles",
        keys=("X",),
        title=N_("Swap two tiles"),
        what=N_("Mark the chosen tile; with another one chosen, the two change places."),
        goes_to=(("wall", "swap"),),
        plain=True,
    ),
    Action(
        name="clear_tile",
        keys=("Del",),
        title=N_("Empty the tile"),
        what=N_("Empty the chosen tile; its camera waits on a later page."),
        goes_to=(("wall", "clear_tile"),),
        plain=True,
    ),
    Action(
        name="wall_alone",
        keys=("F",),
        title=N_("The wall alone"),
        what=N_("Give the wall all the room there is; again, or with an alarm, everything comes back."),
        goes_to=(("wall", "toggle_full"),),
        plain=True,
    ),
    Action(
        name="wall_window",
        keys=("Shift+F3",),
        title=N_("Wall on another monitor"),
        what=N_("Open a wall of its own on the next monitor; it comes back there after a restart."),
        goes_to=(("wall", "open_window"),),
    ),
    Action(
        name="next_page",
        keys=("PgDown",),
        title=N_("Next cameras"),
        what=N_("Show the next page of cameras on the wall."),
        goes_to=(("queue", "next_found"), ("wall", "next_page")),
        plain=True,
    ),
    Action(
        name="previous_page",
        keys=("PgUp",),
        title=N_("Previous cameras"),
        what=N_("Show the previous page of cameras on the wall."),
        goes_to=(("queue", "previous_found"), ("wall", "previous_page")),
        plain=True,
    ),
    Action(
        name="snapshot",
        keys=("F5",),
        title=N_("Snapshot"),
        what=N_("Keep the picture of the chosen camera as evidence, with its SHA-256."),
        goes_to=(("wall", "take_snapshot"),),
    ),
    Action(
        name="due",
        keys=("F6",),
        title=N_("Do the top due item"),
        what=N_("Note that the topmost item of the due list has been done."),
        goes_to=(("due", "do_top"),),
    ),
    Action(
        name="write",
        keys=("F7",),
        title=N_("Write in the duty log"),
        what=N_('Write a line; "-20 gate checked" makes it a late entry of twenty minutes ago.'),
        goes_to=(("journal", "write"), ("log", "write")),
    ),
    Action(
        name="handover",
        keys=("F8",),
        title=N_("Handover"),
        what=N_("Show the handover of this shift."),
        goes_to=((WINDOW, "show_handover"),),
    ),
    Action(
        name="report_alarm",
        keys=("F9",),
        title=N_("Report an alarm"),
        what=N_("Raise an alarm that a person has reported by telephone, radio or in person."),
        goes_to=(("manual", "begin"),),
    ),
    Action(
        name="pause_sound",
        keys=("F10",),
        title=N_("Pause the sound"),
        what=N_("Pause the alarm sound for at most 60 seconds; a new alarm ends the pause."),
        goes_to=((WINDOW, "pause_sound"),),
        locked=True,
    ),
    Action(
        name="look",
        keys=("F11",),
        title=N_("Night or day"),
        what=N_("Switch between the dark and the light look."),
        goes_to=((WINDOW, "switch_look"),),
        locked=True,
    ),
    Action(
        name="language",
        keys=("Shift+F11",),
        title=N_("Chinese or English"),
        what=N_("Switch the language of the screen."),
        goes_to=((WINDOW, "switch_language"),),
        locked=True,
    ),
    Action(
        name="sign_on",
        keys=("F12",),
        title=N_("Sign on"),
        what=N_("Sign on another person, or give the keyboard to somebody who is signed on."),
        goes_to=((WINDOW, "show_sign_on"),),
    ),
    Action(
        name="lock",
        keys=("Ctrl+L",),
        title=N_("Lock the keyboard"),
        what=N_("Nobody has the keyboard until a password is given. Alarms keep coming and sounding."),
        goes_to=((WINDOW, "lock"),),
    ),
    Action(
        name="page_watch",
        keys=("Ctrl+1",),
        title=N_("Watch"),
        what=N_("Show pictures, map, alarms and response."),
        goes_to=((WINDOW, "show_watch"),),
    ),
    Action(
        name="page_playback",
        keys=("Ctrl+2",),
        title=N_("Playback"),
        what=N_("Show the playback page: recordings of one moment, side by side."),
        goes_to=((WINDOW, "show_playback"),),
    ),
    Action(
        name="page_handover",
        keys=("Ctrl+3",),
        title=N_("Handover"),
        what=N_("Show the handover page."),
        goes_to=((WINDOW, "show_handover"),),
    ),
    Action(
        name="page_log",
        keys=("Ctrl+4",),
        title=N_("Log"),
        what=N_("Show the duty log page."),
        goes_to=((WINDOW, "show_log"),),
    ),
    Action(
        name="page_registers",
        keys=("Ctrl+5",),
        title=N_("Registers"),
        what=N_("Show work orders and the other registers of the post."),
        goes_to=((WINDOW, "show_registers"),),
    ),
    Action(
        name="page_figures",
        keys=("Ctrl+6",),
        title=N_("Figures"),
        what=N_("Show how many alarms the post has to bear and how fast it answers them."),
        goes_to=((WINDOW, "show_figures"),),
    ),
    Action(
        name="page_system",
        keys=("Ctrl+7",),
        title=N_("System"),
        what=N_("Show cameras, sources, settings and people."),
        goes_to=((WINDOW, "show_system"),),
    ),
    Action(
        name="help",
        keys=("Shift+F1", "?"),
        title=N_("Keys"),
        what=N_("Show this page."),
        goes_to=((WINDOW, "show_help"),),
        locked=True,
    ),
)
BY_NAME: Final = {action.name: action for action in ACTIONS}


def plain_actions() -> dict[str, Action]:
    """The actions of plain keys, by the name Qt gives the key: "Space", "Return", "1" ... and "?"."""
    plain = {key: action for action in ACTIONS if action.plain for key in action.keys}
    return plain | {"?": BY_NAME["help"]}
