"""The sandbox's layers by name, and one line about those that stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.grading._result import Layer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

USER, MOUNT, PID, NETWORK, IPC = "user", "mount", "pid", "network", "ipc"
NAMESPACES = (USER, MOUNT, PID, NETWORK, IPC)
LANDLOCK, SECCOMP, NO_NEW_PRIVS, CAPABILITIES = "landlock", "seccomp", "no_new_privs", "capabilities"
LIMITS, PRIVATE_FOLDER = "limits", "private_folder"
NAMES = (*NAMESPACES, LANDLOCK, SECCOMP, NO_NEW_PRIVS, CAPABILITIES, LIMITS, PRIVATE_FOLDER)

_TITLES = {
    LANDLOCK: "Landlock",
    NO_NEW_PRIVS: "no-new-privileges",
    PRIVATE_FOLDER: "private folder of bounded size",
}


def layers(missing: Mapping[str, str], notes: Mapping[str, str]) -> tuple[Layer, ...]:
    """Every layer, in order; ``missing`` and ``notes`` give reasons by name."""
    return tuple(Layer(name, name not in missing, missing.get(name, notes.get(name, ""))) for name in NAMES)


def summary(found: Iterable[Layer]) -> str:
    """Say in one line what stands and what does not, and why not."""
    known = list(found)
    standing = [layer.name for layer in known if layer.achieved]
    if not known:
        return "sandbox: none"
    if len(standing) == len(known):
        return f"sandbox: complete ({len(known)} layers)"
    return f"sandbox: without {shortcomings(known)}; what stands: {_titles(standing)}"


def shortcomings(found: Iterable[Layer]) -> str:
    """The layers that do not stand, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for layer in found:
        if not layer.achieved:
            by_reason.setdefault(layer.reason, []).append(layer.name)
    return "; ".join(f"{_titles(names)} ({reason})" for reason, names in by_reason.items())


def _titles(names: Collection[str]) -> str:
    spaces = [name for name in names if name in NAMESPACES]
    others = [_TITLES.get(name, name) for name in names if name not in NAMESPACES]
    grouped = [f"{', '.join(spaces)} namespace{'s' if len(spaces) > 1 else ''}"] if spaces else []
    return ", ".join([*grouped, *others])
