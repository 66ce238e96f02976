"""The pictures of synthetic cameras: scenes described as data, lit and acted out.

`script` reads and checks a scene without a codec; everything else draws and belongs to workers.
A scene is a small world in metres: x to the right, y away from the camera, z up, the ground at 0.
The still part is cast ray by ray and lit once (`stage`, `materials`, `lighting`, `film`); people,
cars and trees move over it frame by frame (`acting`, `figures`, `cars`, `scene`).
"""
