"""Kinds of camera: one module a kind, each with one `SPEC` of type `console.video.kinds.CameraSpec`."""
