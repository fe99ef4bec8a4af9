"""The page on which a person grades: FastAPI, pages drawn here, forms that work without any script."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from curriculum.errors import CurriculumError
from curriculum.marking._desk import Batch, Desk
from curriculum.marking._forms import draft_of
from curriculum.marking._guard import HOSTS, Guard
from curriculum.marking._pages import Message, Pages, View, following

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from curriculum.course import Course
    from curriculum.marking._queue import Group, Pile
    from curriculum.marking._scores import Scores

_MOST_FIELDS = 100_000
_LEAST_TOKEN = 16


def app(
    scores: Scores,
    course: Course,
    author: str,
    *,
    token: str,
    cohort: str = "",
    exercise: str = "",
    counted_only: bool = False,
) -> FastAPI:
    """Make the page.

    Args:
        scores: the gradebook; called by one thread at a time.
        course: where prompts and mark schemes come from.
        author: whoever grades; stands beside each score.
        token: the first part of every address, which nobody else knows; at least 16 characters.
        cohort: the class; empty for everyone.
        exercise: only this one.
        counted_only: leave out attempts that do not count now.

    Raises:
        ValueError: the token is short enough to be guessed.
    """
    if len(token) < _LEAST_TOKEN:
        message = f"a token has at least {_LEAST_TOKEN} characters"
        raise ValueError(message)
    desk = Desk(scores, course, author, cohort=cohort, exercise=exercise, counted_only=counted_only)
    made = FastAPI(title="Marking", openapi_url=None, docs_url=None, redoc_url=None)
    routes = _Routes(desk, token)
    base = f"/{token}"
    made.add_api_route(f"{base}/", routes.overview, methods=["GET"], response_class=HTMLResponse)
    made.add_api_route(f"{base}/exercise/{{key}}", routes.pile, methods=["GET"], response_class=HTMLResponse)
    made.add_api_route(f"{base}/answer/{{key}}", routes.answer, methods=["GET"], response_class=HTMLResponse)
    made.add_api_route(f"{base}/answer/{{key}}", routes.save, methods=["POST"], response_class=HTMLResponse)
    made.add_api_route(f"{base}/undo", routes.undo, methods=["POST"], response_class=HTMLResponse)
    made.add_exception_handler(CurriculumError, routes.failed)
    made.add_exception_handler(HTTPException, routes.refused)
    made.add_middleware(Guard, token=token)
    made.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    return made


class _Routes:
    """What the page answers."""

    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._base = f"/{token}"
        self._csrf = secrets.token_urlsafe(24)
        self._pages = Pages(desk, self._csrf)

    def overview(self, request: Request) -> Response:
        """All exercises."""
        return HTMLResponse(
            self._pages.overview(self._desk.queue(), self._view(request), _nonce(request), self._message(request))
        )

    def pile(self, request: Request, key: str) -> Response:
        """One exercise."""
        pile = self._desk.queue().pile(key)
        if pile is None:
            return self._gone(request)
        return HTMLResponse(self._pages.pile(pile, self._view(request), _nonce(request), self._message(request)))

    def answer(self, request: Request, key: str) -> Response:
        """One group of answers."""
        found = self._desk.queue().group(key)
        if found is None:
            return self._gone(request)
        page = self._pages.answer(*found, self._view(request), _nonce(request), message=self._message(request))
        return HTMLResponse(page)

    async def save(self, request: Request, key: str) -> Response:
        """Save what was given and go on to the next."""
        form = await self._form(request)
        return await run_in_threadpool(self._save, request, key, form)

    def _save(self, request: Request, key: str, form: FormData) -> Response:
        view = self._view(request)
        found = self._desk.queue().group(key)
        if found is None:
            return self._gone_or_saved(request, key, form)
        pile, group = found
        material = self._desk.material(pile)
        draft = draft_of(form, material.rubric if material else None)
        try:
            batch = self._desk.save(pile, group, draft)
        except CurriculumError as error:
            problem = self._problem(str(error))
            fresh = self._desk.queue().group(key)
            if fresh is None:
                return self._gone(request, form)
            page = self._pages.answer(*fresh, view, _nonce(request), draft=draft, message=problem)
            return HTMLResponse(page, 409 if _is_stale(fresh[1], draft.seen) else 422)
        said = {"said": batch.number} if batch else {}
        stays = form.get("then") == "stay"
        return _see(self._after(pile, group, view, said, stays=stays))

    def _after(self, pile: Pile, group: Group, view: View, said: dict[str, int], *, stays: bool) -> str:
        """Where to go after a group was saved."""
        now = self._desk.queue().pile(pile.key)
        after = group if stays else following(pile, group.key, now)
        place = f"answer/{after.key}" if after else f"exercise/{pile.key}" if now else ""
        return view.url(place, **said)

    async def undo(self, request: Request) -> Response:
        """Take back what was given last, and show it."""
        form = await self._form(request)
        return await run_in_threadpool(self._undo, request, form)

    def _undo(self, request: Request, form: FormData) -> Response:
        view = self._view(request)
        number = str(form.get("batch") or "")
        try:
            batch = self._desk.take_back(int(number) if number.isdecimal() else 0)
        except CurriculumError as error:
            problem = self._problem(str(error))
            page = self._pages.overview(self._desk.queue(), view, _nonce(request), problem)
            return HTMLResponse(page, 409)
        return _see(view.url(f"answer/{batch.group}", back=batch.number))

    def failed(self, request: Request, error: Exception) -> Response:
        """Say what is wrong with the gradebook."""
        page = self._pages.gone(None, self._view(request), _nonce(request), self._problem(str(error)))
        return HTMLResponse(page, 500)

    def refused(self, request: Request, error: Exception) -> Response:
        """Say why a request is not answered."""
        status, text = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, str(error))
        return HTMLResponse(self._pages.gone(None, self._view(request), _nonce(request), self._problem(text)), status)

    def _gone(self, request: Request, form: FormData | None = None) -> Response:
        message = self._problem("This answer or exercise is not in the queue any more.")
        draft = draft_of(form, None) if form else None
        return HTMLResponse(self._pages.gone(draft, self._view(request), _nonce(request), message), 404)

    def _gone_or_saved(self, request: Request, key: str, form: FormData) -> Response:
        """A group is gone once its appeal is closed; where the form was sent twice, all is well."""
        last = self._desk.last
        if last and last.group == key and {one.attempt for one in last.given} == set(draft_of(form, None).seen):
            return _see(self._view(request).url(said=last.number))
        return self._gone(request, form)

    async def _form(self, request: Request) -> FormData:
        form = await request.form(max_fields=_MOST_FIELDS, max_files=0)
        given = form.get("csrf")
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), self._csrf.encode()):
            raise HTTPException(403, "the form is not from this page: open the page again")
        return form

    def _view(self, request: Request) -> View:
        query = parse_qs(request.url.query)
        return View(self._base, names="names" in query, everything="all" in query)

    @property
    def _undo_number(self) -> int:
        return self._desk.last.number if self._desk.last else 0

    def _problem(self, text: str) -> Message:
        return Message(text, is_problem=True, undo=self._undo_number)

    def _message(self, request: Request) -> Message:
        """What the address before has done; what was given last can be taken back."""
        query, last = request.query_params, self._desk.last
        text = ""
        if "back" in query:
            text = "Taken back."
        elif last is not None and query.get("said") == str(last.number):
            text = _saved(last)
        return Message(text, undo=self._undo_number)


def _saved(batch: Batch) -> str:
    points = {f"{one.points:g}" for one in batch.given if one.points is not None}
    gave = f"{points.pop()} points" if points else "a comment"
    count = len(batch.given)
    return f"Saved: {gave} for {count} {'answer' if count == 1 else 'answers'}."


def _is_stale(group: Group, seen: dict[int, int]) -> bool:
    chosen = (answer for answer in group.answers if answer.attempt.id in seen)
    return any(answer.mark.revision != seen[answer.attempt.id] for answer in chosen)


def _nonce(request: Request) -> str:
    return str(request.state.nonce)


def _see(address: str) -> Response:
    return RedirectResponse(address, 303)
