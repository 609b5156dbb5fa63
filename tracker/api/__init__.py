"""The watch's part of the field API: what somebody has to see, and that somebody has seen it."""
