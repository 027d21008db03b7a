"""WebVTT, SRT and .sbv: cues, their voices, and the style that a file keeps to."""
