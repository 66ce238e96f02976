"""The verifier stands alone: its Ed25519 is that of RFC 8032, and whatever was altered, taken away or added is named."""

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as some

from console.video.export import verify as verifier
from console.video.export.verify import ORDER, fingerprint_of, signature_fits, verify
from tests.video.export.packages import PUBLIC, Archive, made, sealed

SCRIPT = Path(verifier.__file__)
# RFC 8032 7.1: TEST 1, 2, 3 and SHA(abc).
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     ("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     ("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")),
    ("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     ("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
     ("dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")),
]  # fmt: skip


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_that_the_vectors_of_the_standard_fit_and_no_bit_of_them_may_change(key: str, message: str, signature: str) -> None:
    public, said, signed = (bytes.fromhex(one) for one in (key, message, signature))
    assert signature_fits(public, said, signed)
    assert not signature_fits(public, said + b"x", signed)
    for at in (0, 31, 32, 63):
        changed = bytearray(signed)
        changed[at] ^= 4
        assert not signature_fits(public, said, bytes(changed))


@settings(max_examples=25, deadline=None)
@given(seed=some.binary(min_size=32, max_size=32), message=some.binary(max_size=200), bit=some.integers(0, 511))
def test_that_it_judges_as_another_library_does(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert signature_fits(public, message, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes(changed), message)
        fits = True
    except InvalidSignature:
        fits = False
    assert signature_fits(public, message, bytes(changed)) is fits


def test_that_a_signature_has_one_form_only() -> None:
    private = Ed25519PrivateKey.generate()
    signature = private.sign(b"m")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    twin = signature[:32] + scalar.to_bytes(32, "little")
    assert not signature_fits(private.public_key().public_bytes_raw(), b"m", twin)
    assert not signature_fits(b"\xff" * 32, b"m", signature)
    assert not signature_fits(b"", b"m", signature)


def test_that_the_script_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names | {"__future__"}


@pytest.fixture
def package(kept: Archive) -> Path:
    order = kept.order(1.0, 12.0, zipped=True)
    made(order)
    return Path(order.folder)


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script of the package as somebody else runs it: another folder, no path to ours, no site packages."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), *arguments],
        cwd="/", capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_that_the_script_in_the_package_finds_it_whole(package: Path) -> None:
    done = alone(package)
    assert done.returncode == 0, done.stdout + done.stderr
    assert fingerprint_of(bytes.fromhex(PUBLIC)) in done.stdout
    assert "签名有效" in done.stdout
    assert "The signature is valid" in done.stdout
    assert alone(package, str(package), "--key", fingerprint_of(bytes.fromhex(PUBLIC)).lower()).returncode == 0
    assert alone(package, str(package), "--key", "0000").returncode == 1


def test_that_the_archive_is_checked_like_the_folder(package: Path) -> None:
    archive = package.with_name(package.name + ".zip")
    assert alone(package, str(archive)).returncode == 0
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    assert alone(package, str(archive)).returncode == 1


KINDS = ("original/cam-1/*.ts", "original/cam-2/*.mkv", "viewing/*.mp4", "README.txt", "verify.py")


@pytest.mark.parametrize("pattern", KINDS)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_that_one_bit_of_any_file_is_noticed_and_its_file_named(package: Path, pattern: str, place: float) -> None:
    victim = min(package.glob(pattern))
    content = bytearray(victim.read_bytes())
    content[round(place * (len(content) - 1))] ^= 1
    victim.write_bytes(content)
    findings, _ = verify(str(package))
    assert [(one["kind"], one["path"]) for one in findings] == [("altered", victim.relative_to(package).as_posix())]
    assert findings[0]["zh"]
    assert findings[0]["en"]


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_that_every_byte_of_manifest_and_signature_counts(package: Path, name: str) -> None:
    content = (package / name).read_bytes()
    for at in sorted({*range(0, len(content), max(1, len(content) // 40)), len(content) - 1}):
        changed = bytearray(content)
        changed[at] ^= 1
        (package / name).write_bytes(changed)
        findings, _ = verify(str(package))
        # What stands for the algorithm in the signature file is only a word for people.
        if name == "manifest.sig" and json_equal(content, bytes(changed)):
            continue
        assert findings, f"byte {at} of {name}"
    (package / name).write_bytes(content)
    assert verify(str(package))[0] == []


def json_equal(one: bytes, other: bytes) -> bool:
    """Whether key and signature are the same in both."""
    try:
        told = [json.loads(each) for each in (one, other)]
        return all(bytes.fromhex(told[0][name]) == bytes.fromhex(told[1][name]) for name in ("public_key", "signature"))
    except (ValueError, KeyError):
        return False


def test_that_what_was_added_or_taken_away_is_named(package: Path) -> None:
    gone = sorted(package.glob("original/cam-1/*.ts"))[1]
    gone.unlink()
    (package / "viewing/better.mp4").write_bytes(b"x")
    (package / "original/cam-1/link.ts").symlink_to("/etc/hostname")
    found = {(one["kind"], one["path"]) for one in verify(str(package))[0]}
    assert found == {
        ("missing", gone.relative_to(package).as_posix()),
        ("added", "viewing/better.mp4"),
        ("added", "original/cam-1/link.ts"),
    }


def test_that_a_file_that_became_a_link_is_no_file_of_the_package(package: Path, tmp_path: Path) -> None:
    victim = min(package.glob("original/cam-1/*.ts"))
    shutil.copy(victim, tmp_path / "elsewhere.ts")
    victim.unlink()
    victim.symlink_to(tmp_path / "elsewhere.ts")
    assert [one["kind"] for one in verify(str(package))[0]] == ["altered"]


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_that_a_package_without_manifest_or_signature_is_not_whole(package: Path, name: str) -> None:
    (package / name).unlink()
    assert [(one["kind"], one["path"]) for one in verify(str(package))[0]] == [("missing", name)]
    assert alone(package).returncode == 1


def test_that_the_manifest_of_another_package_does_not_fit(package: Path, kept: Archive) -> None:
    other = kept.order(0.0, 4.0, number="2026-0002", folder=str(kept.target / "b"), work=str(kept.target / ".b"))
    made(other)
    shutil.copy(Path(other.folder) / "manifest.json", package / "manifest.json")
    told = {one["path"] for one in verify(str(package))[0]}
    assert "manifest.json" in told  # the signature is of the one before
    shutil.copy(Path(other.folder) / "manifest.sig", package / "manifest.sig")
    kinds = {one["kind"] for one in verify(str(package))[0]}
    assert {"missing", "added"} <= kinds  # signed by us, and yet not what lies here


def test_that_a_package_signed_anew_by_somebody_else_shows_another_key(package: Path) -> None:
    forger = Ed25519PrivateKey.generate()
    public = forger.public_key().public_bytes_raw().hex()
    told = json.loads((package / "manifest.json").read_bytes())
    victim = min(package.glob("original/cam-1/*.ts"))
    content = (package / "manifest.json").read_bytes()

    def seal() -> None:
        signature = {"algorithm": "Ed25519", "public_key": public, "signature": forger.sign(content).hex()}
        (package / "manifest.json").write_bytes(content)
        (package / "manifest.sig").write_text(json.dumps(signature))

    seal()
    assert [one["path"] for one in verify(str(package))[0]] == ["manifest.sig"]  # not the key that the manifest names
    victim.write_bytes(b"forged")
    content = json.dumps(told | {"signing": {"public_key": public}}).encode()
    seal()
    assert [one["path"] for one in verify(str(package))[0]] == [victim.relative_to(package).as_posix()]
    # A forger who does all of it is found by the fingerprint alone, which stands on the form.
    for one in told["files"]:
        if one["path"] == victim.relative_to(package).as_posix():
            one.update(size_bytes=6, sha256=hashlib.sha256(b"forged").hexdigest())
    content = json.dumps(told | {"signing": {"public_key": public}}).encode()
    seal()
    assert verify(str(package))[0] == []
    assert [one["path"] for one in verify(str(package), fingerprint_of(bytes.fromhex(PUBLIC)))[0]] == ["manifest.sig"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"format": 1}', b"[" * 100_000])
def test_that_rubbish_in_place_of_a_manifest_is_a_finding_and_no_crash(package: Path, content: bytes) -> None:
    for name in ("manifest.json", "manifest.sig"):
        before = (package / name).read_bytes()
        (package / name).write_bytes(content)
        assert verify(str(package))[0]
        (package / name).write_bytes(before)


def test_that_a_path_out_of_the_package_is_refused(package: Path, kept: Archive) -> None:
    told = json.loads((package / "manifest.json").read_bytes())
    told["files"][0]["path"] = "../../etc/passwd"
    (package / "manifest.json").write_text(json.dumps(told))
    (package / "manifest.sig").write_bytes(sealed(str(package)))
    assert ("altered", "../../etc/passwd") in {(one["kind"], one["path"]) for one in verify(str(package))[0]}


def test_that_an_order_without_footage_still_gives_a_package_that_says_so(kept: Archive) -> None:
    order = kept.order(100.0, 110.0, cameras=tuple(replace(one, segments=()) for one in kept.cameras))
    assert made(order).made.gaps == 2
    assert verify(order.folder)[0] == []
