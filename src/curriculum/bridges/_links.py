"""Links that open a released lesson: on a JupyterHub through nbgitpuller, on Binder, in Colab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from curriculum.course import Lesson

BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
_GITHUB = "github.com"
_PART = re.compile(r"^[\w.-]+$", re.ASCII)


@dataclass(frozen=True)
class Repository:
    """A public Git repository with a release of the course.

    Attributes:
        url: as ``git clone`` takes it.
        branch: the branch or tag.
        folder: where in it the release stands; empty for its top.
    """

    url: str
    branch: str
    folder: str = ""

    def __post_init__(self) -> None:
        parts = _split(self.url, "--repository")
        if not parts.path.strip("/"):
            message = f"--repository {self.url!r}: names no repository"
            raise BridgeError(message)
        if "?" in self.url or "#" in self.url:
            message = f"--repository {self.url!r}: is the address of a page: leave out what begins with ? or #"
            raise BridgeError(message)
        if {".", ".."} & set(self.folder.split("/")):
            message = f"--folder {self.folder!r}: say where the folder stands without . and .."
            raise BridgeError(message)
        if not self.branch or self.branch != self.branch.strip() or self.branch.startswith("-"):
            message = f"--branch {self.branch!r}: is no branch"
            raise BridgeError(message)

    @property
    def name(self) -> str:
        """What the clone's folder is called."""
        return self.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")

    @property
    def on_github(self) -> str:
        """``owner/name`` where it is one of GitHub's; empty elsewhere."""
        parts = urlsplit(self.url)
        names = parts.path.strip("/").removesuffix(".git").split("/")
        hosted = parts.hostname == _GITHUB and len(names) == 2 and all(map(_PART.match, names))
        return "/".join(names) if hosted else ""

    def path(self, lesson: Lesson) -> str:
        """Where the lesson stands in the repository."""
        return "/".join([*filter(None, self.folder.strip("/").split("/")), *lesson.name.split("/")])


def links(
    repository: Repository, lesson: Lesson, *, hub: str = "", environment: Repository | None = None
) -> dict[str, str]:
    """Every link that a lesson can have, by system: nbgitpuller where there is a hub, Colab where it is on GitHub.

    Raises:
        BridgeError: the hub's address is none.
    """
    made = {"nbgitpuller": nbgitpuller_link(repository, lesson, hub)} if hub else {}
    made["binder"] = binder_link(repository, lesson, environment=environment)
    if repository.on_github:
        made["colab"] = colab_link(repository, lesson)
    return made


def nbgitpuller_link(repository: Repository, lesson: Lesson, hub: str) -> str:
    """A link that fetches the repository into a learner's home on a JupyterHub and opens the lesson in JupyterLab.

    Raises:
        BridgeError: the hub's address is none.
    """
    base = _base(hub, "--hub")
    return f"{base}/hub/user-redirect/git-pull?{_pull(repository, lesson)}"


def binder_link(
    repository: Repository, lesson: Lesson, *, environment: Repository | None = None, binder: str = BINDER
) -> str:
    """A link that opens the lesson on a BinderHub.

    Args:
        repository: holds the lesson.
        lesson: which one.
        environment: the repository that says what to install, where it is another one, with nbgitpuller in it: it
            is built once, and changed lessons need no new build.
        binder: the BinderHub's address.

    Raises:
        BridgeError: an address is none.
    """
    base = _base(binder, "--binder")
    built = environment or repository
    path = f"lab/tree/{repository.path(lesson)}" if environment is None else f"git-pull?{_pull(repository, lesson)}"
    provider = f"gh/{built.on_github}" if built.on_github else f"git/{quote(built.url, safe='')}"
    # The path is a path and a query inside of a query: it is encoded once more, as a whole.
    inside = quote(path, safe="/") if environment is None else path
    return f"{base}/v2/{provider}/{quote(built.branch, safe='')}?urlpath={quote(inside, safe='')}"


def colab_link(repository: Repository, lesson: Lesson) -> str:
    """A link that opens the lesson in Colab, which reads from GitHub alone.

    Raises:
        BridgeError: the repository is not on GitHub.
    """
    if not repository.on_github:
        message = f"{repository.url}: Colab opens notebooks from GitHub only"
        raise BridgeError(message)
    # A slash in a branch stays one: Colab, like GitHub, finds out where the branch ends.
    return f"{COLAB}/github/{repository.on_github}/blob/{quote(repository.branch)}/{quote(repository.path(lesson))}"


def _pull(repository: Repository, lesson: Lesson) -> str:
    address = repository.url.rstrip("/")
    target = quote(f"lab/tree/{repository.name}/{repository.path(lesson)}", safe="/")
    query = {"repo": address, "urlpath": target, "branch": repository.branch}
    if not address.endswith(f"/{repository.name}"):
        query["targetpath"] = repository.name  # nbgitpuller would call the folder name.git
    return urlencode(query, quote_via=quote, safe="")


def _base(address: str, option: str) -> str:
    parts = _split(address, option)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _split(address: str, option: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        hostname = parts.hostname
    except ValueError:
        hostname = None
    if not hostname or parts.scheme not in {"https", "http"} or not address.isprintable() or " " in address:
        message = f"{option} {address!r}: is no address like https://example.org/name"
        raise BridgeError(message)
    if parts.username is not None or parts.password is not None:
        message = f"{option}: the address holds a name or password, which everybody with the link would read"
        raise BridgeError(message)
    return parts
