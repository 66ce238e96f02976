"""Make the alarm tones in `resources/sounds`: `python -m tools.build_sounds [FOLDER]`.

The bursts follow the habit of IEC 60601-1-8: ten pulses in groups of three and two for the highest
priority, three for the middle, one for the low, a lower and softer one for what may wait, so that the
urgency is heard without counting and without words. A pulse of the highest priority is 120 ms at 932 Hz, as on hospital monitors that state
their signal. Every pulse is a fundamental with three weaker harmonics below 4 kHz, so that it
is heard through a fan and still has a place; it swells and fades, so that it does not click. Loss of
the system itself and the duty check (查岗) of a superior centre have melodies of their own, because GB
26875.1 wants the check to be told from every alarm.
"""

import math
import struct
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

RATE_HZ = 22_050
HARMONICS = ((1, 1.0), (2, 0.45), (3, 0.25), (4, 0.12))
PEAK = 0.9 * 32_767


@dataclass(frozen=True, slots=True)
class Pulse:
    """One tone and the silence after it."""

    pitch_hz: float
    width_ms: int
    rest_ms: int
    level: float = 1.0
    swell_ms: int = 15


def _high(rest_ms: int) -> Pulse:
    return Pulse(932.3, 120, rest_ms)


_GROUP = (_high(100), _high(100), _high(320), _high(100))

SOUNDS: dict[str, tuple[Pulse, ...]] = {
    "p1": (*_GROUP, _high(700), *_GROUP, _high(0)),
    "p2": (Pulse(698.5, 200, 200, 0.8, 25),) * 2 + (Pulse(698.5, 200, 0, 0.8, 25),),
    "p3": (Pulse(523.3, 250, 0, 0.4, 60),),
    "p4": (Pulse(392.0, 180, 0, 0.25, 60),),
    "system": (Pulse(440.0, 350, 40, 0.8, 20), Pulse(293.7, 500, 0, 0.8, 20)),
    "duty_check": (
        Pulse(523.3, 180, 60, 0.7, 20),
        Pulse(659.3, 180, 60, 0.7, 20),
        Pulse(784.0, 180, 60, 0.7, 20),
        Pulse(1046.5, 360, 0, 0.7, 20),
    ),
}


def samples(pulse: Pulse) -> list[int]:
    """Give one pulse as 16-bit samples, its rest included."""
    loudest = sum(level for _, level in HARMONICS)
    count = RATE_HZ * pulse.width_ms // 1000
    swell = RATE_HZ * pulse.swell_ms / 1000
    made = []
    for index in range(count):
        envelope = min(1.0, index / swell, (count - 1 - index) / swell)
        value = sum(
            level * math.sin(2 * math.pi * pulse.pitch_hz * multiple * index / RATE_HZ) for multiple, level in HARMONICS
        )
        made.append(round(PEAK * pulse.level * envelope * value / loudest))
    return made + [0] * (RATE_HZ * pulse.rest_ms // 1000)


def write(folder: Path) -> list[Path]:
    """Write every sound into a folder and give the files."""
    files = []
    for name, pulses in SOUNDS.items():
        wanted = [sample for pulse in pulses for sample in samples(pulse)]
        file = folder / f"{name}.wav"
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(struct.pack(f"<{len(wanted)}h", *wanted))
        files.append(file)
    return files


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "resources" / "sounds"
    for written in write(target):
        print(written.name, written.stat().st_size)
