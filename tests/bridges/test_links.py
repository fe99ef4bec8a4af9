"""Links that open lessons, taken apart as the systems take them apart."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from curriculum.bridges import Repository, binder_link, colab_link, links, nbgitpuller_link
from curriculum.course import Lesson
from curriculum.errors import BridgeError

LESSON = Lesson(Path("course"), "03-statistics", "05-hypothesis-tests", "Tests", 60)
GITHUB = Repository("https://github.com/example/handout", "main")


def query(url: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def test_nbgitpuller():
    assert nbgitpuller_link(GITHUB, LESSON, "https://hub.example.org") == (
        "https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fexample%2Fhandout"
        "&urlpath=lab%2Ftree%2Fhandout%2F03-statistics%2F05-hypothesis-tests.ipynb&branch=main"
    )


def test_nbgitpuller_with_whatever_a_name_may_hold():
    place = Repository("https://git.example.org/mein kurs".replace(" ", "%20") + ".git/", "v1/ä&b=c#d", "week 1/a?b")
    url = nbgitpuller_link(place, LESSON, "https://hub.example.org/jupyter/")
    assert url.startswith("https://hub.example.org/jupyter/hub/user-redirect/git-pull?")
    read = query(url)
    assert read["repo"] == "https://git.example.org/mein%20kurs.git"
    assert read["branch"] == "v1/ä&b=c#d"
    assert read["targetpath"] == place.name, "nbgitpuller would clone into a folder that ends in .git"
    path = unquote(read["urlpath"])
    assert path == f"lab/tree/{place.name}/week 1/a?b/03-statistics/05-hypothesis-tests.ipynb"
    assert "?" not in read["urlpath"], "it becomes the path of an address"


def test_binder_builds_the_repository_itself():
    assert binder_link(GITHUB, LESSON) == (
        "https://mybinder.org/v2/gh/example/handout/main?urlpath=lab%2Ftree%2F03-statistics%2F05-hypothesis-tests.ipynb"
    )


def test_binder_elsewhere_and_a_branch_with_a_slash():
    place = Repository("https://gitlab.example.org/group/handout.git", "term/spring", "release")
    url = binder_link(place, LESSON, binder="https://binder.example.org/")
    path = urlsplit(url).path
    assert path == "/v2/git/https%3A%2F%2Fgitlab.example.org%2Fgroup%2Fhandout.git/term%2Fspring"
    assert query(url)["urlpath"] == "lab/tree/release/03-statistics/05-hypothesis-tests.ipynb"


def test_binder_with_an_environment_of_its_own_pulls_the_lesson():
    environment = Repository("https://github.com/example/environment.git", "stable")
    url = binder_link(GITHUB, LESSON, environment=environment)
    assert urlsplit(url).path == "/v2/gh/example/environment/stable"
    inner = query(url)["urlpath"]
    assert inner.startswith("git-pull?")
    assert query(f"https://x/{inner}") == {
        "repo": "https://github.com/example/handout",
        "urlpath": "lab/tree/handout/03-statistics/05-hypothesis-tests.ipynb",
        "branch": "main",
    }


def test_colab():
    place = Repository("https://github.com/example/handout.git", "main", "/release folder/")
    assert colab_link(place, LESSON) == (
        "https://colab.research.google.com/github/example/handout/blob/main"
        "/release%20folder/03-statistics/05-hypothesis-tests.ipynb"
    )
    with pytest.raises(BridgeError, match="GitHub only"):
        colab_link(Repository("https://gitlab.com/a/b", "main"), LESSON)


def test_every_link_that_can_be_had():
    assert list(links(GITHUB, LESSON)) == ["binder", "colab"]
    assert list(links(GITHUB, LESSON, hub="https://h.example.org")) == ["nbgitpuller", "binder", "colab"]
    assert list(links(Repository("https://gitlab.com/a/b", "main"), LESSON)) == ["binder"]
    assert Repository("https://github.com/a/b/tree/main", "x").on_github == ""


@pytest.mark.parametrize(
    "url", ["", "handout", "git@github.com:a/b.git", "https://", "javascript:alert(1)", "https://x y/z", "http://[/a"]
)
def test_an_address_that_is_none_is_one_line(url):
    with pytest.raises(BridgeError, match="is no address") as caught:
        Repository(url, "main")
    assert "\n" not in str(caught.value)
    with pytest.raises(BridgeError, match="is no address"):
        nbgitpuller_link(GITHUB, LESSON, url)


def test_nothing_secret_goes_into_a_link():
    with pytest.raises(BridgeError, match="name or password"):
        Repository("https://me:token@github.com/a/b", "main")


@pytest.mark.parametrize("branch", ["", " main", "--upload-pack=x"])
def test_a_branch_that_is_none_is_one_line(branch):
    with pytest.raises(BridgeError, match="is no branch"):
        Repository("https://github.com/a/b", branch)


def test_a_repository_without_a_name_is_one_line():
    with pytest.raises(BridgeError, match="names no repository"):
        Repository("https://github.com/", "main")


@pytest.mark.parametrize(
    ("url", "folder", "says"),
    [
        ("https://github.com/o/n?tab=readme-ov-file", "", "leave out what begins with"),
        ("https://github.com/o/n#readme", "", "leave out what begins with"),
        ("https://github.com/o/n", "release/../notebooks", "without . and .."),
        ("https://github.com/o/n", "./release", "without . and .."),
    ],
)
def test_an_address_or_folder_that_would_make_a_dead_link_is_one_line(url, folder, says):
    with pytest.raises(BridgeError) as caught:
        Repository(url, "main", folder)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
