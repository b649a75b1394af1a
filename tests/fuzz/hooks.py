"""State that the document cannot describe: registered users, and the permitted reasons of a refusal."""

import os
import uuid

import requests
import schemathesis

REGISTER = "POST /api/users/"
CHANGE = "PATCH /api/users/{id}"
REFUSED_FOR_WHAT_IS_STORED = {
    REGISTER: {"EMAIL_TAKEN", "KEY_REUSED"},
    CHANGE: {"EMAIL_TAKEN", "INVALID_CREDENTIALS"},
}
seen = set()
known = {}


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def is_stateful(case):
    return case.meta is not None and case.meta.phase.name.value == "stateful"


def new_email():
    return f"{uuid.uuid4().hex[:20]}@b.io"


def known_user():
    """One user whose current password is tracked."""
    if not known:
        body = {"name": "Ann", "lastname": "Lee", "email": new_email(), "password": "first-password"}
        answer = requests.post(f"{os.environ['FUZZ_URL']}/api/users/", json=body, timeout=10)
        answer.raise_for_status()
        known.update(id=answer.json()["id"], password=body["password"])
    return known


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes bodies pass the first checks."""
    label = case.operation.label
    if label not in (REGISTER, CHANGE) or not isinstance(case.body, dict):
        return
    if not is_positive(case):
        return
    email = case.body.get("email")
    if isinstance(email, str):
        if email in seen:
            case.body["email"] = new_email()
        seen.add(email)
    # Half of the updates address an existing user with the right password.
    if label == CHANGE and not is_stateful(case) and len(case.body) % 2 == 1:
        user = known_user()
        case.path_parameters["id"] = user["id"]
        case.body["oldPassword"] = user["password"]


@schemathesis.hook
def after_call(context, case, response):
    if case.operation.label != CHANGE or response.status_code != 200 or not isinstance(case.body, dict):
        return
    if known and case.path_parameters["id"] == known["id"] and isinstance(case.body.get("newPassword"), str):
        known["password"] = case.body["newPassword"]


@schemathesis.check
def refused_for_what_is_stored(ctx, response, case):
    """A valid request may be refused only because of stored data."""
    allowed = REFUSED_FOR_WHAT_IS_STORED.get(case.operation.label)
    if allowed is None or response.status_code not in (400, 422) or not is_positive(case):
        return
    code = response.json()["code"]
    if code not in allowed:
        raise AssertionError(f"a valid request was refused with {code}: {response.text}")
