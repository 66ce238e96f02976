"""Recording: a camera's own packets, as they come, into files that a kill or a power cut cannot take away."""
