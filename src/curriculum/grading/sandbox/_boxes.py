"""Private folders on disk, for children that cannot have a file system of their own."""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
import time
from pathlib import Path

_PREFIX = "curriculum-sandbox-"
# seconds in which a new folder may not have been locked yet
_NEW = 60


class Boxes:
    """A folder of private folders; removed with all of them in the end.

    While its maker lives it is locked, so that whoever comes next can tell it from what a killed one left behind.
    """

    def __init__(self, parent: Path | None = None) -> None:
        """Make the folder in ``parent``, by default the system's place for temporary files."""
        place = Path(tempfile.gettempdir()) if parent is None else parent
        _sweep(place)
        self.root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        self._lock = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def make(self) -> Path:
        """Make a new, empty folder whose name nobody can guess."""
        folder = self.root / secrets.token_hex(16)
        folder.mkdir(mode=0o700)
        return folder

    def close(self) -> None:
        """Remove everything."""
        remove(self.root)
        os.close(self._lock)


def remove(folder: Path) -> None:
    """Remove a folder, however deep and whatever its permissions; links are not followed.

    Every folder inside is first moved up to the top, so that neither depth nor the length of a path matters.
    """
    folder.chmod(0o700)
    moved = 0
    left = [folder]
    while left:
        current = left.pop()
        with os.scandir(current) as found:
            entries = list(found)
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108 - there may be thousands
                continue
            os.chmod(entry.path, 0o700)  # noqa: PTH101
            moved += 1
            target = folder.parent / f"{folder.name}-{moved}"
            os.rename(entry.path, target)  # noqa: PTH104
            left.append(target)
        current.rmdir()


def _sweep(place: Path) -> None:
    """Remove what makers that were killed have left."""
    for folder in place.glob(f"{_PREFIX}*"):
        try:
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(fd).st_mtime > _NEW:
                remove(folder)
        except OSError:  # its maker lives, or it is another user's
            continue
        finally:
            os.close(fd)
