"""The version of FFmpeg inside PyAV, and since when known holes in its decoders are closed."""

import re

from diary_pipeline.errors import UserError

CLOSED_IN = ((7, 1, 5), (8, 0, 3), (8, 1, 2))
"""By series, the first release without known holes that a memo could use.

All three close CVE-2026-8461 (CVSS 8.8): a video in a Matroska file ran the MagicYUV decoder. Source: FFmpeg's security
page. A series older than these gets no more releases; a newer one began without the hole.
"""


def ffmpeg_version() -> str:
    """FFmpeg's version as PyAV reports it.

    Raises:
        UserError: it has known holes.
    """
    import av

    version = str(av.ffmpeg_version_info)
    if has_known_holes(version):
        raise UserError(
            f"PyAV {av.__version__} decodes with FFmpeg {version}, which has known security holes. "
            "Upgrade it: pip install --upgrade av."
        )
    return f"{version} (PyAV {av.__version__})"


def has_known_holes(version: str) -> bool:
    """Whether a release like "8.1.2" is older than the first one without known holes. Not a release: False."""
    found = re.match(r"n?(\d+)\.(\d+)(?:\.(\d+))?(?![\d.])", version)
    if found is None:
        return False
    major, minor, patch = (int(part or 0) for part in found.groups())
    closed = next((release for release in CLOSED_IN if release[:2] == (major, minor)), CLOSED_IN[0])
    return (major, minor, patch) < closed
