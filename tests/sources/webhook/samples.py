"""Small notifications in the shape of the makers', written for these tests."""

HIK_FIELD = b"""<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<ipAddress>192.0.2.7</ipAddress><macAddress>00:00:5e:00:53:07</macAddress><channelID>2</channelID>
<dateTime>2026-03-14T12:05:00+08:00</dateTime><activePostCount>1</activePostCount>
<eventType>fielddetection</eventType><eventState>active</eventState>
<DetectionRegionList><DetectionRegionEntry><regionID>3</regionID><detectionTarget>human</detectionTarget>
</DetectionRegionEntry></DetectionRegionList><channelName>\xe4\xb8\x9c\xe9\x97\xa8</channelName>
</EventNotificationAlert>"""
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8 + b"\xff\xd9"
HIK_PARTS_TYPE = "multipart/form-data; boundary=MIME_boundary"
DAHUA_MOTION = b'Code=VideoMotion;action=Start;index=0;data={\n "Id" : [ 0 ], "Name" : "Yard"\n}\n'
DAHUA_STOP = b"Code=VideoMotion;action=Stop;index=0"


def hik(kind: str, *, state: str = "active", at: str = "2026-03-14T12:05:00+08:00", more: str = "") -> bytes:
    """A notification of a camera on channel 1."""
    return (
        "<EventNotificationAlert><channelID>1</channelID>"
        f"<dateTime>{at}</dateTime><eventType>{kind}</eventType><eventState>{state}</eventState>{more}"
        "</EventNotificationAlert>"
    ).encode()


def hik_parts(xml: bytes = HIK_FIELD, picture: bytes = JPEG) -> bytes:
    """The same with a picture behind it."""
    return b"".join(
        (
            b'--MIME_boundary\r\nContent-Disposition: form-data; name="event"\r\nContent-Type: application/xml\r\n\r\n',
            xml,
            b'\r\n--MIME_boundary\r\nContent-Disposition: form-data; name="p"\r\nContent-Type: image/jpeg\r\n\r\n',
            picture,
            b"\r\n--MIME_boundary--\r\n",
        )
    )
