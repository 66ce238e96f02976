"""What the topics of cameras mean: data, to be added to or overruled in the site folder.

Topics are those of the ONVIF specifications (Analytics Service, Annex A: rules; Device Management, 8: triggers and
failures; Imaging Service, 4.1: the picture) and, where said, those that makers add to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from console.models.alarms import AlarmClass, Priority
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a topic means. `topic` is without prefixes; one that ends with "/" means everything below it.

    `item` is the value that tells the state, empty for the first that is true or false. A `momentary` topic says that
    something happened and never that it is over. `inverted` turns a contact round. An `ignored` one is no alarm.
    `words` reads a text that lists what is seen: the state is whether anything is.
    """

    topic: str
    text: Text = Text()
    alarm_class: AlarmClass = AlarmClass.VIDEO
    priority: Priority = Priority.MEDIUM
    item: str = ""
    momentary: bool = False
    inverted: bool = False
    ignored: bool = False
    words: bool = False

    def fits(self, topic: str) -> bool:
        """Whether it speaks of this topic."""
        return topic.startswith(self.topic) if self.topic.endswith("/") else topic == self.topic


_MOTION: Final = Text("画面有移动", "Motion in the picture")
_PERSON: Final = Text("发现人员", "A person is seen")
_VEHICLE: Final = Text("发现车辆", "A vehicle is seen")
_CROSSED: Final = Text("越过警戒线", "A line was crossed")
_INSIDE: Final = Text("有目标进入警戒区", "Somebody in the watched zone")
_COVERED: Final = Text("摄像机被遮挡或破坏", "The camera is covered or tampered with")
_LOST: Final = Text("视频信号丢失", "The video signal is lost")
_CONTACT: Final = Text("报警输入触发", "An alarm input is on")
_HIGH: Final = Priority.HIGH


def _tampered(topic: str, text: Text, item: str) -> Meaning:
    return Meaning(topic=topic, text=text, alarm_class=AlarmClass.TAMPER, priority=_HIGH, item=item)


def _failed(topic: str, text: Text, item: str, alarm_class: AlarmClass = AlarmClass.FAULT) -> Meaning:
    return Meaning(topic=topic, text=text, alarm_class=alarm_class, item=item)


def _contact(topic: str, item: str) -> Meaning:
    return Meaning(topic=topic, text=_CONTACT, alarm_class=AlarmClass.INTRUSION, priority=_HIGH, item=item)


MEANINGS: Final[tuple[Meaning, ...]] = (
    Meaning(topic="VideoSource/MotionAlarm", text=_MOTION, item="State"),
    Meaning(topic="RuleEngine/CellMotionDetector/Motion", text=_MOTION, item="IsMotion"),
    Meaning(topic="RuleEngine/MotionRegionDetector/Motion", text=_MOTION, item="State"),
    Meaning(topic="RuleEngine/MotionDetector/Detection", text=_MOTION, item="Detected"),
    Meaning(topic="RuleEngine/LineDetector/Crossed", text=_CROSSED, priority=_HIGH, momentary=True),
    Meaning(topic="RuleEngine/LineDetector/Crossing", text=_CROSSED, priority=_HIGH, momentary=True),
    Meaning(topic="RuleEngine/CellMotionDetector/LineCross", text=_CROSSED, priority=_HIGH, item="IsLineCross"),
    Meaning(topic="RuleEngine/FieldDetector/ObjectsInside", text=_INSIDE, priority=_HIGH, item="IsInside"),
    Meaning(topic="RuleEngine/CellMotionDetector/Intrusion", text=_INSIDE, priority=_HIGH, item="IsIntrusion"),
    Meaning(
        topic="RuleEngine/LoiteringDetector/ObjectIsLoitering",
        text=Text("有人徘徊", "Somebody loiters"),
        priority=_HIGH,
        momentary=True,
    ),
    Meaning(topic="RuleEngine/ObjectDetection/Object", text=_INSIDE, item="ClassTypes", words=True),
    Meaning(topic="RuleEngine/PeopleDetector/People", text=_PERSON, priority=_HIGH, item="IsPeople"),
    Meaning(topic="RuleEngine/CellMotionDetector/People", text=_PERSON, priority=_HIGH, item="IsPeople"),
    Meaning(topic="RuleEngine/MyRuleDetector/PeopleDetect", text=_PERSON, priority=_HIGH, item="State"),
    Meaning(topic="RuleEngine/MyRuleDetector/FaceDetect", text=_PERSON, priority=_HIGH, item="State"),
    Meaning(topic="RuleEngine/MyRuleDetector/VehicleDetect", text=_VEHICLE, item="State"),
    Meaning(topic="RuleEngine/MyRuleDetector/Package", text=Text("发现包裹", "A parcel is seen"), item="State"),
    Meaning(topic="RuleEngine/MyRuleDetector/Visitor", text=Text("有访客", "A visitor is at the door"), item="State"),
    Meaning(topic="RuleEngine/MyRuleDetector/DogCatDetect", ignored=True),
    Meaning(topic="RuleEngine/TPSmartEventDetector/TPSmartEvent", text=_INSIDE),
    Meaning(topic="RuleEngine/CellMotionDetector/TpSmartEvent", text=_INSIDE),
    Meaning(topic="UserAlarm/IVA/HumanShapeDetect", text=_PERSON, priority=_HIGH, item="State"),
    _tampered("RuleEngine/TamperDetector/Tamper", _COVERED, "IsTamper"),
    _tampered("RuleEngine/CellMotionDetector/Tamper", _COVERED, "IsTamper"),
    _tampered("VideoSource/GlobalSceneChange/", Text("画面被移动或更换", "The camera was moved"), "State"),
    _failed("VideoSource/ImageTooBlurry/", Text("画面模糊", "The picture is blurred"), "State"),
    _failed("VideoSource/ImageTooDark/", Text("画面过暗", "The picture is too dark"), "State"),
    _failed("VideoSource/ImageTooBright/", Text("画面过亮", "The picture is too bright"), "State"),
    _failed("VideoSource/SignalLoss", _LOST, "State"),
    _failed("VideoSource/VideoLoss", _LOST, "State"),
    _failed("VideoAnalytics/VideoLoss", _LOST, "State"),
    _contact("Device/Trigger/DigitalInput", "LogicalState"),
    _contact("Device/Trigger/AlarmIn", "State"),
    Meaning(topic="Device/Trigger/Relay", ignored=True),
    _failed("Device/HardwareFailure/StorageFailure", Text("存储故障", "The camera's storage has failed"), "Failed"),
    _failed("Device/HardwareFailure/FanFailure", Text("风扇故障", "The camera's fan has failed"), "Failed"),
    _failed(
        "Device/HardwareFailure/PowerSupplyFailure",
        Text("电源故障", "The camera's power supply has failed"),
        "Failed",
        AlarmClass.POWER,
    ),
    _failed("Device/HardwareFailure/TemperatureCritical", Text("设备过热", "The camera is too hot"), "Critical"),
    Meaning(
        topic="AudioAnalytics/Audio/DetectedSound", text=Text("异常声音", "An unusual sound"), item="IsSoundDetected"
    ),
)

ALARMING: Final = (
    "RuleEngine/",
    "VideoSource/",
    "VideoAnalytics/",
    "AudioAnalytics/",
    "UserAlarm/",
    "Device/Trigger/",
    "Device/HardwareFailure/",
)
"""Below these an unknown topic that says true is shown, as an alarm of the lowest priority, rather than dropped."""


def meaning_of(topic: str, meanings: Iterable[Meaning]) -> Meaning | None:
    """The first meaning that fits, the site's own being asked first; None for a topic that is no alarm."""
    known = next((one for one in meanings if one.fits(topic)), None)
    if known is not None:
        return None if known.ignored else known
    if topic.startswith(ALARMING):
        return Meaning(topic=topic, text=Text(f"未知事件 {topic}", f"Unknown event {topic}"), priority=Priority.LOW)
    return None
