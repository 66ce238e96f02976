"""What a package says of itself to whoever opens it, in both languages."""

from zoneinfo import ZoneInfo

from console.models.export import ExportOrder

_TEXT = """录像资料包 {number}
================================================================
站点：{site_zh}
时段：{from_at} 至 {until_at}（{zone}）
申请：{organisation} {requester}    证件/公文：{document}
用途：{purpose}{case_zh}
批准：{approved_by}    制作：{operator}
签名密钥指纹：{fingerprint}

original/   原始录像，逐字节复制，未经转码。VLC、mpv 等播放器可直接播放。
            首尾在关键帧处截取，可能比申请时段多出几秒。
viewing/    观看副本，画面上方为本地时间、摄像机和资料包编号{masks_zh}。无录像的时段以 3 秒的说明画面代替。
            观看副本仅供观看，证明以 original/ 为准。
stills/     该时段的截图和标记画面。
manifest.json  清单：摄像机、申请与实际时段、缺口、时钟偏差、审批、每个文件的 SHA-256、日志行号与链头。
manifest.sig   清单的 Ed25519 签名。
verify.py      离线校验程序，只需 Python 3.8 以上：python3 verify.py
            请把它显示的密钥指纹与登记表上的核对。为稳妥起见，请使用从值守台另行取得的 verify.py。

仅限上述用途使用，不得传播。用毕请按规定销毁。


Package of footage {number}
================================================================
Site: {site_en}
Time: {from_at} to {until_at} ({zone})
Asked for by: {organisation} {requester}    Paper shown: {document}
Purpose: {purpose}{case_en}
Approved by: {approved_by}    Made by: {operator}
Fingerprint of the signing key: {fingerprint}

original/   Footage as it was recorded, copied byte for byte, never coded anew. VLC, mpv and others play it.
            It is cut at key pictures and may begin and end some seconds outside the time that was asked for.
viewing/    A copy for looking: local time, camera and package number above the picture{masks_en}. A time
            without footage is a card of three seconds. The copy is for looking; what proves is in original/.
stills/     Pictures and bookmarks of that time.
manifest.json  Cameras, time asked for and time held, gaps, clock offsets, approval, SHA-256 of every file,
            numbers of journal lines, head of the journal.
manifest.sig   The manifest's Ed25519 signature.
verify.py      Checks the package offline; needs nothing but Python 3.8 or newer: python3 verify.py
            Compare the fingerprint it prints with the one on the form. To be sure, use a verify.py from elsewhere.

For the purpose above only. Do not pass it on. Destroy it when the purpose is met.
"""


def readme(order: ExportOrder, fingerprint: str) -> bytes:
    """The README.txt of a package: UTF-8 with a byte order mark, lines ending as every system's editor reads them."""
    zone = ZoneInfo(order.origin.timezone)
    origin = order.origin
    text = _TEXT.format(
        number=order.number,
        site_zh=origin.site.in_language("zh_CN"),
        site_en=origin.site.in_language("en"),
        from_at=f"{order.from_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        until_at=f"{order.until_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        zone=origin.timezone,
        organisation=origin.organisation,
        requester=origin.requester,
        document=origin.document,
        purpose=origin.purpose,
        case_zh=f"\n事件：{origin.incident}" if origin.incident else "",
        case_en=f"\nIncident: {origin.incident}" if origin.incident else "",
        approved_by=origin.approved_by,
        operator=origin.operator,
        fingerprint=fingerprint,
        masks_zh="，隐私区域已遮挡" if order.masks else "",
        masks_en=", privacy masks painted over" if order.masks else "",
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")
