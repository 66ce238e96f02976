"""Camera health (视频质量诊断): what is measured of a picture each second, its reference, and what is concluded."""
