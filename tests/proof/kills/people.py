"""A reviewer and an admin who pauses and resumes, without a browser. They insist until they are answered."""

import http.client
import json
import random
import threading
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

from projects.models import Project
from tests.proof.kills.diary import Attempt, Diary, Heard, Json

TOKEN = "k" * 32
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
never = threading.Event()


class Away(Exception):
    """Nobody answered, or a fault of the server's."""


class Caller:
    """One signed-in person who speaks HTTP."""

    def __init__(self, url: str, session: str) -> None:
        self.where = urlsplit(url)
        self.session = session

    def once(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, str]:
        """Raises Away where there is no answer, or one that says that the server has a fault."""
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": kind,
            "Accept": JSON,
        }
        link = http.client.HTTPConnection(self.where.hostname or "", self.where.port, timeout=20)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Away(str(error)) from error
        finally:
            link.close()
        if answer.status >= 500:
            raise Away(f"{answer.status}: {text[:200]}")
        return answer.status, text

    def insist(self, method: str, path: str, body: Any, *, until: threading.Event) -> tuple[int, Any]:
        """(status, JSON) of the first answer; (0, {}) when the story ends before one comes."""
        while True:
            try:
                status, text = self.once(method, path, json.dumps(body).encode(), JSON)
            except Away:
                if until.wait(0.5):
                    return 0, {}
                continue
            return status, json.loads(text) if text.startswith("{") else {}

    def send_form(self, path: str, **fields: str) -> int:
        """The status; 0 where it is not known whether the form arrived."""
        try:
            return self.once("POST", path, urlencode(fields).encode(), FORM)[0]
        except Away:
            return 0


class Reviewer:
    """Takes reviews and judges them, most of them well."""

    def __init__(self, caller: Caller, diary: Diary, chance: random.Random) -> None:
        self.caller = caller
        self.diary = diary
        self.chance = chance

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            _status, found = self.caller.insist("POST", "/my/work/next", {"kind": "review"}, until=stop)
            if found.get("state") != "assigned":
                stop.wait(0.7)
                continue
            self.judge(found["assignment"]["id"], stop)
            stop.wait(0.4)

    def judge(self, assignment: str, stop: threading.Event) -> None:
        body = self.verdict() | {"key": uuid.uuid4().hex, "active_ms": 2000}
        self.diary.note_attempt(Attempt(assignment, "review", body))
        status, said = self.caller.insist("POST", f"/my/assignments/{assignment}/review", body, until=stop)
        if status:
            self.diary.note_heard(Heard(assignment, "review", status, said))

    def verdict(self) -> Json:
        if self.chance.random() < 0.85:
            return {"verdict": "accepted"}
        comment, evidence = "The left one is missing.", [{"kind": "task"}]
        return {"verdict": "rejected", "reason_class": "missing_object", "comment": comment, "evidence": evidence}


class Admin:
    """Stops a project now and then, by each policy, and lets it go on."""

    POLICIES = ("finish", "save_only", "recall", "grace")

    def __init__(self, caller: Caller, projects: list[Project], chance: random.Random) -> None:
        self.caller = caller
        self.projects = [project.public_id for project in projects]
        self.chance = chance

    def work(self, stop: threading.Event) -> None:
        while not stop.wait(self.chance.uniform(2, 8)):
            self.pause()
            stop.wait(self.chance.uniform(1, 3))
            self.resume_all()

    def pause(self) -> None:
        policy = self.chance.choice(self.POLICIES)
        minutes = {"minutes": "5"} if policy == "grace" else {}
        path = f"/operations/pauses/new/project/{self.chance.choice(self.projects)}/"
        self.caller.send_form(
            path, policy=policy, reason="instructions", text_for_workers="A rule is being corrected.", **minutes
        )

    def resume_all(self) -> None:
        from projects.models import Pause

        for public_id in Pause.objects.filter(ended_at=None).values_list("public_id", flat=True):
            self.caller.send_form(f"/operations/pauses/{public_id}/resume/")
