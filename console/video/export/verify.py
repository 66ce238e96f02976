#!/usr/bin/env python3
"""Check a package of footage: python3 verify.py [FOLDER or ZIP] [--key FINGERPRINT].

检查录像资料包：python3 verify.py [文件夹或 ZIP] [--key 指纹]

Plain Python 3.8 or newer, nothing else is needed, no network. It checks the signature of the manifest (Ed25519,
RFC 8032) and every file, and names what was altered, is missing or was added. Exit code 0: all is as it was signed.
A copy of this file lies in every package. Whoever could alter a package could alter that copy too: to be sure, take
this file from somewhere else, and compare the key's fingerprint with the one on the paper form.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import zipfile
from typing import Any

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
FORMAT = "zhishou-footage-package"

# ------------------------------------------------------------------ Ed25519, RFC 8032 5.1
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recovered_x(y: int, sign: int) -> int | None:
    """The x of a point from its y and the lowest bit of x; None where no point has that y."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def add(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The sum of two points in extended coordinates (X, Y, Z, T)."""
    left = (a[1] - a[0]) * (b[1] - b[0]) % P
    right = (a[1] + a[0]) * (b[1] + b[0]) % P
    both = 2 * a[3] * b[3] * D % P
    size = 2 * a[2] * b[2] % P
    e, f, g, h = right - left, size - both, size + both, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """A point added to itself so many times."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def packed(point: tuple[int, int, int, int]) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def unpacked(data: bytes) -> tuple[int, int, int, int] | None:
    """The point of 32 bytes; None where they are of no point."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = recovered_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recovered_x(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signature_fits(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes are the signature of this message by the owner of the key (32 bytes)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    point = unpacked(public_key)
    if point is None:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public_key + message).digest()
    back = (P - point[0], point[1], 1, P - point[3])
    found = add(times(scalar, BASE), times(int.from_bytes(challenge, "little") % ORDER, back))
    return packed(found) == signature[:32]


def fingerprint_of(public_key: bytes) -> str:
    """A key as it stands on paper: eight groups of four, of the SHA-256 of its 32 bytes."""
    digits = hashlib.sha256(public_key).hexdigest()[:32].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


# ------------------------------------------------------------------ the package
def digest_of(path: str) -> tuple[int, str]:
    """(size, SHA-256) of a file."""
    total, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while True:
            block = file.read(1 << 20)
            if not block:
                return size, total.hexdigest()
            total.update(block)
            size += len(block)


def files_in(folder: str) -> set[str]:
    """Every file below the folder, by its path with forward slashes; links are not followed."""
    found: set[str] = set()
    for above, folders, names in os.walk(folder):
        inside = os.path.relpath(above, folder)
        links = [name for name in folders if os.path.islink(os.path.join(above, name))]
        for name in names + links:
            path = name if inside == "." else os.path.join(inside, name)
            found.add(path.replace(os.sep, "/"))
    return found


def told(kind: str, path: str, zh: str, en: str) -> dict[str, str]:
    """One finding."""
    return {"kind": kind, "path": path, "zh": zh, "en": en}


def check_manifest(folder: str, wanted_key: str, findings: list[dict[str, str]]) -> dict[str, Any] | None:
    """Read manifest and signature; what does not fit goes to the findings. Gives the manifest, or None."""
    read: dict[str, bytes] = {}
    for name in (MANIFEST, SIGNATURE):
        try:
            with open(os.path.join(folder, name), "rb") as file:
                read[name] = file.read()
        except OSError:
            findings.append(told("missing", name, "缺少 " + name, name + " is missing"))
    if MANIFEST not in read:
        return None
    try:
        manifest: dict[str, Any] = json.loads(read[MANIFEST].decode("utf-8"))
        if manifest["format"] != FORMAT:
            raise ValueError
        for one in manifest["files"]:
            str(one["path"]), int(one["size_bytes"]), str(one["sha256"])
        bytes.fromhex(manifest["signing"]["public_key"])
    except (ValueError, KeyError, TypeError, RecursionError):
        findings.append(
            told("altered", MANIFEST, "清单已被改动，无法读取", "the manifest was altered and cannot be read")
        )
        return None
    if SIGNATURE in read:
        check_signature(manifest, read[MANIFEST], read[SIGNATURE], wanted_key, findings)
    return manifest


def check_signature(
    manifest: dict[str, Any], content: bytes, signed: bytes, wanted_key: str, findings: list[dict[str, str]]
) -> None:
    """Compare the signature with the manifest, and its key with the one that is wanted."""
    try:
        seal = json.loads(signed.decode("utf-8"))
        key, signature = bytes.fromhex(seal["public_key"]), bytes.fromhex(seal["signature"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        findings.append(
            told("altered", SIGNATURE, "签名文件已被改动，无法读取", "the signature was altered and cannot be read")
        )
        return
    if not signature_fits(key, content, signature):
        findings.append(
            told(
                "altered",
                MANIFEST,
                "签名不符：清单或签名已被改动，或者清单来自另一个资料包",
                "the signature does not fit: manifest or signature was altered, or one of them is another package's",
            )
        )
    own = manifest["signing"]["public_key"]
    if own != seal["public_key"]:
        findings.append(
            told(
                "altered",
                SIGNATURE,
                "签名用的不是清单所写的密钥",
                "it is signed with another key than the manifest names",
            )
        )
    print_key = fingerprint_of(key)
    if wanted_key and plain_key(wanted_key) != plain_key(print_key):
        findings.append(
            told(
                "altered",
                SIGNATURE,
                "密钥指纹不是所要求的，而是 " + print_key,
                "the key is not the one that was asked for but " + print_key,
            )
        )


def plain_key(text: str) -> str:
    """A fingerprint without blanks and other marks between its groups."""
    return "".join(letter for letter in text.upper() if letter in "0123456789ABCDEF")


def check_files(folder: str, manifest: dict[str, Any], findings: list[dict[str, str]]) -> None:
    """Compare every file with the manifest, then look for files that it does not know."""
    names = set()
    for one in manifest["files"]:
        path = str(one["path"])
        names.add(path)
        parts = path.split("/")
        real = os.path.join(folder, *parts)
        if (
            ".." in parts
            or os.path.isabs(path)
            or any(os.path.islink(os.path.join(folder, *parts[: n + 1])) for n in range(len(parts)))
        ):
            findings.append(told("altered", path, "不是资料包内的普通文件", "is no plain file of the package"))
            continue
        try:
            size, digest = digest_of(real)
        except OSError:
            findings.append(told("missing", path, "文件缺失", "is missing"))
            continue
        if size != one["size_bytes"]:
            zh = "长度被改动：应为 %s 字节，现为 %d" % (one["size_bytes"], size)
            en = "its length was altered: %s bytes then, %d now" % (one["size_bytes"], size)
            findings.append(told("altered", path, zh, en))
        elif digest != one["sha256"]:
            findings.append(told("altered", path, "内容被改动", "its content was altered"))
    findings.extend(
        told("added", path, "清单中没有此文件，是后加的", "is not in the manifest: it was added")
        for path in sorted(files_in(folder) - names - {MANIFEST, SIGNATURE})
    )


def verify(folder: str, wanted_key: str = "") -> tuple[list[dict[str, str]], dict[str, Any] | None]:
    """(findings, manifest or None): every finding has kind (altered, missing, added), path, zh and en."""
    findings: list[dict[str, str]] = []
    manifest = check_manifest(folder, wanted_key, findings)
    if manifest is not None:
        check_files(folder, manifest, findings)
    return findings, manifest


def report(folder: str, wanted_key: str = "") -> int:
    """Print what was found in both languages; gives the exit code."""
    findings, manifest = verify(folder, wanted_key)
    if manifest is not None:
        key = bytes.fromhex(manifest["signing"]["public_key"])
        print("资料包 / package: %s" % manifest.get("number", "?"))
        print("密钥指纹 / key fingerprint: %s" % fingerprint_of(key))
        for camera in manifest.get("cameras", []):
            for gap in camera.get("gaps", []):
                where = (camera.get("id", "?"), gap.get("from_at", "?"), gap.get("until_at", "?"))
                reason = gap.get("reason", {})
                print(
                    "录像缺口 / gap: %s  %s – %s" % where + "  %s / %s" % (reason.get("zh", ""), reason.get("en", ""))
                )
    for one in findings:
        print("[%s] %s\n    %s\n    %s" % (one["kind"].upper(), one["path"], one["zh"], one["en"]))
    if findings or manifest is None:
        print(
            "\n有 %d 处不符，资料包不可信。\n%d findings: do not trust this package." % (len(findings), len(findings))
        )
        return 1
    print("\n签名有效，%d 个文件全部未改动。" % len(manifest["files"]))
    print("The signature is valid and all %d files are unaltered." % len(manifest["files"]))
    print("请将密钥指纹与登记表核对。 Compare the key's fingerprint with the one on the form.")
    return 0


def main(arguments: list[str]) -> int:
    """Check what is named, else the folder that this file lies in."""
    wanted_key = ""
    if "--key" in arguments:
        at = arguments.index("--key")
        wanted_key = arguments[at + 1] if at + 1 < len(arguments) else "?"
        arguments = arguments[:at] + arguments[at + 2 :]
    target = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    if os.path.isdir(target):
        return report(target, wanted_key)
    try:
        with zipfile.ZipFile(target) as archive, tempfile.TemporaryDirectory() as folder:
            archive.extractall(folder)
            return report(folder, wanted_key)
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        print("无法读取 / cannot be read: %s (%s)" % (target, error))
        return 1
    except Exception as error:  # a damaged archive fails in many ways, and none of them may look like success
        print("压缩包已损坏 / the archive is damaged: %s (%s)" % (target, error))
        return 1


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
