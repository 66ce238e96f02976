"""A pretend ONVIF camera that answers over real HTTP, for the demo and the tests, with the faults real ones have."""

from console.demo.onvif_camera.answering import ProbeAnswerer
from console.demo.onvif_camera.camera import EmulatedCamera
from console.demo.onvif_camera.events import Happening
from console.demo.onvif_camera.manner import Manner

__all__ = ["EmulatedCamera", "Happening", "Manner", "ProbeAnswerer"]
